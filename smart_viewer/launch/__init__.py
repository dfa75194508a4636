"""The SMART App Launch 2.2 client."""
