"""Standardized uptake values: one factor for each type (PS3.3 C.8.9.1, PS3.16 CID 85).

Pure arithmetic: SUV = modality value x factor. What an image lacks is refused with a
sentence for the reader; nothing is assumed in its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SuvType = Literal["BW", "LBMJAMES128", "LBMJANMA", "BSA", "IBW"]
Sex = Literal["M", "F", ""]
MOST_HALF_LIVES = 10.0  # between dose and scan; beyond, a date is wrong
LEAST_DOSE_BQ = 1e4  # a smaller number is of another unit
_TALLEST_M, _SHORTEST_M = 3.0, 0.2  # outside, the number is of another unit


class SuvRefused(ValueError):
    """Why there is no SUV: a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Body:
    """The patient at the time of the examination; None where not told."""

    weight_kg: float | None
    height_m: float | None
    sex: Sex


@dataclass(frozen=True, slots=True)
class Injection:
    """What was given, and when; the activity is that at the time of injection."""

    dose_bq: float | None
    half_life_s: float | None
    at: datetime | None


def decayed_dose_bq(injection: Injection, reference: datetime | None) -> float:
    """The activity that was left of the dose at the time that pixels are corrected to.

    reference: None where pixels are corrected to the injection itself (ADMIN).
    SuvRefused.
    """
    dose = injection.dose_bq
    if dose is None or dose <= 0:
        raise SuvRefused("The header lacks the injected dose.")
    if dose < LEAST_DOSE_BQ:
        raise SuvRefused("The injected dose in the header is too small to be one.")
    if reference is None:
        return dose
    half_life = injection.half_life_s
    if half_life is None or half_life <= 0:
        raise SuvRefused("The header lacks the half-life of the radionuclide.")
    if injection.at is None:
        raise SuvRefused("The header lacks the time of injection.")
    passed = (reference - injection.at).total_seconds()
    if passed < 0:
        raise SuvRefused("By the header the dose was given after the scan.")
    if passed > MOST_HALF_LIVES * half_life:
        raise SuvRefused("By the header the dose had decayed before the scan.")
    return float(dose * 2.0 ** (-passed / half_life))


def factors_of_activity(
    body: Body, dose_bq: float, bq_ml_a_unit: float = 1.0
) -> dict[SuvType, float]:
    """Factors for pixels that are a concentration of activity.

    dose_bq: what was left of it at the time that pixels are corrected to.
    bq_ml_a_unit: Bq/ml of one modality unit. A type that needs more than the body
    tells is left out; without a weight (`require_weight`) that is all of them.
    """
    return {
        kind: amount * bq_ml_a_unit / dose_bq for kind, amount in amounts(body).items()
    }


def factors_of_suv(
    body: Body, known: SuvType, factor: float = 1.0
) -> dict[SuvType, float]:
    """Factors for pixels whose factor for one type is known.

    The others follow from the ratio of what they are normalized by, where the body
    tells both.
    """
    of = amounts(body)
    if known not in of:
        return {known: factor}
    return {kind: factor * amount / of[known] for kind, amount in of.items()}


def require_weight(body: Body) -> None:
    """SuvRefused where the weight is missing or 0."""
    if body.weight_kg is None or body.weight_kg <= 0:
        raise SuvRefused("The header lacks the patient's weight.")


def amounts(body: Body) -> dict[SuvType, float]:
    """What each type divides the dose by: g, and cm2 for BSA.

    A type is left out where weight, height or sex is missing, or where its formula
    gives nothing positive for this body.
    """
    weight, height = body.weight_kg, body.height_m
    if weight is None or weight <= 0:
        return {}
    found: dict[SuvType, float] = {"BW": weight * 1000.0}
    if height is None or not _SHORTEST_M < height < _TALLEST_M:
        return found
    if body.sex:
        found |= {
            kind: formula(weight, height, body.sex) * 1000.0
            for kind, formula in _MASSES.items()
        }
    found["BSA"] = surface_m2(weight, height) * 10_000.0
    return {kind: amount for kind, amount in found.items() if _is_positive(amount)}


def _is_positive(amount: float) -> bool:
    return math.isfinite(amount) and amount > 0


def surface_m2(weight_kg: float, height_m: float) -> float:
    """Body surface area (Du Bois and Du Bois 1916)."""
    return float(0.007184 * weight_kg**0.425 * (height_m * 100.0) ** 0.725)


def lean_mass_james_kg(weight_kg: float, height_m: float, sex: Sex) -> float:
    """Lean body mass by James 1976, with 128 for men: LBMJAMES128."""
    ratio = weight_kg / (height_m * 100.0)
    a, b = (1.10, 128.0) if sex == "M" else (1.07, 148.0)
    return a * weight_kg - b * ratio * ratio


def lean_mass_janmahasatian_kg(weight_kg: float, height_m: float, sex: Sex) -> float:
    """Lean body mass by Janmahasatian 2005: LBMJANMA."""
    bmi = weight_kg / (height_m * height_m)
    a, b = (6680.0, 216.0) if sex == "M" else (8780.0, 244.0)
    return 9270.0 * weight_kg / (a + b * bmi)


def ideal_weight_kg(weight_kg: float, height_m: float, sex: Sex) -> float:
    """Ideal body weight (Sugawara 1999); of height alone."""
    above = height_m * 100.0 - 152.0
    return 48.0 + 1.06 * above if sex == "M" else 45.5 + 0.91 * above


_MASSES: Mapping[SuvType, Callable[[float, float, Sex], float]] = {
    "LBMJAMES128": lean_mass_james_kg,
    "LBMJANMA": lean_mass_janmahasatian_kg,
    "IBW": ideal_weight_kg,
}
