"""The shipped profiles, filled in for the sandbox's personalities.

What an integrator does by hand: a line of the template is given its value, and a line
that is commented out is taken in. A template that lacks such a line stops with its key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from smart_viewer.errors import SettingsInvalid
from smart_viewer.sandbox.personalities import PERSONALITIES, PRACTICE
from smart_viewer.sandbox.registration import EhrConfig
from smart_viewer.settings import asset_root

TEMPLATES = {
    "epic": "epic",
    "oracle": "oracle_health",
    "athena": "athenahealth",
    "openemr": "openemr",
}
"""Personality of the sandbox -> the shipped profile of that kind of EHR."""
MRN_SYSTEM = "urn:oid:2.999.1.1"  # the sandbox's own
VENDOR_KEYS = '{ order = "order", accession = "accession" }'


def demo_profiles(config: EhrConfig, **changes: object) -> dict[str, str]:
    """Profile id -> the text of its TOML, one for each personality but the plain one.

    changes: further keys, the same in each.
    """
    return {
        template: filled_in(
            (asset_root() / "launch_configs" / f"{template}.toml").read_text("utf-8"),
            {**_site_facts(config, name), **changes},
        )
        for name, template in TEMPLATES.items()
    }


def _site_facts(config: EhrConfig, name: str) -> dict[str, object]:
    """What differs from site to site, and so stands in no template."""
    ehr = config.shaped_like(PERSONALITIES[name])
    facts: dict[str, object] = {
        "enabled": True,
        "label": f"Sandbox EHR, {ehr.personality.label}",
        "iss": ehr.fhir_base,
        "client_id": "smart-viewer",
        "client_auth": "none",
        "frame_origins": [ehr.base_url],
        "single_domain_pacs": True,
        "system": MRN_SYSTEM,
    }
    if name in {"athena", "openemr"}:
        del facts["system"]  # by type alone
    if ehr.auth_origin != ehr.base_url:
        facts["allowed_hosts"] = [ehr.auth_origin]
    if ehr.id_token_issuer != ehr.issuer:
        facts["oidc_issuer"] = ehr.id_token_issuer
    if ehr.aud != ehr.fhir_base:
        facts["aud_override"] = ehr.aud
    if ehr.personality.query is not None:
        facts["ah-practice"] = PRACTICE
    if ehr.personality.context == "vendor_keys":
        facts["context_key_map"] = VENDOR_KEYS
    return facts


def filled_in(text: str, values: Mapping[str, object]) -> str:
    """The template with these values. SettingsInvalid names a key without a line."""
    for key, value in values.items():
        inline = isinstance(value, str) and value.startswith("{")
        line = f"{key} = {value if inline else json.dumps(value)}"
        pattern = re.compile(rf"^(?:# )?{re.escape(key)} = .*$", re.MULTILINE)
        text, found = pattern.subn(line.replace("\\", r"\\"), text, count=1)
        if not found:
            raise SettingsInvalid(f"the template has no line for {key}")
    return text
