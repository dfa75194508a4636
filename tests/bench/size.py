"""What the browser must fetch before the first pixel of a JPEG-LS CT."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

DIST = Path(__file__).parents[2] / "static" / "dist"
TARGET_BYTES = 250 * 1024
CRITICAL = (
    "main.js",
    "main.css",
    "decodeWorker.js",
    "codec-charls.js",
    "charlswasm_decode.wasm",
)


def measure() -> None:
    """Gzip sizes; they do not depend on the machine."""
    parts: list[str] = json.loads((DIST / "preload.json").read_text("utf-8"))
    critical = [*CRITICAL, *parts]
    files = sorted(file for file in DIST.iterdir() if file.suffix != ".map")
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in files}
    for name, size in sizes.items():
        print(f"  {name}: {size} B gzip{'' if name in critical else ', when needed'}")
    together = sum(sizes[name] for name in critical)
    print(f"  critical path: {together} B gzip, target {TARGET_BYTES} B")
