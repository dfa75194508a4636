"""The errand `smart-viewer check`: does what is configured work, and what is to change.

It asks what a launch would ask, without a launch: no secret of an EHR is sent unless
it is wished, no user is there, nothing is stored anywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from smart_viewer.archive.port import Archive, StudyFound, StudyQuery
from smart_viewer.errors import SettingsInvalid
from smart_viewer.launch.hosts import policy_of
from smart_viewer.net.outbound import Outbound
from smart_viewer.reading.check_advice import ARCHIVES_FILE, ehr_file
from smart_viewer.reading.check_archive import check_archive
from smart_viewer.reading.check_ear import Ear
from smart_viewer.reading.check_ehr import check_ehr
from smart_viewer.reading.check_identity import ASKED as IDENTITY_ASKED
from smart_viewer.reading.check_identity import identity_finding
from smart_viewer.reading.check_rules import rule_of
from smart_viewer.reading.check_steps import Advice, Finding, Step, fail, warn
from smart_viewer.settings import ArchiveProfile, EhrProfile, Settings

OpenArchive = Callable[[Settings, ArchiveProfile, Outbound], Archive]


@dataclass(frozen=True, slots=True)
class Question:
    """What `check` is to ask.

    ehr_id: this EHR alone; None takes all that are enabled, and every archive.
    wanted: a study or patient to ask archives for; None takes whatever they hold.
    authenticate: prove to the EHR who we are, as a launch does.
    """

    ehr_id: str | None = None
    wanted: StudyQuery | None = None
    authenticate: bool = False


def check(
    settings: Settings,
    question: Question,
    open_archive: OpenArchive,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[Step, ...]:
    """Every step, EHRs first, then the archives that they use.

    Connections of its own are used, so that nothing remembered is believed. pause:
    seconds, where a server asks to wait. SettingsInvalid where there is no such EHR.
    """
    ear = Ear(_secrets(settings))
    outbound = Outbound(policy_of(settings), pause=pause, heard=ear.hear)
    try:
        return _steps(settings, question, _Asking(outbound, ear, open_archive))
    finally:
        outbound.close()


@dataclass(frozen=True, slots=True)
class _Asking:
    outbound: Outbound
    ear: Ear
    open_archive: OpenArchive


def _steps(settings: Settings, question: Question, asking: _Asking) -> tuple[Step, ...]:
    ehrs = _ehrs(settings, question.ehr_id)
    signs = question.authenticate
    steps = [step for ehr in ehrs for step in _of_ehr(settings, ehr, asking, signs)]
    if not ehrs:
        advice = Advice("<ehr>.toml", "enabled", "enabled = true, once it is filled in")
        steps.append(_said("EHRs", "which", fail("none is switched on", advice)))
    one = question.ehr_id is not None
    chosen = _archives(settings, ehrs) if one else settings.archives
    if not chosen:
        advice = Advice(ARCHIVES_FILE, "[id]", "a table for each archive")
        steps.append(_said("archives", "which", warn("none is configured", advice)))
    held = False
    for profile in chosen:
        opening = partial(asking.open_archive, settings, profile, asking.outbound)
        asked = check_archive(profile, opening, question.wanted, asking.ear)
        steps += [*asked.steps, *_identity(ehrs, profile.id, asked.known)]
        held = held or asked.holds_wanted
    if question.wanted is not None and chosen and not held:
        steps.append(_held_by_none(chosen))
    return tuple(steps)


def _identity(
    ehrs: Sequence[EhrProfile], archive_id: str, known: StudyFound | None
) -> Iterator[Step]:
    """For each EHR that may use the archive: could its patients be told apart?"""
    if known is None:
        return
    for ehr in ehrs:
        if ehr.enabled and (not ehr.archives or archive_id in ehr.archives):
            finding = identity_finding(ehr, archive_id, known.patient)
            rule = rule_of("identity")
            asked = f"{IDENTITY_ASKED} {ehr.id}'s"
            yield Step(archive_id, "identity", asked, finding, 0, rule)


def _secrets(settings: Settings) -> tuple[str, ...]:
    """What no server's words may bring to the screen."""
    held = [
        *(ehr.client_secret for ehr in settings.ehrs),
        *(getattr(archive, "secret", None) for archive in settings.archives),
    ]
    return tuple(secret.get_secret_value() for secret in held if secret)


def _ehrs(settings: Settings, ehr_id: str | None) -> tuple[EhrProfile, ...]:
    if ehr_id is None:
        return tuple(ehr for ehr in settings.ehrs if ehr.enabled)
    named = tuple(ehr for ehr in settings.ehrs if ehr.id == ehr_id)
    if not named:
        known = ", ".join(ehr.id for ehr in settings.ehrs) or "none"
        raise SettingsInvalid(f"there is no EHR of that id; there are: {known}")
    return named


def _of_ehr(
    settings: Settings, ehr: EhrProfile, asking: _Asking, authenticate: bool
) -> tuple[Step, ...]:
    if not ehr.enabled:
        advice = Advice(
            ehr_file(ehr), "enabled", "enabled = true, once it is filled in"
        )
        return (_said(ehr.id, "profile", fail("it is switched off", advice)),)
    steps = check_ehr(settings, ehr, asking.outbound, asking.ear, authenticate)
    known = {archive.id for archive in settings.archives}
    unknown = sorted(set(ehr.archives) - known)
    if not unknown:
        return steps
    text = f"every id must be a table of {ARCHIVES_FILE}"
    finding = fail(
        f"names archives that are not configured: {', '.join(unknown)}",
        Advice(ehr_file(ehr), "archives", text),
    )
    return (*steps, _said(ehr.id, "archives", finding))


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
    return Step(subject, name, "the configuration", finding, 0, rule_of(name))
