"""Fuzzing: input that somebody or something damaged (`make fuzz RUNS=100000`)."""
