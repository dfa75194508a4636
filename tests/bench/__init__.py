"""Speed, run by hand (`make bench`): medians with their spread; nothing is asserted."""
