"""What the tests of the audit do in processes of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier

from smart_viewer.audit import AuditRecord, AuditSite, Trail
from smart_viewer.audit.trail import trail_key
from smart_viewer.store import Store, open_store

MASTER_KEY = bytes(range(32))
SITE = AuditSite("https://viewer.example", {"sandbox": "https://ehr.example/fhir"})
THREADS = 4


def a_record(**changes: object) -> AuditRecord:
    """A study that was opened, with changes."""
    values: dict[str, object] = {
        "action": "open",
        "outcome": "success",
        "recorded": datetime(2026, 11, 22, 15, 30, 1, 250_000, tzinfo=UTC),
        "correlation_id": "c0ffee-1",
        "user": "https://ehr.example/fhir/Practitioner/7",
        "patient": "Patient/77",
        "study_instance_uid": "2.999.3.1",
        "client": "smart-viewer",
        "ehr_id": "sandbox",
    }
    return AuditRecord(**{**values, **changes})  # type: ignore[arg-type]  # test data


def a_trail(store: Store, master_key: bytes = MASTER_KEY) -> Trail:
    """The trail of that store."""
    return Trail(store.trail, trail_key(master_key), SITE)


def record_many(barrier: Barrier, url: str, each: int) -> list[int]:
    """The numbers that threads of this process were given for their records."""
    store = open_store(url, MASTER_KEY)
    trail = a_trail(store)
    barrier.wait(60)
    with ThreadPoolExecutor(THREADS) as pool:
        recording = [pool.submit(trail.record, a_record()) for _ in range(each)]
        numbers = [one.result() for one in recording]
    store.close()
    return numbers
