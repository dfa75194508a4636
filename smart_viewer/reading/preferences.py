"""What a reader has chosen for himself: language, keys, mouse, screen.

Kept for the user that the EHR names, on whatever computer he reads; where it names
none, for the reading only. Nothing of it is about a patient, so nothing is audited.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from smart_viewer.errors import InputInvalid
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House

log = logging.getLogger(__name__)

MAX_BYTES = 16_384
MAX_ACTIONS = 128
MAX_CHORDS = 8

ActionId = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]{0,39}$")]
Chord = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,40}$")]
Chords = Annotated[tuple[Chord, ...], Field(max_length=MAX_CHORDS)]
MouseTool = Literal["", "windowLevel", "scroll", "pan", "zoom"]
KeptFor = Literal["user", "reading"]


class _Chosen(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
    )


class MouseButtons(_Chosen):
    """What the middle and the right button drag; "": as the profile has it."""

    middle: MouseTool = ""
    right: MouseTool = ""


class Preferences(_Chosen):
    """The other side of `viewer/src/wire/preferences.ts`, which says what each is."""

    language: Literal["", "en", "es", "fr", "de"] = ""
    profile: Literal["ohif", "bir", "sectra", "osirix", "visage"] = "ohif"
    keys: dict[ActionId, Chords] = Field(default_factory=dict, max_length=MAX_ACTIONS)
    single_keys: bool = True
    start_tool: MouseTool = ""
    mouse: MouseButtons = MouseButtons()
    chrome: Literal["dark", "light", "system"] = "dark"
    overlays: Literal["full", "minimum", "none"] = "full"


@dataclass(frozen=True, slots=True)
class KeptPreferences:
    """Preferences, and how long they are kept."""

    preferences: Preferences
    kept_for: KeptFor


def read_preferences(house: House, holder: Holder) -> KeptPreferences:
    """The reader's own, else the default ones. UpstreamUnavailable."""
    owner, kept_for = _owner(house, holder)
    found = house.store.preferences.read(owner, house.clock())
    return KeptPreferences(_understood(found), kept_for)


def keep_preferences(house: House, holder: Holder, body: bytes) -> KeptPreferences:
    """Keep what the page sent. InputInvalid where it is not of the form."""
    if len(body) > MAX_BYTES:
        raise InputInvalid("These preferences are larger than any that can be made.")
    try:
        chosen = Preferences.model_validate_json(body)
    except ValidationError as cause:
        raise InputInvalid("These preferences are not of the known form.") from cause
    owner, kept_for = _owner(house, holder)
    house.store.preferences.keep(
        owner,
        _bytes(chosen),
        house.clock(),
        None if kept_for == "user" else holder.expires_at,
    )
    return KeptPreferences(chosen, kept_for)


def forget_with_reading(house: House, holder: Holder) -> None:
    """What was kept for this reading only goes with it."""
    owner, kept_for = _owner(house, holder)
    if kept_for == "reading":
        house.store.preferences.forget(owner)


def _owner(house: House, holder: Holder) -> tuple[tuple[str, ...], KeptFor]:
    """The user as his EHR names him: the same id at another issuer is another user."""
    plan = holder.plan
    profile = house.settings.ehr(plan.ehr_id)
    if plan.user is None or profile is None:
        return ("reading", holder.reading_id), "reading"
    return ("user", profile.iss, plan.user), "user"


def _understood(kept: bytes | None) -> Preferences:
    """What another release wrote and this one cannot read counts as not chosen."""
    if kept is None:
        return Preferences()
    try:
        return Preferences.model_validate_json(kept)
    except ValidationError:
        log.warning("kept preferences are of another form: the default ones are used")
        return Preferences()


def _bytes(chosen: Preferences) -> bytes:
    return chosen.model_dump_json(by_alias=True).encode()
