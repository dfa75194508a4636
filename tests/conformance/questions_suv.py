"""Standardized uptake values: H14. Oracle: the vendor-neutral formula, by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydicom import Dataset

from conformance.files import grey
from conformance.question import Answer, Question, Series

PET = "1.2.840.10008.5.1.4.1.1.128"
HALF_LIFE = 6586.2  # s, F-18
DOSE = 3.7e8  # Bq
WEIGHT, HEIGHT = 70.0, 1.75  # kg, m
HOUR = 3600.0


def _pet(changes: dict[str, Any], isotope: dict[str, Any] | None = None) -> Dataset:
    item = Dataset()
    facts = {
        "RadionuclideTotalDose": DOSE,
        "RadionuclideHalfLife": HALF_LIFE,
        "RadiopharmaceuticalStartTime": "080000",
        "RadiopharmaceuticalStartDateTime": "20240102080000",
    }
    for keyword, value in {**facts, **(isotope or {})}.items():
        if value is not None:
            setattr(item, keyword, value)
    attributes: dict[str, Any] = {
        "SOPClassUID": PET,
        "Modality": "PT",
        "Units": "BQML",
        "DecayCorrection": "START",
        "CorrectedImage": ["ATTN", "DECY"],
        "SeriesDate": "20240102",
        "SeriesTime": "090000",
        "AcquisitionDate": "20240102",
        "AcquisitionTime": "090000",
        "PatientWeight": WEIGHT,
        "PatientSize": HEIGHT,
        "RescaleSlope": 1,
        "RescaleIntercept": 0,
        "RadiopharmaceuticalInformationSequence": [item],
    }
    return grey(np.full((8, 8), 100, np.uint16), **{**attributes, **changes})


def _decayed(seconds: float) -> float:
    return float(DOSE * 2 ** (-seconds / HALF_LIFE))


def _amounts(sex: str) -> dict[str, float]:
    """Grams, or cm², that the activity is spread over in each type (CID 85)."""
    cm, bmi = HEIGHT * 100, WEIGHT / HEIGHT**2
    male = sex == "M"
    james = (
        (1.1 * WEIGHT - 128 * (WEIGHT / cm) ** 2)
        if male
        else (1.07 * WEIGHT - 148 * (WEIGHT / cm) ** 2)
    )
    janma = 9270 * WEIGHT / ((6680 + 216 * bmi) if male else (8780 + 244 * bmi))
    ideal = (48.0 + 1.06 * (cm - 152)) if male else (45.5 + 0.91 * (cm - 152))
    area = WEIGHT**0.425 * cm**0.725 * 0.007184
    return {
        "SUVbw": WEIGHT * 1000,
        "James": james * 1000,
        "Janma": janma * 1000,
        "SUVibw": ideal * 1000,
        "SUVbsa": area * 1e4,
    }


def uptakes() -> Iterator[Question]:
    """Factors by type, decay from the scan or from the injection, over midnight."""
    for sex in "MF":
        yield Question(
            "SUV",
            "hand",
            f"types, sex {sex}",
            [_pet({"PatientSex": sex})],
            lambda s, x=sex: _types(s, x),
        )
    later = {
        "SeriesDate": "20240103",
        "SeriesTime": "001500",
        "AcquisitionDate": "20240103",
        "AcquisitionTime": "001500",
    }
    late = {
        "RadiopharmaceuticalStartTime": "231500",
        "RadiopharmaceuticalStartDateTime": "20240102231500",
    }
    cases = (
        ("an hour of decay", _pet({}), 70000 / _decayed(HOUR)),
        (
            "corrected to the injection",
            _pet({"DecayCorrection": "ADMIN"}),
            70000 / DOSE,
        ),
        ("over midnight", _pet(later, late), 70000 / _decayed(HOUR)),
        (
            "over midnight, time alone",
            _pet(later, {**late, "RadiopharmaceuticalStartDateTime": None}),
            70000 / _decayed(HOUR),
        ),
        ("grams a millilitre pass through", _pet({"Units": "GML"}), 1.0),
    )
    for name, dataset, factor in cases:
        yield Question(
            "SUV", "hand", name, [dataset], lambda s, f=factor: _body_weight(s, f)
        )
    for name, dataset in _refused():
        yield Question("SUV", "hand", name, [dataset], _without)


def _refused() -> Iterator[tuple[str, Dataset]]:
    yield "no weight", _pet({"PatientWeight": None})
    yield "weight 0", _pet({"PatientWeight": 0})
    yield "not corrected for attenuation", _pet({"CorrectedImage": ["DECY"]})
    yield "not corrected for decay", _pet({"CorrectedImage": ["ATTN"]})
    yield "counts without the vendor's factor", _pet({"Units": "CNTS"})
    yield "no dose", _pet({}, {"RadionuclideTotalDose": None})
    yield "no half-life", _pet({}, {"RadionuclideHalfLife": None})
    yield (
        "no time of injection",
        _pet(
            {},
            {
                "RadiopharmaceuticalStartTime": None,
                "RadiopharmaceuticalStartDateTime": None,
            },
        ),
    )


def _types(series: Series, sex: str) -> Iterator[Answer]:
    told = {one["name"]: one["factors"][0] for one in series.image["suv"]["types"]}
    for name, amount in _amounts(sex).items():
        found = next((factor for known, factor in told.items() if name in known), None)
        yield Answer(name, amount / _decayed(HOUR), found, 1e-9)


def _body_weight(series: Series, factor: float) -> Iterator[Answer]:
    types = series.image["suv"]["types"]
    found = next(
        (one["factors"][0] for one in types if "bw" in one["name"]),
        types[0]["factors"][0] if types else None,
    )
    yield Answer("factor by body weight", factor, found, 1e-9)


def _without(series: Series) -> Iterator[Answer]:
    suv = series.image["suv"]
    yield Answer("no type", [], suv["types"])
    yield Answer("a reason", True, bool(suv["refusal"]))


SUV = (uptakes,)
