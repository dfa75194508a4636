"""Who may see what: granted scopes and the patient compartment.

A patient-level scope opens the resources of the token's patient, and those that
belong to nobody (Practitioner, Endpoint); a user-level scope opens all of a type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smart_viewer.sandbox.resources import Resource
from smart_viewer.sandbox.scopes import ClinicalScope
from smart_viewer.sandbox.search import BadSearch, Search, matches
from smart_viewer.sandbox.vault import AccessToken


class Forbidden(Exception):
    """The token does not open this; the message says what is missing."""


def patient_of(resource: Resource) -> str | None:
    """The id of the patient whose compartment holds the resource; None: nobody's."""
    if resource["resourceType"] == "Patient":
        return str(resource["id"])
    subject = resource.get("subject") or resource.get("patient")
    if subject is None:
        return None
    return str(subject["reference"]).removeprefix("Patient/")


@dataclass(frozen=True, slots=True)
class Access:
    """What one token may do to one resource type with one interaction.

    patient_ids: of the token's patient and of records merged with it.
    """

    scopes: tuple[ClinicalScope, ...]
    patient_ids: frozenset[str]

    @property
    def whole_type(self) -> bool:
        """A user-level scope stands behind it."""
        return any(scope.level == "user" for scope in self.scopes)

    def sees(self, resource: Resource) -> bool:
        """Whether one of the scopes opens this very resource."""
        return any(self._opens(scope, resource) for scope in self.scopes)

    def check_search(self, search: Search) -> None:
        """Refuse a search that names another patient. Forbidden."""
        if self.whole_type:
            return
        named = search.values("patient", "subject")
        if search.resource_type == "Patient":
            named += search.values("_id")
        allowed = self.patient_ids | {f"Patient/{one}" for one in self.patient_ids}
        if any(value not in allowed for value in named):
            raise Forbidden("the search names a patient other than the token's")

    def _opens(self, scope: ClinicalScope, resource: Resource) -> bool:
        owner = patient_of(resource)
        foreign = owner is not None and owner not in self.patient_ids
        if scope.level == "patient" and foreign:
            return False
        try:
            return matches(resource, [(name, [value]) for name, value in scope.query])
        except BadSearch:
            return False  # a limit that cannot be judged is not a permission


def access(
    token: AccessToken,
    resource_type: str,
    letter: str,
    merged: Mapping[str, frozenset[str]],
) -> Access:
    """What the token opens of a type. letter: `r` read, `s` search. Forbidden.

    merged: ids of the records that were joined with a patient's.
    """
    patient_id = token.grant.context.patient_id
    scopes = tuple(
        scope
        for scope in token.scopes.covering(resource_type, letter)
        if scope.level == "user" or (scope.level == "patient" and patient_id)
    )
    if not scopes:
        raise Forbidden(f"no granted scope covers {resource_type}.{letter}")
    joined = merged.get(patient_id, frozenset()) if patient_id else frozenset()
    return Access(scopes, joined | ({patient_id} if patient_id else frozenset()))
