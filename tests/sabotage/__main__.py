"""`python -m sabotage`: run the requirements' tests and each sabotage; write the page.

With words: only the sabotages whose name holds one of them, and no page.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sabotage.bench_copy import Outcome, copied, tried
from sabotage.catalogue import ROOT, sabotages
from sabotage.page import Proven, page

PAGE = ROOT / "docs" / "conformance.md"


def main(words: list[str]) -> int:
    """0 where every test passed and every sabotage turned red."""
    chosen = [
        one for one in sabotages() if not words or any(w in one.name for w in words)
    ]
    with TemporaryDirectory(prefix="sabotage-") as folder:
        proven = Proven() if words else _tested(Path(folder))
        outcomes = _sabotaged(Path(folder), chosen)
    if not words:
        PAGE.write_text(page(proven, outcomes), "utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}")
    green = [one for one in outcomes if not one.is_red]
    print(f"{len(outcomes) - len(green)} of {len(outcomes)} sabotages were noticed")
    return 1 if green or proven.failed else 0


def _tested(folder: Path) -> Proven:
    """Every test that says which requirement it proves, on the package as it is."""
    report = folder / "requirements.json"
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-m", "requirement and not slow"),
            *("-p", "sabotage.recorder", f"--requirements={report}", *_marked()),
        ],
        cwd=ROOT,
        check=False,
    )
    return Proven.from_json(report.read_text("utf-8"))


def _marked() -> list[str]:
    """The files with a test that names a requirement."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(one) for one in files if "mark.requirement(" in one.read_text("utf-8")]


def _sabotaged(folder: Path, chosen: list) -> list[Outcome]:
    outcomes = []
    with copied(folder) as copy:
        for one in chosen:
            outcome = tried(copy, one)
            outcomes.append(outcome)
            green = ", ".join(outcome.green)
            said = "red" if outcome.is_red else f"NOT NOTICED by {green or 'any'}"
            print(f"{one.name}: {said}", flush=True)
            if outcome.broken:
                print(outcome.broken, flush=True)
    return outcomes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
