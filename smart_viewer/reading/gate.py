"""The identity gate: is this study of the patient whom the EHR means?

A total function of four comparisons (`Finding`), each with a closed set of
outcomes. Nothing of a blocked study, not even its description, leaves the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.reading.likeness import (
    BirthDateMatch,
    NameMatch,
    compare_birth_dates,
    compare_names,
)

IdMatch = Literal["equal", "other", "absent"]
SexMatch = Literal["equal_or_absent", "differs"]
Action = Literal["show", "warn", "block"]

SEVERITY: dict[Action, int] = {"show": 0, "warn": 1, "block": 2}
BY_ADMINISTRATOR = (  # stands first in the reasons of a study that was overridden
    "not confirmed; an administrator let this study pass although it was blocked"
)
SEX_OF_FHIR = {"male": "M", "female": "F", "other": "O"}


@dataclass(frozen=True, slots=True)
class Expected:
    """The patient as the EHR knows them.

    mrns: (value, issuer) of every medical record number; issuer is empty where
    the configuration does not tie the FHIR system to one.
    names: candidates as Family^Given^Middle. variant_names: former and other ones;
    a study under one of these is theirs, but under another name than today's.
    birth_date: FHIR date, possibly partial or empty. sex: FHIR gender or empty.
    single_domain: the site says that its archives hold one domain of ids.
    """

    mrns: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    birth_date: str
    sex: str
    single_domain: bool
    variant_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of the four comparisons."""

    id: IdMatch
    birth_date: BirthDateMatch
    name: NameMatch
    sex: SexMatch


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the study. `reasons` hold no identifying value."""

    action: Action
    reasons: tuple[str, ...]


def compare(expected: Expected, found: PatientIdentity) -> Finding:
    """The four comparisons of an archive's study with the EHR's patient."""
    return Finding(
        id=_compare_ids(expected, found),
        birth_date=compare_birth_dates(expected.birth_date, found.patient_birth_date),
        name=_compare_all_names(expected, found.patient_name),
        sex=_compare_sex(expected.sex, found.patient_sex),
    )


def decide(finding: Finding) -> Verdict:
    """Show, warn or block, for each of the 96 findings; the first rule that fits.

    The rules do not speak of an equal id with a partial birth date and no name:
    too little agrees, so it is blocked as with an absent birth date.
    """
    block = _reasons_to_block(finding)
    if block:
        return Verdict("block", block)
    warn = _reasons_to_warn(finding)
    return Verdict("warn", warn) if warn else Verdict("show", ())


def decide_all(expected: Expected, identities: Iterable[PatientIdentity]) -> Verdict:
    """The worst verdict over everybody whom a study names, with all reasons.

    The reasons of the worst come first. A study that names nobody is blocked.
    """
    found = dict.fromkeys(identities) or (PatientIdentity(""),)
    verdicts = [decide(compare(expected, one)) for one in found]
    verdicts.sort(key=lambda verdict: SEVERITY[verdict.action], reverse=True)
    reasons = dict.fromkeys(r for verdict in verdicts for r in verdict.reasons)
    return Verdict(verdicts[0].action, tuple(reasons))


def _reasons_to_block(finding: Finding) -> tuple[str, ...]:
    reasons = []
    if finding.id == "other":
        reasons.append("the archive's patient id belongs to somebody else")
    if finding.birth_date == "differs":
        reasons.append("the birth date differs")
    if finding.name == "disjoint":
        reasons.append("the name is a different one")
    if not reasons and finding.id == "absent":
        reasons.append("the archive gives no patient id that can be compared")
    unverified = finding.birth_date in {"absent", "partial"}
    if not reasons and unverified and finding.name == "absent":
        reasons.append("neither name nor birth date can be compared")
    return tuple(reasons)


def _reasons_to_warn(finding: Finding) -> tuple[str, ...]:
    reasons = []
    if finding.birth_date in {"absent", "partial"}:
        reasons.append("birth date not verified")
    if finding.name == "variant":
        reasons.append("the name is written differently")
    if finding.name == "absent":
        reasons.append("the archive gives no name")
    if finding.sex == "differs":
        reasons.append("the sex differs")
    return tuple(reasons)


def _compare_ids(expected: Expected, found: PatientIdentity) -> IdMatch:
    if not found.patient_id:
        return "absent"
    if not found.issuer_of_patient_id and not expected.single_domain:
        return "absent"  # an id without its issuer is nobody's id
    same = any(_same_id(mrn, found, expected.single_domain) for mrn in expected.mrns)
    return "equal" if same else "other"


def _same_id(mrn: tuple[str, str], found: PatientIdentity, single_domain: bool) -> bool:
    value, issuer = mrn
    if value != found.patient_id:
        return False
    if issuer and found.issuer_of_patient_id:
        return issuer == found.issuer_of_patient_id
    return single_domain


def _compare_all_names(expected: Expected, found: str) -> NameMatch:
    today = compare_names(expected.names, found)
    if today == "equal" or not expected.variant_names:
        return today
    formerly = compare_names(expected.variant_names, found)
    return "variant" if formerly in {"equal", "variant"} else today


def _compare_sex(expected: str, found: str) -> SexMatch:
    known = SEX_OF_FHIR.get(expected.lower(), "")
    both: Sequence[str] = (known, found.strip().upper())
    return "differs" if all(both) and both[0] != both[1] else "equal_or_absent"
