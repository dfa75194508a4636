"""Encoded frames to stored values, bounded."""
