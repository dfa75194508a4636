"""What `smart-viewer check` prints: a table and the line to change, or JSON. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from smart_viewer.reading.check_report import conclusion, report
from smart_viewer.reading.check_steps import Step

_HEAD = ("", "who", "step", "rule", "ms", "asked", "answered")


def as_text(steps: Sequence[Step]) -> str:
    """One line a step, then the first thing that does not work."""
    rows = [_HEAD, *map(_row, steps)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEAD) - 1)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([*lines, "", *conclusion(steps)])


def as_json(steps: Sequence[Step]) -> str:
    """The same for programs: `ok`, `steps`, and `first`, the one to mend or null."""
    return json.dumps(report(steps), indent=2, ensure_ascii=False)


def _row(step: Step) -> tuple[str, ...]:
    answered = step.finding.answered
    time = str(step.milliseconds)
    head = (step.verdict, step.subject, step.name, step.rule)
    return (*head, time, step.asked, answered)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    *cells, last = row
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    return "  ".join([*padded, last]).rstrip()
