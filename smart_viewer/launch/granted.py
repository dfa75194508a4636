"""`Grant`: what a launch gained, read from the token response with tolerance (R9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from smart_viewer.errors import LaunchRefused
from smart_viewer.launch.fhir_context import (
    LAUNCH_ROLE,
    ContextItem,
    items_of_vendor_keys,
    read_fhir_context,
    user_reference,
)
from smart_viewer.launch.lenient import flag_of, seconds_of, text_of
from smart_viewer.launch.scopes import Scopes, parse
from smart_viewer.launch.transaction import Transaction

DEFAULT_LIFE_S = 300.0  # where the EHR does not say; short is the safe side
RENEW_BEFORE_S = 30.0  # or a quarter of the life, where that is shorter


@dataclass(frozen=True, slots=True)
class Grant:
    """One launch's tokens and context. Everything is of the EHR `iss`.

    patient, encounter: FHIR ids. expires_at, renew_at: seconds since the epoch.
    scope: as granted. fhir_user: `Practitioner/id` or the like. subject: of the
    id_token. need_patient_banner: true where the EHR did not say (R26).
    warnings: parts of the response that were ignored, without PHI.
    """

    ehr_id: str
    iss: str
    token_endpoint: str
    revocation_endpoint: str | None
    access_token: str = field(repr=False)
    expires_at: float
    renew_at: float
    refresh_token: str | None = field(repr=False)
    scope: str
    patient: str = field(repr=False)
    encounter: str | None = field(default=None, repr=False)
    fhir_context: tuple[ContextItem, ...] = field(default=(), repr=False)
    need_patient_banner: bool = True
    fhir_user: str | None = None
    subject: str | None = None
    intent: str | None = None
    tenant: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def scopes(self) -> Scopes:
        """`scope`, parsed."""
        return parse(self.scope)

    def allows(self, resource: str, verbs: str) -> bool:
        """The granted scopes cover `verbs` (letters of "cruds") on `resource`."""
        return self.scopes.allows(resource, verbs)

    @property
    def references(self) -> tuple[str, ...]:
        """`Type/id` of every resource that the launch is about, in order."""
        return tuple(
            item.reference
            for item in self.fhir_context
            if item.reference and item.role == LAUNCH_ROLE
        )

    def to_json(self) -> bytes:
        """For the store."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        values["fhir_context"] = [item.to_json() for item in self.fhir_context]
        return json.dumps(values).encode()

    @classmethod
    def from_json(cls, payload: bytes) -> Grant:
        """What `to_json` wrote; the store's seal vouches for it."""
        values = json.loads(payload)
        items = tuple(ContextItem(**item) for item in values.pop("fhir_context"))
        warnings = tuple(values.pop("warnings"))
        return cls(**values, fhir_context=items, warnings=warnings)


def grant_from_response(
    transaction: Transaction,
    response: Mapping[str, object],
    claims: Mapping[str, object],
    now: float,
    context_key_map: Mapping[str, str] | None = None,
) -> Grant:
    """The grant of a token response. LaunchRefused "no_patient" without patient.

    claims: of the verified id_token, or empty. An absent `scope` means what was
    asked for (RFC 6749 5.1). context_key_map: the EHR's own members that say what
    the launch is about; what they name follows fhirContext (R14, R46).
    """
    patient = text_of(response.get("patient"))
    if patient is None:
        raise LaunchRefused(
            "The EHR named no patient. Open a patient first, then start the viewer.",
            "no_patient",
        )
    items, warnings = read_fhir_context(response.get("fhirContext"), transaction.iss)
    more, more_warnings = items_of_vendor_keys(response, context_key_map or {})
    scope, life_s = response.get("scope"), _life_s(response)
    user = claims.get("fhirUser", response.get("fhirUser"))
    banner = flag_of(response.get("need_patient_banner"))
    return Grant(
        ehr_id=transaction.ehr_id,
        iss=transaction.iss,
        token_endpoint=transaction.token_endpoint,
        revocation_endpoint=transaction.revocation_endpoint,
        access_token=str(response["access_token"]),
        expires_at=now + life_s,
        renew_at=now + life_s - min(RENEW_BEFORE_S, life_s / 4),
        refresh_token=text_of(response.get("refresh_token")),
        scope=scope if isinstance(scope, str) else transaction.scope,
        patient=patient,
        encounter=text_of(response.get("encounter")),
        fhir_context=items + more,
        need_patient_banner=banner is not False,
        fhir_user=user_reference(user, transaction.iss),
        subject=text_of(claims.get("sub")),
        intent=text_of(response.get("intent")),
        tenant=text_of(response.get("tenant")),
        warnings=warnings + more_warnings,
    )


def renewed(grant: Grant, response: Mapping[str, object], now: float) -> Grant:
    """The grant after a refresh; context stays as it was at the launch."""
    scope, life_s = response.get("scope"), _life_s(response)
    return replace(
        grant,
        access_token=str(response["access_token"]),
        expires_at=now + life_s,
        renew_at=now + life_s - min(RENEW_BEFORE_S, life_s / 4),
        refresh_token=text_of(response.get("refresh_token")) or grant.refresh_token,
        scope=scope if isinstance(scope, str) else grant.scope,
    )


def _life_s(response: Mapping[str, object]) -> float:
    return seconds_of(response.get("expires_in")) or DEFAULT_LIFE_S
