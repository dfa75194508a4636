"""`python -m tests.fuzz.guided TARGET RUNS`: the same targets, led by coverage.

For targets that are Python all through. Needs atheris (pip install atheris), which
is no dependency of the tests: it has wheels for some machines only.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from tempfile import mkdtemp

import atheris

with atheris.instrument_imports(include=["smart_viewer", "pydicom"]):
    from smart_viewer.errors import ImagingError
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Run one target; the first finding ends the process, its input stays."""
    name, runs = sys.argv[1], int(sys.argv[2])
    target, folder = TARGETS[name], Path(mkdtemp(prefix=f"fuzz-{name}-"))
    for number, seed in enumerate(target.seeds()):
        (folder / str(number)).write_bytes(seed)
    warnings.simplefilter("ignore")

    def one_input(data: bytes) -> None:
        try:
            target.run(data)
        except ImagingError:
            pass

    options = [f"-atheris_runs={runs}", "-timeout=2", "-rss_limit_mb=4096"]
    place = f"-artifact_prefix={folder}/found-"
    atheris.Setup([sys.argv[0], *options, place, str(folder)], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
