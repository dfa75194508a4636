"""The errand `smart-viewer check`: does what is configured work, and what is to change.

It asks what a launch would ask, without a launch: no secret of an EHR is sent, no
user is there, nothing is stored anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from smart_viewer.archive.port import Archive, StudyQuery
from smart_viewer.errors import SettingsInvalid
from smart_viewer.net.outbound import Outbound
from smart_viewer.reading.check_advice import ARCHIVES_FILE, ehr_file
from smart_viewer.reading.check_archive import check_archive
from smart_viewer.reading.check_ehr import check_ehr
from smart_viewer.reading.check_steps import Advice, Finding, Step, fail, warn
from smart_viewer.settings import ArchiveProfile, EhrProfile, Settings

OpenArchive = Callable[[Settings, ArchiveProfile, Outbound], Archive]


def check(
    settings: Settings,
    ehr_id: str | None,
    wanted: StudyQuery | None,
    outbound: Outbound,
    open_archive: OpenArchive,
) -> tuple[Step, ...]:
    """Every step, EHRs first, then the archives that they use.

    ehr_id: this EHR alone; None takes all that are enabled, and every archive.
    SettingsInvalid where there is no such EHR.
    """
    ehrs = _ehrs(settings, ehr_id)
    steps = [step for ehr in ehrs for step in _of_ehr(settings, ehr, outbound)]
    if not ehrs:
        advice = Advice("<ehr>.toml", "enabled", "enabled = true, once it is filled in")
        steps.append(_said("EHRs", "which", fail("none is switched on", advice)))
    chosen = settings.archives if ehr_id is None else _archives(settings, ehrs)
    if not chosen:
        advice = Advice(ARCHIVES_FILE, "[id]", "a table for each archive")
        steps.append(_said("archives", "which", warn("none is configured", advice)))
    held = False
    for profile in chosen:
        found, holds = check_archive(
            profile, partial(open_archive, settings, profile, outbound), wanted
        )
        steps += found
        held = held or holds
    if wanted is not None and chosen and not held:
        steps.append(_held_by_none(chosen))
    return tuple(steps)


def _ehrs(settings: Settings, ehr_id: str | None) -> tuple[EhrProfile, ...]:
    if ehr_id is None:
        return tuple(ehr for ehr in settings.ehrs if ehr.enabled)
    named = tuple(ehr for ehr in settings.ehrs if ehr.id == ehr_id)
    if not named:
        known = ", ".join(ehr.id for ehr in settings.ehrs) or "none"
        raise SettingsInvalid(f"there is no EHR of that id; there are: {known}")
    return named


def _of_ehr(
    settings: Settings, ehr: EhrProfile, outbound: Outbound
) -> tuple[Step, ...]:
    if not ehr.enabled:
        advice = Advice(
            ehr_file(ehr), "enabled", "enabled = true, once it is filled in"
        )
        return (_said(ehr.id, "profile", fail("it is switched off", advice)),)
    known = {archive.id for archive in settings.archives}
    unknown = sorted(set(ehr.archives) - known)
    if not unknown:
        return check_ehr(settings, ehr, outbound)
    text = f"every id must be a table of {ARCHIVES_FILE}"
    finding = fail(
        f"names archives that are not configured: {', '.join(unknown)}",
        Advice(ehr_file(ehr), "archives", text),
    )
    return (
        *check_ehr(settings, ehr, outbound),
        _said(ehr.id, "archives", finding),
    )


def _archives(
    settings: Settings, ehrs: Sequence[EhrProfile]
) -> tuple[ArchiveProfile, ...]:
    """Those that these EHRs may use; an EHR that lists none may use all."""
    if any(not ehr.archives for ehr in ehrs):
        return settings.archives
    listed = {archive_id for ehr in ehrs for archive_id in ehr.archives}
    return tuple(archive for archive in settings.archives if archive.id in listed)


def _held_by_none(asked: Sequence[ArchiveProfile]) -> Step:
    names = ", ".join(archive.id for archive in asked)
    text = f"one of {names} should hold it: is it the right store? Or another study"
    advice = Advice(ARCHIVES_FILE, "base_url or path", text)
    return _said("archives", "study", fail("no archive holds what was given", advice))


def _said(subject: str, name: str, finding: Finding) -> Step:
    return Step(subject, name, "the configuration", finding, 0)
