"""The CapabilityStatement at `{fhir}/metadata`: what the sandbox does, and no more."""

from __future__ import annotations

from typing import Any

from smart_viewer.sandbox.registration import EhrConfig
from smart_viewer.sandbox.search import INCLUDES, PARAMETERS

OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
SECURITY_SERVICES = "http://terminology.hl7.org/CodeSystem/restful-security-service"
TOKEN_PARAMETERS = frozenset({"_id", "identifier", "status", "modality"})
URI_PARAMETERS = frozenset({"instantiates-canonical"})
IMAGING_TYPES = ("ImagingStudy", "Endpoint")
PUBLISHED = "2026-11-01"


def capability_statement(config: EhrConfig) -> dict[str, Any]:
    """The resource, made from the same tables that the search reads."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": PUBLISHED,
        "kind": "instance",
        "software": {"name": "Sandbox EHR"},
        "implementation": {
            "description": "Synthetic patients for trying SMART apps",
            "url": config.fhir_base,
        },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "security": _security(config),
                "resource": [_resource(name) for name in served(config)],
            }
        ],
    }


def served(config: EhrConfig) -> list[str]:
    """The types at the FHIR base; ImagingStudy may be absent or elsewhere."""
    if not config.personality.imaging:
        return [name for name in PARAMETERS if name not in IMAGING_TYPES]
    absent = "no_imaging_study" in config.faults.upstream
    elsewhere = config.faults.imaging_access == "associated"
    return [n for n in PARAMETERS if n != "ImagingStudy" or not (absent or elsewhere)]


def _security(config: EhrConfig) -> dict[str, Any]:
    """With the oauth-uris that clients before smart-configuration read."""
    oauth = config.oauth_url
    uris = {
        "authorize": f"{oauth}/authorize",
        "token": config.token_url,
        "introspect": f"{oauth}/introspect",
        "revoke": f"{oauth}/revoke",
    }
    service = {"system": SECURITY_SERVICES, "code": "SMART-on-FHIR"}
    return {
        "extension": [
            {
                "url": OAUTH_URIS,
                "extension": [
                    {"url": name, "valueUri": uri} for name, uri in uris.items()
                ],
            }
        ],
        "cors": False,
        "service": [{"coding": [service]}],
    }


def _resource(name: str) -> dict[str, Any]:
    resource = {
        "type": name,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [
            {
                "name": parameter,
                "type": _parameter_type(parameter),
            }
            for parameter in PARAMETERS[name]
        ],
    }
    includes = [include for include in INCLUDES if include.startswith(f"{name}:")]
    return resource | ({"searchInclude": includes} if includes else {})


def _parameter_type(name: str) -> str:
    """Of the value set search-param-type."""
    if name in TOKEN_PARAMETERS:
        return "token"
    return "uri" if name in URI_PARAMETERS else "reference"
