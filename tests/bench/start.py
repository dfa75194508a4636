"""`smart-viewer demo`, once set up: from the command to the printed URL."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from smart_viewer.sandbox.samples import make_samples
from tests.bench.report import say

RUNS = 7
CACHE = Path(__file__).parents[2] / ".cache"


def measure() -> None:
    """Median over starts; the sample studies are made before the first."""
    make_samples(CACHE / "samples")
    _start()  # the first one indexes
    say("demo command to URL", [_start() for _ in range(RUNS)], "s", "under 5 s")


def _start() -> float:
    command = [sys.executable, "-m", "smart_viewer", "demo", "--no-browser"]
    command += ["--port", "0", "--ehr-port", "0", "--cache", str(CACHE)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if re.search(r"http://\S+", line):
                took = time.perf_counter() - began
                demo.terminate()
                demo.communicate()  # its last words, so that none meets a closed pipe
                return took
    raise RuntimeError("the demo ended without a URL")
