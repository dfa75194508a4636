"""Audit records of one launch: who, which patient, which EHR are always the same."""

from __future__ import annotations

from dataclasses import dataclass

from smart_viewer.audit.event import Action, Outcome, token_name
from smart_viewer.launch.granted import Grant
from smart_viewer.reading.house import House


@dataclass(frozen=True, slots=True)
class Reporter:
    """`correlation_id`: of the request that launched; later work goes on under it."""

    house: House
    grant: Grant
    ehr_id: str
    correlation_id: str

    def __call__(
        self,
        action: Action,
        outcome: Outcome,
        study: str | None = None,
        reason: str = "",
    ) -> None:
        """Append it. TrailBroken, UpstreamUnavailable: the act must not happen."""
        self.house.report(
            action,
            outcome,
            user=self.grant.fhir_user,
            patient=f"Patient/{self.grant.patient}",
            study_instance_uid=study,
            ehr_id=self.ehr_id,
            reason=reason,
            correlation_id=self.correlation_id,
            token=token_name(self.grant.access_token),
        )
