"""Preferences as JSON; `viewer/src/wire/preferences.ts` is its other side."""

from __future__ import annotations

from collections.abc import Mapping

from smart_viewer.reading.preferences import KeptPreferences


def preferences_json(kept: KeptPreferences) -> Mapping[str, object]:
    """What the reader chose, and for how long it is kept."""
    chosen = kept.preferences.model_dump(mode="json", by_alias=True)
    return {"keptFor": kept.kept_for, "preferences": chosen}
