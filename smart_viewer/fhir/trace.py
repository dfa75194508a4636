"""The resolution's trace and warnings, gathered in the order of the reasoning (R15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from smart_viewer.errors import RequestForbidden, SmartViewerError, UpstreamUnavailable
from smart_viewer.fhir.nouns import Outcome, TraceStep

NOT_THERE = frozenset({401, 403, 404, 405, 410, 501})
BUSY = frozenset({429, 503})


@dataclass(slots=True)
class Trace:
    """Steps and warnings; written by one thread only."""

    steps: list[TraceStep] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def step(self, text: str, outcome: Outcome) -> None:
        """Record one step."""
        self.steps.append(TraceStep(text, outcome))

    def count(self, text: str, number: int) -> None:
        """Record how many were found."""
        self.step(f"{text}: {number}", "found" if number else "none")

    def once(self, text: str, outcome: Outcome) -> None:
        """Record a step that says the same however often it happens."""
        if TraceStep(text, outcome) not in self.steps:
            self.step(text, outcome)

    def failed(self, what: str, cause: SmartViewerError) -> None:
        """Record a request that gave nothing, and why."""
        self.step(f"{what}: {said(cause)}", outcome_of(cause))

    def warn(self, texts: Iterable[str]) -> None:
        """Keep warnings."""
        self.warnings += texts


def outcome_of(cause: SmartViewerError) -> Outcome:
    """Refused where the server will not, or we may not ask it; else failed."""
    if isinstance(cause, RequestForbidden):
        return "refused"
    status = cause.status if isinstance(cause, UpstreamUnavailable) else None
    return "refused" if status in NOT_THERE else "failed"


def said(cause: SmartViewerError) -> str:
    """What came back, in a few words without a URL."""
    if isinstance(cause, RequestForbidden):
        return "not a configured server"
    status = cause.status if isinstance(cause, UpstreamUnavailable) else None
    if status is None:
        return "no answer"
    if status in BUSY:
        return f"busy (status {status})"
    if 200 <= status < 300:
        return "an answer that cannot be used"
    return f"status {status}"
