"""One target, many executions, in this process; each input can be made again.

A finding is an exception that is not the project's own, a crash of the process
(the caller sees it), or an execution beyond SLOW_S.
"""

from __future__ import annotations

import hashlib
import json
import re
import resource
import time
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from smart_viewer.errors import ImagingError
from tests.fuzz.targets import TARGETS

SLOW_S = 2.0
MOST_MEMORY = 8 * 1024**3  # address space; a decoder that asks for more fails here
MAX_FINDINGS = 20


@dataclass
class Outcome:
    """What a campaign found. findings: (execution, what) of each."""

    target: str
    executions: int = 0
    accepted: int = 0
    slowest_ms: float = 0.0
    slowest_execution: int = 0
    peak_mib: int = 0
    findings: list[tuple[int, str]] = field(default_factory=list)


def input_of(target: str, seed: int, execution: int) -> bytes:
    """The input of one execution; the same in every process."""
    chosen = TARGETS[target]
    name = f"{target}/{seed}/{execution}".encode()
    random = Random(hashlib.sha256(name).digest())
    return chosen.make(chosen.seeds(), random)


def run(target: str, seed: int, first: int, count: int, mark: Path) -> Outcome:
    """Executions `first` to `first + count`; `mark` holds the one that is under way."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, hard))
    outcome, function = Outcome(target), TARGETS[target].run
    with mark.open("wb", buffering=0) as marked, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for execution in range(first, first + count):
            data = input_of(target, seed, execution)
            marked.seek(0)
            marked.write(b"%-20d" % execution)
            began = time.process_time()
            try:
                function(data)
                outcome.accepted += 1
            except ImagingError:
                pass
            except Exception as unexpected:  # the finding itself
                _note(outcome, execution, repr(unexpected)[:200])
            took = time.process_time() - began
            outcome.executions += 1
            if took * 1000 > outcome.slowest_ms:
                outcome.slowest_ms, outcome.slowest_execution = took * 1000, execution
            if took > SLOW_S:
                _note(outcome, execution, f"took {took:.1f} s")
    outcome.peak_mib = peak_mib()
    return outcome


def peak_mib() -> int:
    """The most memory this program took; ru_maxrss would count its parent's too."""
    status = Path("/proc/self/status").read_text("ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) // 1024


def _note(outcome: Outcome, execution: int, what: str) -> None:
    if len(outcome.findings) < MAX_FINDINGS:
        outcome.findings.append((execution, what))


def to_json(outcome: Outcome) -> str:
    """One line, for the parent process."""
    return json.dumps(asdict(outcome))
