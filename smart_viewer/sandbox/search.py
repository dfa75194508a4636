"""FHIR R4 search on the sandbox's few types: strict, so that no filter is dropped.

An unknown parameter, modifier or include is refused: a server that ignores one
answers with other people's resources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from smart_viewer.sandbox.resources import Resource

DEFAULT_COUNT = 50
MAX_COUNT = 200
RESULT_PARAMETERS = frozenset({"_count", "_include", "_format"})
JSON_FORMATS = frozenset({"json", "application/json", "application/fhir+json"})
INCLUDES = {"ImagingStudy:endpoint": "endpoint"}

Matcher = Callable[[Resource, str], bool]


class BadSearch(Exception):
    """A search that this server does not do; the message says why."""


@dataclass(frozen=True, slots=True)
class Search:
    """A checked search.

    criteria: every one must match; each is (parameter, alternatives).
    count: entries on a page; 0 asks for the total only.
    """

    resource_type: str
    criteria: tuple[tuple[str, tuple[str, ...]], ...]
    count: int
    includes: tuple[str, ...]

    def values(self, *names: str) -> tuple[str, ...]:
        """The values asked for in any of these parameters."""
        return tuple(
            value for name, values in self.criteria if name in names for value in values
        )


def parse_search(
    resource_type: str, parameters: Iterable[tuple[str, str]], fhir_base: str
) -> Search:
    """The search that the parameters ask for. BadSearch."""
    criteria: list[tuple[str, tuple[str, ...]]] = []
    includes: list[str] = []
    count = DEFAULT_COUNT
    known = PARAMETERS[resource_type]
    for name, value in parameters:
        if name == "_count":
            count = _count(value)
        elif name == "_include":
            includes.append(_include(resource_type, value))
        elif name == "_format":
            _check_format(value)
        elif name in known:
            criteria.append((name, _alternatives(value, fhir_base)))
        else:
            offered = ", ".join(sorted({*known, *RESULT_PARAMETERS}))
            raise BadSearch(f"{resource_type} is searched by {offered}; not by {name}")
    return Search(resource_type, tuple(criteria), count, tuple(includes))


def matches(resource: Resource, criteria: Iterable[tuple[str, Sequence[str]]]) -> bool:
    """Whether every criterion is met by one of its alternatives. BadSearch."""
    known = PARAMETERS[resource["resourceType"]]
    for name, alternatives in criteria:
        if name not in known:
            raise BadSearch(f"no such search parameter: {name}")
        if not any(known[name](resource, value) for value in alternatives):
            return False
    return True


def included(resource: Resource, includes: Iterable[str]) -> list[str]:
    """The references of `resource` that the includes ask for."""
    return [
        item["reference"]
        for include in includes
        for item in resource.get(INCLUDES[include], [])
    ]


def _count(value: str) -> int:
    if not value.isdecimal():
        raise BadSearch("_count must be a whole number")
    return min(int(value), MAX_COUNT)


def _include(resource_type: str, value: str) -> str:
    if value not in INCLUDES or not value.startswith(f"{resource_type}:"):
        raise BadSearch(f"_include offers {', '.join(INCLUDES)} only")
    return value


def _check_format(value: str) -> None:
    if value not in JSON_FORMATS:
        raise BadSearch("_format: this server speaks JSON only")


def _alternatives(value: str, fhir_base: str) -> tuple[str, ...]:
    if not value:
        raise BadSearch("an empty search value matches nothing")
    return tuple(part.removeprefix(f"{fhir_base}/") for part in value.split(","))


def _by_id(resource: Resource, value: str) -> bool:
    return bool(resource["id"] == value)


def _by_status(resource: Resource, value: str) -> bool:
    return bool(resource["status"] == value)


def _by_identifier(resource: Resource, value: str) -> bool:
    """`value`, `system|value`, `|value` (no system), `system|`: FHIR R4 3.1.1.4.10."""
    system, bar, code = value.rpartition("|")
    return any(
        (not bar or item.get("system", "") == system)
        and (item["value"] == code or (bool(bar and system) and not code))
        for item in resource.get("identifier", [])
    )


def _by_modality(resource: Resource, value: str) -> bool:
    code = value.rpartition("|")[2]
    return any(coding["code"] == code for coding in resource.get("modality", []))


def _by_reference(element: str, target: str) -> Matcher:
    """`id` or `Type/id` against a reference, or a list of references."""

    def match(resource: Resource, value: str) -> bool:
        wanted = value if "/" in value else f"{target}/{value}"
        held = resource.get(element, [])
        references = held if isinstance(held, list) else [held]
        return any(item["reference"] == wanted for item in references)

    return match


def _by_canonical(resource: Resource, value: str) -> bool:
    return value in resource.get("instantiatesCanonical", [])


_PATIENT = {
    "patient": _by_reference("subject", "Patient"),
    "subject": _by_reference("subject", "Patient"),
}
_COMMON: dict[str, Matcher] = {"_id": _by_id, "identifier": _by_identifier}

PARAMETERS: Mapping[str, Mapping[str, Matcher]] = {
    "Patient": _COMMON,
    "Practitioner": _COMMON,
    "Endpoint": {**_COMMON, "status": _by_status},
    "Encounter": {**_COMMON, **_PATIENT, "status": _by_status},
    "AllergyIntolerance": {**_COMMON, "patient": _by_reference("patient", "Patient")},
    "ServiceRequest": {
        **_COMMON,
        **_PATIENT,
        "status": _by_status,
        "encounter": _by_reference("encounter", "Encounter"),
        "instantiates-canonical": _by_canonical,
    },
    "DiagnosticReport": {
        **_COMMON,
        **_PATIENT,
        "status": _by_status,
        "based-on": _by_reference("basedOn", "ServiceRequest"),
    },
    "ImagingStudy": {
        **_COMMON,
        **_PATIENT,
        "status": _by_status,
        "modality": _by_modality,
        "encounter": _by_reference("encounter", "Encounter"),
        "basedon": _by_reference("basedOn", "ServiceRequest"),
        "endpoint": _by_reference("endpoint", "Endpoint"),
    },
}
"""The search parameters of each type, spelt as in FHIR R4: `basedon`, all lower."""
