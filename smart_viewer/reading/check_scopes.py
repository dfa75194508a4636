"""Do the scopes of a profile suit what the EHR announces? Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from smart_viewer.launch.lenient import texts_of
from smart_viewer.reading.check_advice import ehr_file
from smart_viewer.reading.check_steps import Advice, Finding, fail, ok, warn
from smart_viewer.settings import EhrProfile

_V1 = re.compile(r"\w+/[\w*]+\.(read|write|\*)", re.IGNORECASE)
_V2 = re.compile(r"\w+/[\w*]+\.c?r?u?d?s?(\?.*)?")


def scopes_finding(profile: EhrProfile, document: Mapping[str, object]) -> Finding:
    """document: smart-configuration. What is granted only a launch tells."""
    unfit = _unfit_words(profile) or _unfit_spelling(profile, document)
    if unfit is not None:
        return unfit
    listed = texts_of(document.get("scopes_supported"))
    named = [scope for scope in profile.scopes if "/" not in scope]
    missing = [scope for scope in named if listed and scope not in listed]
    if missing:
        text = "see that it is offered under this name; ask the EHR for another one"
        told = f"not among those that it lists: {', '.join(missing)}"
        return warn(told, _line(profile, text))
    count = len(profile.scopes)
    return ok(f"{count} in a spelling that it takes; granted only with a launch")


def _unfit_words(profile: EhrProfile) -> Finding | None:
    if "launch" not in profile.scopes:
        text = '"launch" is needed, or the EHR tells neither patient nor order'
        return fail("launch is not among them", _line(profile, text))
    odd = [one for one in profile.scopes if "/" in one and not _is_read(one)]
    if odd:
        text = "SMART 2.2: v1 as patient/Patient.read, v2 as patient/Patient.rs"
        return fail(f"no scope by SMART: {', '.join(odd)}", _line(profile, text))
    return None


def _unfit_spelling(
    profile: EhrProfile, document: Mapping[str, object]
) -> Finding | None:
    capabilities = texts_of(document.get("capabilities")) or ()
    offered = {one for one in capabilities if one.startswith("permission-v")}
    first = any(_V1.fullmatch(scope) for scope in profile.scopes)
    second = any("/" in s and not _V1.fullmatch(s) for s in profile.scopes)
    if first and offered == {"permission-v2"}:
        text = "write .rs for .read: it announces v2 alone"
        return fail("v1 scopes are asked for", _line(profile, text))
    if second and offered == {"permission-v1"}:
        text = "write .read for .r and .rs: it announces v1 alone"
        return fail("v2 scopes are asked for", _line(profile, text))
    return None


def _is_read(scope: str) -> bool:
    context = scope.partition("/")[0]
    known = context in {"patient", "user", "launch"}
    return known and bool(
        context == "launch" or _V1.fullmatch(scope) or _V2.fullmatch(scope)
    )


def _line(profile: EhrProfile, text: str) -> Advice:
    return Advice(ehr_file(profile), "scopes", text)
