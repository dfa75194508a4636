"""SMART Imaging Access, the client's side (Argonaut 0.1.0; R17, R18).

Where ImagingStudy is served, and which WADO-RS bases its Endpoints designate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from smart_viewer.errors import RequestForbidden
from smart_viewer.fhir.json_reading import (
    Resource,
    codings_of,
    object_of,
    objects_of,
    reference_of,
    text_of,
    texts_of,
)
from smart_viewer.fhir.nouns import ImagingEndpoint
from smart_viewer.fhir.studies import KnownStudy
from smart_viewer.net.policy import Origin, origin_of
from smart_viewer.settings import EhrProfile

CAPABILITY = "smart-imaging-access"
APP_LAUNCH = "http://fhir.org/argonaut/smart-imaging/capabilities/app-launch"
INCLUDE = "ImagingStudy:endpoint"
REQUIRES_TOKEN = "/StructureDefinition/requires-access-token"
TOKEN_EXTENSIONS = frozenset(
    {
        f"http://fhir.org/argonaut/smart-imaging{REQUIRES_TOKEN}",
        f"http://hl7.org/fhir/smart-app-launch{REQUIRES_TOKEN}",  # earlier drafts
    }
)
WADO_RS = "dicom-wado-rs"

NOT_WADO = "are not active WADO-RS services"
NO_WORD_ON_TOKEN = "do not say whether they want the token"
FOREIGN = "are on a server that is not configured"


@dataclass(frozen=True, slots=True)
class Announced:
    """What smart-configuration says. base: None where it is the FHIR base itself."""

    base: str | None


def announced_access(configuration: Mapping[str, object]) -> Announced | None:
    """Where the EHR serves imaging to launched apps; None where it does not say so.

    `smart-imaging-access` alone does not promise app launch.
    """
    if _is_access(configuration):
        return Announced(None)
    for endpoint in objects_of(configuration.get("associated_endpoints")):
        url = text_of(endpoint.get("url"))
        if url and _is_access(endpoint):
            return Announced(url)
    return None


def configured_origins(profile: EhrProfile) -> frozenset[Origin]:
    """The only origins that this launch's token may go to (R18)."""
    return frozenset(origin_of(url) for url in (profile.iss, *profile.allowed_hosts))


def serves(statement: Mapping[str, object], resource_type: str) -> bool:
    """The CapabilityStatement lists the type; true where it lists none at all."""
    listed = {
        text_of(resource.get("type"))
        for rest in objects_of(statement.get("rest"))
        for resource in objects_of(rest.get("resource"))
    }
    return resource_type in listed or not listed - {None}


def endpoints_of(
    studies: Iterable[KnownStudy],
    included: Iterable[Resource],
    allowed: frozenset[Origin],
) -> tuple[tuple[ImagingEndpoint, ...], dict[str, int]]:
    """The usable Endpoints with their studies, and why others are not (counted).

    included: Endpoints that the search brought along. Contained ones are known
    within their own ImagingStudy only.
    """
    separate = {text_of(e.get("id")): e for e in included if _is_endpoint(e)}
    uids: dict[tuple[str, bool], list[str]] = {}
    refused: Counter[str] = Counter()
    for study in studies:
        for endpoint in _endpoints(study.resource, separate):
            judged = _judge(endpoint, allowed)
            if isinstance(judged, str):
                refused[judged] += 1
            else:
                uids.setdefault(judged, []).append(study.uid)
    found = [
        ImagingEndpoint(address, needs_token, tuple(dict.fromkeys(own)))
        for (address, needs_token), own in uids.items()
    ]
    return tuple(found), dict(refused)


def _is_access(entry: Mapping[str, object]) -> bool:
    return {CAPABILITY, APP_LAUNCH} <= set(texts_of(entry.get("capabilities")))


def _is_endpoint(resource: Resource) -> bool:
    return resource.get("resourceType") == "Endpoint"


def _endpoints(
    study: Resource, separate: Mapping[str | None, Resource]
) -> list[Resource]:
    """What ImagingStudy.endpoint points to: `#id` contained, else one of `separate`."""
    inside = {
        text_of(entry.get("id")): entry
        for entry in objects_of(study.get("contained"))
        if _is_endpoint(entry)
    }
    found = []
    for entry in objects_of(study.get("endpoint")):
        reference = reference_of(entry) or ""
        if reference.startswith("#"):
            found.append(inside.get(reference[1:]))
        else:
            found.append(separate.get(reference.rpartition("/")[2]))
    return [endpoint for endpoint in found if endpoint is not None]


def _judge(endpoint: Resource, allowed: frozenset[Origin]) -> tuple[str, bool] | str:
    """(address, needs the token), or why the Endpoint is not used."""
    if not _is_live_wado(endpoint):
        return NOT_WADO
    needs_token = _needs_token(endpoint)
    if needs_token is None:
        return NO_WORD_ON_TOKEN
    address = (text_of(endpoint.get("address")) or "").rstrip("/")
    if "?" in address or "#" in address or not _is_configured(address, allowed):
        return FOREIGN
    return address, needs_token


def _is_live_wado(endpoint: Resource) -> bool:
    kind = endpoint.get("connectionType")  # a Coding in R4, concepts in R5
    codes = {text_of(entry.get("code")) for entry in objects_of(kind)}
    codes |= {code for entry in objects_of(kind) for _, code, _ in codings_of(entry)}
    return endpoint.get("status") == "active" and WADO_RS in codes


def _needs_token(endpoint: Resource) -> bool | None:
    """The extension's word; two that disagree are none."""
    said = {
        value
        for entry in objects_of(endpoint.get("extension"))
        if entry.get("url") in TOKEN_EXTENSIONS
        and isinstance(value := object_of(entry).get("valueBoolean"), bool)
    }
    return said.pop() if len(said) == 1 else None


def _is_configured(address: str, allowed: frozenset[Origin]) -> bool:
    try:
        return origin_of(address) in allowed
    except RequestForbidden:
        return False
