"""Upstream variants: what the FHIR data of real EHRs looks like on bad days.

no_imaging_study          404, and absent from the CapabilityStatement
imaging_study_forbidden   403 on ImagingStudy
merged_forbidden          403 on the record that was merged with the patient's
no_accession              no ACSN identifier anywhere
unauthorized, broken      401; 500
slow                      503 with Retry-After once for each URL, then the answer
busy                      429 with Retry-After, always
html                      a page instead of JSON
huge                      a Bundle padded to 10 MB
loop                      a next link that leads back to the page it is on
dirty                     three good studies beside eight that are not
paged, paged_foreign      one entry a page; a next link to another origin
endpoint_contained        Endpoints inside their ImagingStudy; else
endpoint_separate         beside it, with `_include`
endpoint_foreign          an address on a host that nobody listed
endpoint_draft            the extension under its draft URL
capability_url            requires-access-token false
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from smart_viewer.sandbox.faults import Faults
from smart_viewer.sandbox.resources import DICOM_UID_SYSTEM, Resource

REQUIRES_TOKEN = (
    "http://fhir.org/argonaut/smart-imaging/StructureDefinition/requires-access-token"
)
REQUIRES_TOKEN_DRAFT = (
    "http://hl7.org/fhir/smart-app-launch/StructureDefinition/requires-access-token"
)
FOREIGN_ADDRESS = "https://images.foreign.example/dicomweb"
FOREIGN_PAGE = "https://foreign.example/fhir/ImagingStudy?_page=2"
GOOD_STUDIES = 3
RETRY_AFTER_S = 1


def altered(resources: Iterable[Resource], faults: Faults) -> list[Resource]:
    """The EHR's resources in the state that the switches say; copies, if changed."""
    found = list(resources)
    if "no_accession" in faults.upstream:
        found = [_without_accession(resource) for resource in found]
    if faults.imaging_access == "off":
        return found
    found = [_designated(resource, faults) for resource in found]
    if "endpoint_contained" in faults.upstream:
        inside = [one for one in found if one["resourceType"] == "Endpoint"]
        found = [_containing(resource, inside) for resource in found]
    return found


def _without_accession(resource: Resource) -> Resource:
    if "identifier" not in resource:
        return resource
    kept = [i for i in resource["identifier"] if not _is_accession(i)]
    return {**resource, "identifier": kept}


def _is_accession(identifier: Resource) -> bool:
    codings = identifier.get("type", {}).get("coding", [])
    return any(coding["code"] == "ACSN" for coding in codings)


def _designated(resource: Resource, faults: Faults) -> Resource:
    """An Endpoint as SMART Imaging Access wants it, with what is wrong with it."""
    if resource["resourceType"] != "Endpoint":
        return resource
    draft = "endpoint_draft" in faults.upstream
    needs_token = {
        "url": REQUIRES_TOKEN_DRAFT if draft else REQUIRES_TOKEN,
        "valueBoolean": "capability_url" not in faults.upstream,
    }
    foreign = "endpoint_foreign" in faults.upstream
    address = FOREIGN_ADDRESS if foreign else resource["address"]
    return {**resource, "extension": [needs_token], "address": address}


def _containing(resource: Resource, endpoints: list[Resource]) -> Resource:
    """An ImagingStudy with its Endpoints inside (R4 2.6, contained resources)."""
    if resource["resourceType"] != "ImagingStudy":
        return resource
    references = [{"reference": f"#{endpoint['id']}"} for endpoint in endpoints]
    return {**resource, "contained": endpoints, "endpoint": references}


def disturbed(bundle: dict[str, Any], page_url: str, faults: Faults) -> dict[str, Any]:
    """A searchset of ImagingStudy on its way out. page_url: of this very page."""
    variants = faults.upstream
    if "dirty" in variants:
        bundle = {**bundle, "entry": dirty_entries(bundle.get("entry", []))}
    if "huge" in variants:
        bundle = {**bundle, "entry": _padded(bundle.get("entry", []), faults)}
    if "loop" in variants:
        bundle = _with_next(bundle, page_url)
    if "paged_foreign" in variants:
        bundle = _with_next(bundle, FOREIGN_PAGE)
    return bundle


def _with_next(bundle: dict[str, Any], url: str) -> dict[str, Any]:
    links = [link for link in bundle["link"] if link["relation"] != "next"]
    return {**bundle, "link": [*links, {"relation": "next", "url": url}]}


def _padded(entries: list[Resource], faults: Faults) -> list[Resource]:
    """The first resource with a narrative of many megabytes."""
    if not entries:
        return entries
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{"x" * faults.huge_bytes}</div>'
    resource = {**entries[0]["resource"], "text": {"status": "generated", "div": div}}
    return [{**entries[0], "resource": resource}, *entries[1:]]


def dirty_entries(entries: list[Resource]) -> list[Any]:
    """Three good studies among dirty ones; made from the first study of the page.

    Those whose UID is `…9.n` break R4 in one place each but can be read; the rest
    are no studies at all.
    """
    if not entries:
        return entries
    first = entries[0]["resource"]
    good = [entry["resource"] for entry in entries[:GOOD_STUDIES]]
    good += [_copy(first, f"8.{n}") for n in range(len(good), GOOD_STUDIES)]
    bad = _dirty_studies(first)
    worse: list[Any] = [None, {"resource": {}}, {"resource": {"id": "x"}}]
    mixed = [bad[0], good[0], bad[1], bad[2], good[1], bad[3], bad[4], good[2]]
    return [*worse, *({"resource": resource} for resource in mixed)]


def _copy(study: Resource, suffix: str) -> Resource:
    """The study once more, under another id and UID."""
    copy: Resource = json.loads(json.dumps(study))
    uid = next(i for i in copy["identifier"] if i["system"] == DICOM_UID_SYSTEM)
    uid["value"] = f"urn:oid:2.999.{suffix}"
    return {**copy, "id": f"{study['id']}-{suffix.replace('.', '-')}"}


_DIRT: tuple[Resource, ...] = (
    {"unknownKey": {"of": ["a", "vendor"]}},
    {"status": None},  # 1..1
    {"started": "2024-03-05T10:00:00"},  # a time needs a zone
    {"modality": {"code": "CT"}, "series": "none"},  # lists are due
)
_BAD_PERIOD = {"system": "urn:x", "value": "1", "period": {"start": "some day"}}


def _dirty_studies(study: Resource) -> list[Resource]:
    """One copy for each kind of dirt, the last with a bad nested period."""
    copies = [_copy(study, f"9.{n}") for n in range(1, len(_DIRT) + 2)]
    last = copies.pop()
    dirty = [copy | dirt for copy, dirt in zip(copies, _DIRT, strict=True)]
    return [*dirty, {**last, "identifier": [_BAD_PERIOD, *last["identifier"]]}]
