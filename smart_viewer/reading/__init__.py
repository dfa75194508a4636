"""The errands of one launch: open, pixels, end."""
