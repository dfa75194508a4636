"""Open a reading: who, which order, whose studies, what hangs where.

All archives are asked at once. The page gets what is known after a moment; what
comes later is appended as a revision of the plan, by the threads that asked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from smart_viewer.archive.port import Archive
from smart_viewer.errors import LaunchRefused
from smart_viewer.fhir.context import Context, read_context
from smart_viewer.fhir.reader import FhirReader
from smart_viewer.launch.grant import GrantHandle
from smart_viewer.reading.assemble import Assembly, Launched
from smart_viewer.reading.endpoints import endpoint_archives, endpoints_of
from smart_viewer.reading.gate import Expected
from smart_viewer.reading.gather import broken_off, gather
from smart_viewer.reading.growing import Growing
from smart_viewer.reading.house import House
from smart_viewer.reading.override import Overridden
from smart_viewer.reading.reporter import Reporter
from smart_viewer.reading.token import token_of, with_token
from smart_viewer.settings import EhrProfile
from smart_viewer.store.seal import digest

log = logging.getLogger(__name__)
SECONDS_PER_HOUR = 3600.0
ANSWER_WITHIN_S = 0.8  # of the callback, DESIGN 2
AT_LEAST_S = 0.2  # for the archives, however long the EHR took


def open_reading(
    house: House,
    profile: EhrProfile,
    launched: GrantHandle,
    browser_id: str,
    correlation_id: str,
) -> str:
    """The id of a new reading for a grant that was just obtained.

    Whatever fails on the way (no order, no images, an archive that is down, a
    study of another patient) becomes a notice; only a patient who cannot be
    read ends the launch. UpstreamUnavailable, GrantExpired, LaunchRefused.
    """
    began = time.monotonic()
    _check_granted(launched)
    report = Reporter(house, launched.grant, profile.id, correlation_id)
    report("launch", "success")
    context = _context(house, profile, launched)
    endpoints = endpoints_of(context)
    archives = _archives(house, profile, launched.grant_id)
    archives += endpoint_archives(house, endpoints, launched.grant_id)
    facts = _facts(house, profile, launched, context, archives)
    facts = replace(facts, endpoints=endpoints)
    growing = Growing(house, Assembly(facts))
    _ask(house, archives, context, _expected(context, profile), report, growing)
    waited = began + ANSWER_WITHIN_S - time.monotonic()
    keep = partial(_store, house, launched.grant_id, browser_id)
    return growing.keep_after(max(waited, AT_LEAST_S), keep)


def _check_granted(launched: GrantHandle) -> None:
    """Without the patient there is nothing to compare a study with (R10, R25)."""
    if not launched.grant.allows("Patient", "r"):
        raise LaunchRefused(
            "The EHR did not grant this viewer to read the patient.",
            "patient_not_granted",
            "Needed is patient/Patient.r (v1: patient/Patient.read).",
        )


def _context(house: House, profile: EhrProfile, launched: GrantHandle) -> Context:
    token = token_of(house, launched.grant_id)
    reader = FhirReader(profile.iss, token, house.outbound, profile.extra_query)
    return read_context(reader, profile, launched.grant)


def _archives(house: House, profile: EhrProfile, grant_id: str) -> list[Archive]:
    """Those of this EHR; one that wants this launch's token gets it."""
    chosen = profile.archives or tuple(house.archives)
    found = (house.archives[name] for name in chosen if name in house.archives)
    return [with_token(house, archive, grant_id) for archive in found]


def _expected(context: Context, profile: EhrProfile) -> Expected:
    patient = context.patient
    return Expected(
        patient.mrns,
        patient.names,
        patient.birth_date,
        patient.sex,
        profile.single_domain_pacs,
        patient.variant_names,
    )


def _facts(
    house: House,
    profile: EhrProfile,
    launched: GrantHandle,
    context: Context,
    archives: Sequence[Archive],
) -> Launched:
    grant = launched.grant
    return Launched(
        ehr_id=profile.id,
        user=grant.fhir_user,
        patient=f"Patient/{grant.patient}",
        need_banner=grant.need_patient_banner,
        context=context,
        library=house.library,
        today=datetime.fromtimestamp(house.clock(), UTC).date(),
        archive_ids=tuple(archive.archive_id for archive in archives),
        warnings=grant.warnings,
    )


def _ask(
    house: House,
    archives: Sequence[Archive],
    context: Context,
    expected: Expected,
    report: Reporter,
    growing: Growing,
) -> None:
    """One thread an archive; each brings its answers itself."""
    override = Overridden(house, report)
    for archive in archives:
        work = partial(_ask_one, house, archive, context, expected, override, growing)
        if not house.lanes.submit(archive.archive_id, work):
            log.error("an archive has too many askers waiting")
            growing.take(broken_off(archive.archive_id, "too many are waiting for it"))


def _ask_one(
    house: House,
    archive: Archive,
    context: Context,
    expected: Expected,
    override: Overridden,
    growing: Growing,
) -> None:
    """The top of a worker: whatever goes wrong is this archive's failure alone."""
    if growing.is_over:  # it ended while this waited for a thread
        return
    began, outcome = time.monotonic(), "answered"
    try:
        answers = gather(archive, context, expected, override.report, override)
        for answer in answers:
            outcome = "failed" if answer.failed else "answered"
            if not growing.take(answer):
                return
    except Exception as error:
        log.error("an archive's answer broke off: %s", type(error).__name__)
        outcome = "failed"
        growing.take(broken_off(archive.archive_id, "its answer broke off"))
    finally:
        seconds = time.monotonic() - began
        house.meter(archive.archive_id, "search", outcome, seconds)


def _store(house: House, grant_id: str, browser_id: str, plan: bytes) -> str:
    reading_id = f"{house.settings.replica}-{house.secret()}"
    now = house.clock()
    expires_at = now + house.settings.reading_hours * SECONDS_PER_HOUR
    house.store.readings.create(
        reading_id, grant_id, digest(browser_id), plan, expires_at, now
    )
    return reading_id
