"""One file through archive, plan, decoding and numpy, in a process of few means.

`python -m conformance.bounded_child FILE`: prints what became of the file as JSON.
Beyond what the imports took, the process may have MEMORY_BYTES and CPU_S: with more
the kernel refuses the memory, or ends the process.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from conformance.contact_sheet import study_tiles
from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.indexing import index_folder

MEMORY_BYTES = 512 * 1024 * 1024
CPU_S = 2
PAGE_BYTES = resource.getpagesize()


def main(file: Path) -> None:
    """Print {"failed": why it is not indexed, "tiles": [[drawn, words], …], …}."""
    _limit()
    began = time.process_time()
    with TemporaryDirectory() as folder:
        held = Path(folder) / "images"
        held.mkdir()
        copyfile(file, held / "one.dcm")
        index_folder(held, Path(folder) / "index.sqlite")
        with closing(
            FolderArchive("bounded", Path(folder) / "index.sqlite")
        ) as archive:
            failed = "; ".join(reason for _, reason in archive.failed_files())
            tiles = [
                (tile.picture is not None, tile.words)
                for header in archive.study_headers()
                for tile in study_tiles(
                    archive, archive.study(header.found.study_instance_uid), {}
                )
            ]
    spent = time.process_time() - began
    print(json.dumps({"failed": failed, "tiles": tiles, "cpu_s": round(spent, 2)}))


def _limit() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    memory = pages * PAGE_BYTES + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    seconds = math.ceil(time.process_time()) + CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
