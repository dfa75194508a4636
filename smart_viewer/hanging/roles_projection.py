"""Roles of radiographs and mammograms: view, side and kind.

The side is never taken from a description (hanging.md P7, section 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from smart_viewer.dicom.series_facts import Code, SeriesFacts
from smart_viewer.hanging.codes import Key, key_of, words_of
from smart_viewer.hanging.vocabulary import Vocabulary

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_DBT_CLASSES = {f"{_STORAGE}13.1.3"}  # Breast Tomosynthesis Image Storage
_FOR_PROCESSING_CLASSES = {
    f"{_STORAGE}1.1.1.1",
    f"{_STORAGE}1.2.1",
    f"{_STORAGE}13.1.5",
}
_MG_VIEWS = frozenset(["cc", "mlo", "ml", "lm", "lmo", "xccl", "xccm"])
_DX_VIEWS = frozenset(["pa", "ap", "lateral"])
_SIDES = {"R": "mg.r", "L": "mg.l"}


def mg_roles(facts: SeriesFacts, vocabulary: Vocabulary) -> set[str]:
    """Views and modifiers of all items of all images, one side, one kind."""
    roles = {f"mg.{view}" for view in _views(facts, vocabulary) & _MG_VIEWS}
    roles |= {
        f"mg.{term}" for term in _terms(facts.view_modifiers, vocabulary.modifiers)
    }
    if len(facts.lateralities) == 1 and facts.lateralities[0] in _SIDES:
        roles.add(_SIDES[facts.lateralities[0]])
    roles.add(f"mg.{_mg_kind(facts)}")
    return roles


def _mg_kind(facts: SeriesFacts) -> str:
    types = {value.upper() for value in facts.image_type}
    if (
        facts.presentation_intent_type.upper() == "FOR PROCESSING"
        or facts.sop_class_uid in _FOR_PROCESSING_CLASSES
    ):
        return "for_processing"
    if "GENERATED_2D" in types:
        return "synthetic"
    is_stack = facts.frame_count > 1 or "TOMOSYNTHESIS" in types
    if facts.sop_class_uid in _DBT_CLASSES or is_stack:
        return "dbt"
    return "ffdm"


def dx_roles(facts: SeriesFacts, vocabulary: Vocabulary) -> set[str]:
    """The view; by its code, position, orientation of the patient, then by words."""
    views = _views(facts, vocabulary) & _DX_VIEWS
    if not views:
        views = _by_orientation(facts) or _by_words(facts)
    roles = {f"dx.{view}" for view in views}
    if views & {"pa", "ap"}:
        roles.add("dx.frontal")
    return roles


def _by_orientation(facts: SeriesFacts) -> set[str]:
    """Rows run left or right: frontal; anterior or posterior: lateral (C.7.6.1.1.1)."""
    along_row = facts.patient_orientation[:1]
    if along_row and along_row[0][:1] in {"L", "R"}:
        return {"frontal"}
    return {"lateral"} if along_row and along_row[0][:1] in {"A", "P"} else set()


def _by_words(facts: SeriesFacts) -> set[str]:
    said = words_of(facts.series_description)
    for view, words in (
        ("lateral", (" lat ", " lateral ")),
        ("pa", (" pa ",)),
        ("ap", (" ap ",)),
        ("frontal", (" frontal ",)),
    ):
        if any(word in said for word in words):
            return {view}
    return set()


def _views(facts: SeriesFacts, vocabulary: Vocabulary) -> set[str]:
    """By every view code; by the view position where no code is known."""
    coded = _terms(facts.views, vocabulary.views)
    position = vocabulary.view_positions.get(facts.view_position.upper(), "")
    return coded or ({position} - {""})


def _terms(codes: Iterable[Code], table: Mapping[Key, str]) -> set[str]:
    keys = (key_of(code.scheme, code.value) for code in codes)
    return {table[key] for key in keys if key in table}
