"""Records that the EHR merged with the launch's, found through their links (R24)."""

from __future__ import annotations

from collections.abc import Iterable

from smart_viewer.fhir.json_reading import (
    Resource,
    local_reference,
    object_of,
    objects_of,
    reference_of,
    text_of,
)

# `refer` and `seealso` do not say that two records are the same person's in one.
MERGED = frozenset({"replaced-by", "replaces"})
MAX_LINKS = 8


def merged_records(
    patient: Resource, bases: Iterable[str]
) -> tuple[tuple[str, ...], int]:
    """FHIR ids of the records joined with this one; how many are elsewhere.

    One level: the links of those records are not followed further.
    """
    bases = tuple(bases)
    ids: list[str] = []
    elsewhere = 0
    for link in objects_of(patient.get("link")):
        other = object_of(link.get("other"))
        if text_of(link.get("type")) not in MERGED or reference_of(other) is None:
            continue
        reference = local_reference(other, bases) or ""
        kind, _, resource_id = reference.partition("/")
        if kind != "Patient":
            elsewhere += 1
        elif resource_id != patient.get("id"):
            ids.append(resource_id)
    return tuple(dict.fromkeys(ids))[:MAX_LINKS], elsewhere
