"""The only maker of outbound connections."""
