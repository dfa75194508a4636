"""Ask one thing after the other, and note what came and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from smart_viewer.errors import SmartViewerError
from smart_viewer.reading.check_ear import Ear
from smart_viewer.reading.check_rules import rule_of
from smart_viewer.reading.check_steps import (
    Advice,
    Finding,
    Step,
    fail,
    presentable,
)

MS_PER_S = 1000
Advise = Callable[[SmartViewerError], Advice]
_Value = TypeVar("_Value")


@dataclass(slots=True)
class Checklist:
    """The steps of one EHR or archive, in the order asked.

    quotes: its own words of an error may be shown, for it was asked about nobody.
    """

    subject: str
    ear: Ear
    quotes: bool = False
    steps: list[Step] = field(default_factory=list)

    def note(
        self,
        name: str,
        asked: str,
        ask: Callable[[], tuple[Finding, _Value]],
        advise: Advise,
    ) -> _Value | None:
        """One step. What `ask` gave beside its finding; None where it raised."""
        self.ear.forget()
        began, rule = time.perf_counter(), rule_of(name)
        value: _Value | None = None
        try:
            finding, value = ask()
        except SmartViewerError as error:
            finding = fail(str(error), advise(error))
            rule = rule_of(name, error)
        milliseconds = round((time.perf_counter() - began) * MS_PER_S)
        said = replace(finding, answered=presentable(finding.answered))
        heard = self.ear.told(self.quotes)
        rule = finding.rule or rule
        self.steps.append(
            Step(self.subject, name, asked, said, milliseconds, rule, heard)
        )
        return value
