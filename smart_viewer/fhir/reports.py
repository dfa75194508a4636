"""DiagnosticReport: its studies, and the earlier ones that it was compared with.

Only dates that cannot be misread are taken from words: ISO, or with the month
spelled out. `03/05/2024` is one day or another, so it is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from smart_viewer.fhir.identifiers import DICOM_UID_SYSTEM, study_uid
from smart_viewer.fhir.json_reading import (
    Resource,
    codings_of,
    label_of,
    object_of,
    objects_of,
    text_of,
)
from smart_viewer.fhir.nouns import NamedComparison, OrderCoding, Report
from smart_viewer.fhir.orders import referenced, spelled

MAX_WORDS = 20_000
MAX_COMPARISONS = 20
_TAG = re.compile(r"<[^<>]{0,500}>")
_COMPARISON = re.compile(
    r"\b(?:comparisons?|compared?\s+(?:with|to))\b([^\n]{0,300})", re.IGNORECASE
)
_ISO = re.compile(r"\b((?:19|20)\d{2})-(\d{2})-(\d{2})\b")
_MONTHS = (
    "january february march april may june july august september october "
    "november december"
).split()
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})\.?\s+({_MONTH})\.?,?\s+((?:19|20)\d{{2}})\b", re.IGNORECASE
)
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\.?\s+(\d{{1,2}}),?\s+((?:19|20)\d{{2}})\b", re.IGNORECASE
)
_UID = re.compile(r"\b(?:urn:oid:)?([0-2](?:\.(?:0|[1-9]\d*)){5,})\b")


def read_report(resource: Resource, study_uids: Iterable[str]) -> Report:
    """A report. study_uids: of its studies, as far as they are known."""
    return Report(
        id=text_of(resource.get("id")) or "",
        status=text_of(resource.get("status")) or "",
        issued=text_of(resource.get("issued"))
        or text_of(resource.get("effectiveDateTime"))
        or "",
        text=label_of(resource.get("code")),
        codings=codings_of(resource.get("code")),
        study_uids=tuple(dict.fromkeys(study_uids)),
    )


def report_codings(report: Report) -> tuple[OrderCoding, ...]:
    """The codes of DiagnosticReport.code, or its words where it has no code."""
    return tuple(
        OrderCoding(*coding, source="DiagnosticReport")
        for coding in spelled(report.codings, report.text)
    )


def studies_of_report(
    resource: Resource, bases: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """ids of its ImagingStudies, and the UIDs that it names by identifier.

    R4 calls the member imagingStudy, R5 study.
    """
    ids: list[str] = []
    uids: list[str] = []
    bases = tuple(bases)
    for member in ("imagingStudy", "study"):
        ids += referenced(resource.get(member), "ImagingStudy", bases)
        for entry in objects_of(resource.get(member)):
            uid = study_uid(_as_uid(object_of(entry.get("identifier"))))
            uids += [uid] if uid else []
    return tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(uids))


def comparisons_of_report(
    resource: Resource, own_uids: Iterable[str]
) -> tuple[NamedComparison, ...]:
    """What the report's words name for comparison, by UID or by date."""
    own = set(own_uids)
    found: list[NamedComparison] = []
    for passage in _COMPARISON.findall(_words(resource)):
        found += [
            NamedComparison("DiagnosticReport", study_instance_uid=uid)
            for uid in _UID.findall(passage)
            if uid not in own and len(uid) <= 64
        ]
        found += [NamedComparison("DiagnosticReport", date=d) for d in _dates(passage)]
    return tuple(dict.fromkeys(found))[:MAX_COMPARISONS]


def _as_uid(identifier: Resource) -> Resource:
    """A logical reference may leave the system out, since the URN says it."""
    value = text_of(identifier.get("value")) or ""
    if not identifier.get("system") and value.startswith("urn:oid:"):
        return {"system": DICOM_UID_SYSTEM, "value": value}
    return identifier


def _words(resource: Resource) -> str:
    """conclusion and narrative, one paragraph a line."""
    div = text_of(object_of(resource.get("text")).get("div")) or ""
    parts = (text_of(resource.get("conclusion")) or "", _TAG.sub("\n", div[:MAX_WORDS]))
    return "\n".join(parts)[:MAX_WORDS]


def _dates(text: str) -> list[str]:
    spelled_dates = [(y, m, d) for y, m, d in _ISO.findall(text)]
    spelled_dates += [(y, _month(m), d) for d, m, y in _DAY_FIRST.findall(text)]
    spelled_dates += [(y, _month(m), d) for m, d, y in _MONTH_FIRST.findall(text)]
    return sorted({day for parts in spelled_dates if (day := _day(*parts))})


def _month(word: str) -> str:
    return str(1 + next(n for n, m in enumerate(_MONTHS) if m[:3] == word[:3].lower()))


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
