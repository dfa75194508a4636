"""What the browser must fetch before the first pixel of a JPEG-LS CT."""

from __future__ import annotations

import gzip
from pathlib import Path

DIST = Path(__file__).parents[2] / "static" / "dist"
TARGET_BYTES = 250_000


def measure() -> None:
    """Gzip sizes; they do not depend on the machine."""
    files = sorted(file for file in DIST.iterdir() if file.suffix != ".map")
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in files}
    for name, size in sizes.items():
        print(f"  {name}: {size} B gzip")
    print(f"  together: {sum(sizes.values())} B gzip, target {TARGET_BYTES} B")
