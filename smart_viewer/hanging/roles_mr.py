"""Roles of MR: which contrast, by the object's own word, else by its physics."""

from __future__ import annotations

import re
from collections.abc import Callable

from smart_viewer.dicom.series_facts import SeriesFacts
from smart_viewer.hanging.codes import words_of

PERFUSION_LEAST_POSITIONS = 20
# AcquisitionContrast (0008,9209), PS3.3 C.8.13.3.2.3.
_ACQUISITION_CONTRASTS = {
    "DIFFUSION": "dwi",
    "FLUID_ATTENUATED": "flair",
    "PERFUSION": "perfusion",
    "PROTON_DENSITY": "pd",
    "STIR": "stir",
    "SUSCEPTIBILITY": "t2star",
    "T1": "t1",
    "T2": "t2",
    "T2_STAR": "t2star",
    "TOF": "tof",
}
_WORDS = (
    ("flair", (" flair ", " dark fluid ", " tirm dark ")),
    ("stir", (" stir ", " tirm ")),
    ("t2star", (" swi ", " swan ", " venbold ", " hemo ", " t2 star ", " t2star ")),
    ("dwi", (" dwi ", " diffusion ", " diff ", " trace ", " tracew ")),
    ("tof", (" tof ",)),
    ("perfusion", (" perfusion ", " perf ", " dsc ")),
    ("t1", (" t1 ", " t1w ", " mprage ", " bravo ", " spgr ")),
    ("pd", (" pd ", " pdw ")),
    ("t2", (" t2 ", " t2w ")),
)
_SUSCEPTIBILITY_WORDS = (" swi ", " swan ", " t2 star ", " gre hemo ", " hemo ")
_FS_WORDS = (" fs ", " fat ", " fatsat ", " spair ", " spir ", " dixon w ")
_PRE_WORDS = (" pre ", " without ", " wo ", " native ", " nativ ", " precontrast ")
_POST_WORDS = (" post ", " ce ", " gd ", " gad ", " postcontrast ", " km ")
_PLUS_CONTRAST = re.compile(r"\+\s?(c|gd|ce)\b", re.IGNORECASE)


def mr_roles(facts: SeriesFacts) -> set[str]:
    """Contrast, fat suppression and contrast agent of an MR display set."""
    roles = set()
    if contrast := mr_contrast(facts):
        roles.add(f"mr.{contrast}")
    said = words_of(facts.series_description)
    if _options(facts) & {"FS", "SPAIR", "SPIR"} or _says(said, _FS_WORDS):
        roles.add("mr.fs")
    if _enhanced(facts, said):
        roles.add("mr.ce")
    return roles


def mr_contrast(facts: SeriesFacts) -> str:
    """Maps by their name; then the object's word, its physics, its description."""
    by_word = _ACQUISITION_CONTRASTS.get(facts.acquisition_contrast.upper(), "")
    return (
        _map(facts)
        or by_word
        or _diffusion(facts)
        or _angiography(facts)
        or _perfusion(facts)
        or _physics(facts)
        or _worded(facts)
    )


def _map(facts: SeriesFacts) -> str:
    """Maps of diffusion, by ImageType, else by their name."""
    types = {value.upper() for value in facts.image_type}
    if "ADC" in types or " adc " in words_of(facts.series_description):
        return "adc"
    return "diffusion_map" if types & {"EADC", "FA"} else ""


def _diffusion(facts: SeriesFacts) -> str:
    types = {value.upper() for value in facts.image_type}
    return "dwi" if facts.b_values or types & {"TRACEW", "DIFFUSION"} else ""


def _angiography(facts: SeriesFacts) -> str:
    variants = {*_upper(facts.sequence_variant), *_upper(facts.scan_options)}
    said = words_of(facts.series_description)
    return "tof" if "TOF" in variants or " tof " in said else ""


def _perfusion(facts: SeriesFacts) -> str:
    positions = facts.temporal_positions or 0
    return "perfusion" if positions >= PERFUSION_LEAST_POSITIONS else ""


# In this order; times in ms: TI, TE, TR, gradient echo?
_PHYSICS: tuple[tuple[str, Callable[[float, float, float, bool], bool]], ...] = (
    ("flair", lambda ti, te, tr, gr: ti > 1500 and te > 70),
    ("stir", lambda ti, te, tr, gr: 0 < ti < 300 and not gr),
    ("t1", lambda ti, te, tr, gr: gr and 600 <= ti <= 1200),
    ("t1", lambda ti, te, tr, gr: 300 <= ti <= 1500 and te < 30),
    ("t2star", lambda ti, te, tr, gr: gr and 15 <= te <= 40),
    ("t1", lambda ti, te, tr, gr: te < 30 and tr < 900),
    ("t2", lambda ti, te, tr, gr: te >= 70 and tr >= 2000),
    ("pd", lambda ti, te, tr, gr: te <= 45 and tr >= 2000),
)


def _physics(facts: SeriesFacts) -> str:
    """By inversion, echo and repetition time; echo planar images need words."""
    sequence = set(_upper(facts.scanning_sequence))
    types = {value.upper() for value in facts.image_type}
    said = words_of(facts.series_description)
    if types & {"M_SWI", "SWI"} or _says(said, _SUSCEPTIBILITY_WORDS):
        return "t2star"
    te, tr = facts.echo_time_ms, facts.repetition_time_ms
    if te is None or tr is None or "EP" in sequence:
        return ""
    ti = facts.inversion_time_ms or 0.0
    gradient = "GR" in sequence
    return next((role for role, fits in _PHYSICS if fits(ti, te, tr, gradient)), "")


def _worded(facts: SeriesFacts) -> str:
    said = words_of(facts.series_description)
    return next((role for role, words in _WORDS if _says(said, words)), "")


def _enhanced(facts: SeriesFacts, said: str) -> bool:
    """An agent was given before. Some scanners keep its name on every series of
    the study, so that a description that says otherwise is believed."""
    if facts.contrast_bolus_agent:
        return not _says(said, _PRE_WORDS)
    worded = _says(said, _POST_WORDS) or _PLUS_CONTRAST.search(facts.series_description)
    return bool(worded) and not _says(said, _PRE_WORDS)


def _options(facts: SeriesFacts) -> set[str]:
    return set(_upper(facts.scan_options))


def _upper(values: tuple[str, ...]) -> list[str]:
    return [value.upper() for value in values]


def _says(said: str, words: tuple[str, ...]) -> bool:
    return any(word in said for word in words)
