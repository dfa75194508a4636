"""STOW-RS of the sandbox archive (PS3.18 10.5)."""

from __future__ import annotations

import json

from smart_viewer.sandbox.dicomweb_media import parts_of
from smart_viewer.sandbox.dicomweb_objects import Held, Shelf, read_object

# PS3.18 Table 10.5.3-1.
OUT_OF_RESOURCES = 0xA700
DATA_SET_DOES_NOT_MATCH = 0xA900
CANNOT_UNDERSTAND = 0xC000


def store(
    shelf: Shelf, content_type: str, body: bytes, study: str, refused: int
) -> tuple[int, str]:
    """Status and DICOM JSON of the answer; what is good is kept.

    refused: so many good objects are refused all the same.
    """
    stored: list[Held] = []
    failed: list[tuple[Held | None, int]] = []
    for part in parts_of(content_type, body):
        held = read_object(part)
        if held is None:
            failed.append((None, CANNOT_UNDERSTAND))
        elif study not in {"", held.study_uid}:
            failed.append((held, DATA_SET_DOES_NOT_MATCH))
        elif refused > 0:
            refused -= 1
            failed.append((held, OUT_OF_RESOURCES))
        else:
            shelf.add(held)
            stored.append(held)
    if not stored and not failed:
        return 400, ""
    return _status(len(stored), len(failed)), json.dumps(_document(stored, failed))


def _status(stored: int, failed: int) -> int:
    """PS3.18 Table 10.5.3-1: all, some or none."""
    if not failed:
        return 200
    return 202 if stored else 409


def _document(
    stored: list[Held], failed: list[tuple[Held | None, int]]
) -> dict[str, object]:
    found: dict[str, object] = {}
    if stored:
        items = [_reference(held) for held in stored]
        found["00081199"] = {"vr": "SQ", "Value": items}
    if failed:
        refused = [
            {**_reference(held), "00081197": {"vr": "US", "Value": [reason]}}
            for held, reason in failed
        ]
        found["00081198"] = {"vr": "SQ", "Value": refused}
    return found


def _reference(held: Held | None) -> dict[str, object]:
    if held is None:
        return {}
    return {
        "00081150": held.metadata["00080016"],
        "00081155": {"vr": "UI", "Value": [held.sop_uid]},
    }
