"""What the words of Image Type and Frame Type show (PS3.3 C.7.6.1.1.2, C.8.13.3.1).

Only words by which a picture is another kind of picture: these images are never
scrolled through together. All others (norms, filters, reconstructions) may differ
from slice to slice and mean nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence

LOCALIZER = "LOCALIZER"
_SHOWS = {
    "ADC": "ADC",
    "ADC_MAP": "ADC",
    "AIF": "AIF",
    "CBF": "CBF",
    "CBV": "CBV",
    "DIFFUSION_ANISO": "FA",
    "EADC": "eADC",
    "FA": "FA",
    "FAT": "fat",
    "FAT_FRACTION": "fat fraction",
    "FIELD_MAP": "field map",
    "FM": "field map",
    "GENERATED_2D": "synthetic",
    "IMAGINARY": "imaginary",
    "IN_PHASE": "in phase",
    "MAGNITUDE": "magnitude",
    "MAX_IP": "MIP",
    "MEAN_IP": "mean projection",
    "MINIP": "MinIP",
    "MIN_IP": "MinIP",
    "MIP": "MIP",
    "MPR": "MPR",
    "MTT": "MTT",
    "OPP_PHASE": "opposed phase",
    "OPPOSED_PHASE": "opposed phase",
    "OUT_PHASE": "opposed phase",
    "PHASE": "phase map",
    "PHASE_MAP": "phase map",
    "PROJECTION": "projection",
    "PROJECTION_IMAGE": "projection",
    "R2_MAP": "R2 map",
    "R2_STAR_MAP": "R2* map",
    "RCBF": "rCBF",
    "RCBV": "rCBV",
    "REAL": "real",
    "REFORMATTED": "reformatted",
    "SUB": "subtraction",
    "SUBTRACT": "subtraction",
    "SUBTRACTION": "subtraction",
    "T1_MAP": "T1 map",
    "T2_MAP": "T2 map",
    "T2_STAR_MAP": "T2* map",
    "TMAX": "Tmax",
    "TRACE": "trace",
    "TRACEW": "trace",
    "TTP": "TTP",
    "VELOCITY": "velocity",
    "VELOCITY_MAP": "velocity",
    "WATER": "water",
}
# Of MR, as one letter; Philips adds the kind of sequence ("M_FFE").
_COMPONENTS = {"M": "magnitude", "P": "phase map", "R": "real", "I": "imaginary"}
_DIXON = {
    "W": "water",
    "F": "fat",
    "IP": "in phase",
    "OP": "opposed phase",
    "FF": "fat fraction",
}


def shown(image_type: Sequence[str], is_mr: bool) -> tuple[str, ...]:
    """What an image shows, in words for a reader, in order of the attribute."""
    found: dict[str, None] = {}
    for word in image_type[2:]:
        plain = word.upper().replace(" ", "_").replace("-", "_")
        name = _SHOWS.get(plain)
        if name is None and is_mr:
            name = _DIXON.get(plain) or _component(plain)
        if name is not None:
            found[name] = None
    return tuple(found)


def _component(word: str) -> str | None:
    return _COMPONENTS.get(word[:1]) if word[1:2] in ("", "_") else None


def is_localizer(image_type: Sequence[str]) -> bool:
    """A scout, a survey: an image to plan others on."""
    return LOCALIZER in image_type


def is_secondary(image_type: Sequence[str]) -> bool:
    """Value 2: made of images after the examination, not by it."""
    return list(image_type[1:2]) == ["SECONDARY"]
