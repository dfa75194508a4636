"""`python -m tests.fuzz [RUNS] [SEED] [TARGET ...]`: campaigns, each in a child.

The child may crash: then the execution that it was at is a finding, and another
child goes on behind it. Exit status 1 where anything was found.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.campaign import run, to_json
from tests.fuzz.targets import TARGETS

MAX_CRASHES = 20


def main() -> None:
    """Run what the command line names; the default is a short look at everything."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--child"]:
        target, seed, first, count, mark = arguments[1:]
        print(to_json(run(target, int(seed), int(first), int(count), Path(mark))))
        return
    runs = int(arguments[0]) if arguments else 20_000
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    names = arguments[2:] or list(TARGETS)
    weights = {name: TARGETS[name].weight for name in names}
    total = sum(weights.values())
    found = [
        _campaign(name, seed, max(1, runs * weight // total))
        for name, weight in weights.items()
    ]
    print(f"{sum(done for done, _ in found)} executions")
    sys.exit(any(count for _, count in found))


def _campaign(target: str, seed: int, runs: int) -> tuple[int, int]:
    """(executions, findings) of one target, told in a line each."""
    done = findings = 0
    with TemporaryDirectory() as folder:
        mark = Path(folder, "mark")
        for _ in range(MAX_CRASHES):
            if done >= runs:
                break
            child = _child(target, seed, done, runs - done, mark)
            if child.returncode == 0:
                outcome = json.loads(child.stdout)
                _tell(outcome)
                findings += len(outcome["findings"])
                done += outcome["executions"]
                continue
            at = int(mark.read_bytes() or b"0")
            findings += 1
            print(f"{target}: execution {at} of seed {seed} ended the process")
            print(child.stderr[-2000:])
            done = at + 1
    return done, findings


def _child(
    target: str, seed: int, first: int, count: int, mark: Path
) -> subprocess.CompletedProcess[str]:
    numbers = [str(seed), str(first), str(count)]
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.fuzz", "--child", target,
         *numbers, str(mark)],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


def _tell(outcome: dict[str, object]) -> None:
    print(
        f"{outcome['target']}: {outcome['executions']} executions, "
        f"{outcome['accepted']} accepted, slowest {outcome['slowest_ms']:.0f} ms "
        f"(execution {outcome['slowest_execution']}), peak {outcome['peak_mib']} MiB"
    )
    for execution, what in outcome["findings"]:
        print(f"  execution {execution}: {what}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
