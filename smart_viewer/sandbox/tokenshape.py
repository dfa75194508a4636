"""What a token response looks like at each personality (launch.md 3 and 7)."""

from __future__ import annotations

from typing import Any

from smart_viewer.sandbox.idtoken import fhir_user
from smart_viewer.sandbox.launchforms import form_members
from smart_viewer.sandbox.personalities import Personality
from smart_viewer.sandbox.registration import EhrConfig
from smart_viewer.sandbox.scopes import ScopeSet, parse_clinical, parse_scopes
from smart_viewer.sandbox.vault import Grant, LaunchContext

V1_VERBS = ("read", "write", "*")
BOTH_SPELLINGS = {"read": ("Read", "read"), "write": ("Write", "write"), "*": ("*",)}


def grantable(personality: Personality, scopes: ScopeSet) -> ScopeSet:
    """The scopes that this EHR understands: v1 alone, where it knows no v2."""
    if not personality.v1_scopes:
        return scopes
    words = [
        word
        for word in scopes.order
        if parse_clinical(word) is None or word.rpartition(".")[2] in V1_VERBS
    ]
    return parse_scopes(" ".join(words))


def scope_text(personality: Personality, scopes: ScopeSet) -> str:
    """The member `scope`: as granted, or each v1 scope in two spellings."""
    if not personality.v1_scopes:
        return scopes.text
    return " ".join(word for scope in scopes.order for word in _spelled(scope))


def shape_members(
    config: EhrConfig, grant: Grant, scopes: ScopeSet, lifetime_s: int | None
) -> dict[str, Any]:
    """Everything of the response but tokens. lifetime_s: None leaves it unsaid."""
    personality, context = config.personality, grant.context
    members: dict[str, Any] = {
        "token_type": personality.token_type,
        "expires_in": lifetime_s,
        "scope": scope_text(personality, scopes),
        **context_members(config, context),
        **dict(personality.members),
    }
    if personality.echoes_state:
        members["state"] = grant.request.state
    if personality.user_member and "fhirUser" in scopes.plain:
        members["fhirUser"] = fhir_user(config)
    return members


def context_members(config: EhrConfig, context: LaunchContext) -> dict[str, Any]:
    """The launch context members (SMART, Launch context arrives with the token)."""
    if context.patient_id is None:
        return {}
    alone = context.display == "tab"
    text = config.personality.banner == "text"
    banner = str(alone).lower() if text else alone
    return {
        "patient": context.patient_id,
        "need_patient_banner": banner,
        **_order(config, context),
    }


def _order(config: EhrConfig, context: LaunchContext) -> dict[str, Any]:
    people, encounter = config.people, context.encounter_id
    match config.personality.context:
        case "fhir_context":
            return form_members(people, context.form, context.order_id, encounter)
        case "vendor_keys":
            order = people.order(context.order_id or "")
            number = order.accession_number if order else ""
            return _present(
                {
                    "encounter": encounter,
                    "order": context.order_id,
                    "accession": number,
                }
            )
        case "none":
            return _present({"encounter": encounter})


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}


def _spelled(word: str) -> tuple[str, ...]:
    if parse_clinical(word) is None:
        return (word,)
    stem, _, verb = word.rpartition(".")
    return tuple(f"{stem}.{one}" for one in BOTH_SPELLINGS[verb])
