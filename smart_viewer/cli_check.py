"""What `smart-viewer check` prints: a table and the line to change, or JSON. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from smart_viewer.reading.check_steps import Step, first_to_mend, has_failed

_HEAD = ("", "who", "step", "ms", "asked", "answered")


def as_text(steps: Sequence[Step]) -> str:
    """One line a step, then the first thing that does not work."""
    rows = [_HEAD, *map(_row, steps)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEAD) - 1)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([*lines, "", *_conclusion(steps)])


def as_json(steps: Sequence[Step]) -> str:
    """The same for programs: `ok`, `steps`, and `first`, the one to mend or null."""
    first = first_to_mend(steps)
    document = {
        "ok": not has_failed(steps),
        "first": None if first is None else _entry(first),
        "steps": [_entry(step) for step in steps],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _row(step: Step) -> tuple[str, ...]:
    answered = step.finding.answered
    time = str(step.milliseconds)
    return (step.verdict, step.subject, step.name, time, step.asked, answered)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    *cells, last = row
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    return "  ".join([*padded, last]).rstrip()


def _conclusion(steps: Sequence[Step]) -> list[str]:
    first = first_to_mend(steps)
    if first is None:
        return ["Everything that was asked works."]
    where = f"{first.subject}, {first.name}: {first.finding.answered}"
    failing = first.verdict == "FAIL"
    head = "The first thing that does not work" if failing else "Nothing fails. See"
    lines = [f"{head}: {where}"]
    advice = first.finding.advice
    if advice is not None:
        lines.append(f"Change {advice.file}: {advice.key}: {advice.text}")
    return lines


def _entry(step: Step) -> dict[str, object]:
    advice = step.finding.advice
    return {
        "verdict": step.verdict,
        "subject": step.subject,
        "step": step.name,
        "asked": step.asked,
        "answered": step.finding.answered,
        "milliseconds": step.milliseconds,
        "change": advice
        and {"file": advice.file, "key": advice.key, "text": advice.text},
    }
