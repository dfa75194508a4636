"""Pure numpy mathematics of images."""
