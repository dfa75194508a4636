"""What `check` found, as nouns: steps, verdicts and what to change. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from smart_viewer.net.redaction import redact

Verdict = Literal["ok", "warn", "FAIL"]
UID_SHOWN = 5  # characters at either end of a shortened UID
_LONG_UID = re.compile(r"\b\d+(?:\.\d+){4,}\b")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Advice:
    """What to change: a key of a file (or of the environment), and how."""

    file: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one question brought. answered: our own words, nothing of a patient.

    rule: the requirement that it is about, where that is not the step's own.
    """

    verdict: Verdict
    answered: str
    advice: Advice | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table. subject: id of the EHR or archive that was asked.

    rule: the requirement that it proves or breaks, as "R7". heard: what the server
    answered, redacted; empty where nothing came, or nothing had to be asked.
    """

    subject: str
    name: str
    asked: str
    finding: Finding
    milliseconds: int
    rule: str = ""
    heard: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether it works."""
        return self.finding.verdict


def ok(answered: str) -> Finding:
    """It works."""
    return Finding("ok", answered)


def warn(answered: str, advice: Advice | None = None, rule: str = "") -> Finding:
    """It may work all the same, or could not be asked."""
    return Finding("warn", answered, advice, rule)


def fail(answered: str, advice: Advice, rule: str = "") -> Finding:
    """It does not work; this is what to change."""
    return Finding("FAIL", answered, advice, rule)


def first_to_mend(steps: Sequence[Step]) -> Step | None:
    """The first step that fails; where none does, the first warning with advice."""
    failing = (step for step in steps if step.verdict == "FAIL")
    advised = (step for step in steps if step.finding.advice is not None)
    return next(failing, None) or next(advised, None)


def has_failed(steps: Sequence[Step]) -> bool:
    """At least one step does not work."""
    return any(step.verdict == "FAIL" for step in steps)


def presentable(text: str) -> str:
    """`text` in one line without tokens, queries, FHIR ids and whole UIDs."""
    one_line = _CONTROL.sub(" ", text)
    return _LONG_UID.sub(lambda uid: _short(uid.group()), redact(one_line))


def _short(uid: str) -> str:
    if len(uid) <= 2 * UID_SHOWN:
        return uid
    return f"{uid[:UID_SHOWN]}...{uid[-UID_SHOWN:]}"
