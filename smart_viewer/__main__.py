"""`python -m smart_viewer` is the command `smart-viewer`."""

from smart_viewer.cli import main

if __name__ == "__main__":
    main()
