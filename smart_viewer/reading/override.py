"""An administrator's override of the identity gate (launch.md 10.2).

For one blocked study, where the site allows it, with a reason, audited. The permit
names user, patient and study of the reading that was blocked; the next reading of the
same user and patient uses it up, and keeps the study until it ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from smart_viewer.audit.event import LOGIN_NAME, AuditRecord
from smart_viewer.audit.trail import Trail
from smart_viewer.errors import OutsideReading
from smart_viewer.operation import OVERRIDE_REASONS
from smart_viewer.reading.gate import BY_ADMINISTRATOR, Verdict
from smart_viewer.reading.house import House
from smart_viewer.reading.plan import ReadingPlan
from smart_viewer.reading.reporter import Reporter
from smart_viewer.store import Store
from smart_viewer.store.overrides import Permit

_UID = re.compile(r"[0-9.]{1,64}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an administrator asks for. ValueError where it is not of its kind."""

    reading_id: str
    study_instance_uid: str
    reason: str
    administrator: str

    def __post_init__(self) -> None:
        if not _UID.fullmatch(self.study_instance_uid):
            raise ValueError("a study is named by its UID")
        if self.reason not in OVERRIDE_REASONS:
            raise ValueError("the reason is one of the list")
        if not LOGIN_NAME.fullmatch(self.administrator):
            raise ValueError("a login name has 1 to 64 letters, digits and . _ @ \\ -")


@dataclass(slots=True)
class Overridden:
    """Which studies of one launch an administrator lets pass; safe for threads."""

    house: House
    report: Reporter
    _passed: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, study_instance_uid: str, verdict: Verdict) -> Verdict:
        """The verdict; a warning in place of a block where a permit is there.

        A permit is used up before it is audited: without a trail it opens nothing.
        """
        if verdict.action != "block" or not self._may(study_instance_uid):
            return verdict
        return Verdict("warn", (BY_ADMINISTRATOR, *verdict.reasons))

    def _may(self, uid: str) -> bool:
        if not self.house.settings.operation.allow_override:
            return False
        grant = self.report.grant
        permit = Permit(
            self.report.ehr_id, grant.fhir_user, f"Patient/{grant.patient}", uid
        )
        with self._lock:
            if uid in self._passed:
                return True
            reason = self.house.store.overrides.take(permit)
            if reason is None:
                return False
            self.report("override", "success", uid, reason=reason)
            self._passed.add(uid)
            return True


def allow_once(store: Store, trail: Trail, wanted: Wanted, now: float) -> None:
    """Let the user of this reading see that study at their next launch, within an hour.

    Recorded first. OutsideReading: no such reading, or it shows the study already.
    """
    row = store.readings.read(wanted.reading_id, now)
    if row is None:
        raise OutsideReading("There is no such reading, or it has ended.")
    plan = ReadingPlan.from_json(row.payload)
    uid = wanted.study_instance_uid
    if uid in {one.study_instance_uid for one in plan.studies}:
        raise OutsideReading("That study is not blocked in this reading.")
    trail.record(
        AuditRecord(
            action="override",
            outcome="success",
            recorded=datetime.fromtimestamp(now, UTC),
            correlation_id="administrator",
            user=plan.user,
            patient=plan.patient,
            study_instance_uid=uid,
            ehr_id=plan.ehr_id,
            reason=wanted.reason,
            administrator=wanted.administrator,
        )
    )
    permit = Permit(plan.ehr_id, plan.user, plan.patient, uid)
    store.overrides.allow(permit, wanted.reason)
