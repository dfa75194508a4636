"""What `check` found, as a report for programs and pages. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from smart_viewer.net.answer import JsonObject
from smart_viewer.reading.check_rules import RULES
from smart_viewer.reading.check_steps import Step, first_to_mend, has_failed


def report(steps: Sequence[Step]) -> JsonObject:
    """`ok`, `first` (the step to mend, or null) and `steps`, in JSON."""
    first = first_to_mend(steps)
    return {
        "ok": not has_failed(steps),
        "first": None if first is None else entry(first),
        "steps": [entry(step) for step in steps],
    }


def entry(step: Step) -> JsonObject:
    """One step. `change` is null where there is nothing to change."""
    advice = step.finding.advice
    return {
        "verdict": step.verdict,
        "subject": step.subject,
        "step": step.name,
        "requirement": step.rule,
        "rule": RULES.get(step.rule, ""),
        "asked": step.asked,
        "answered": step.finding.answered,
        "heard": step.heard,
        "milliseconds": step.milliseconds,
        "change": advice
        and {"file": advice.file, "key": advice.key, "text": advice.text},
    }


def conclusion(steps: Sequence[Step]) -> tuple[str, ...]:
    """The first thing to mend, what came, the rule, the line; a line each."""
    first = first_to_mend(steps)
    if first is None:
        return ("Everything that was asked works.",)
    failing = first.verdict == "FAIL"
    head = "The first thing that does not work" if failing else "Nothing fails. See"
    lines = [f"{head}: {first.subject}, {first.name}: {first.finding.answered}"]
    if first.heard:
        lines.append(f"The server answered {first.heard}")
    if first.rule:
        breaks = "Breaks" if failing else "May break"
        lines.append(f"{breaks} {first.rule}: {RULES.get(first.rule, '')}")
    advice = first.finding.advice
    if advice is not None:
        lines.append(f"Change {advice.file}: {advice.key}: {advice.text}")
    return tuple(lines)
