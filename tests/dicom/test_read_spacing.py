"""Where millimetres come from (H8). Oracle: PS3.3 10.7, case by case, by hand."""

from __future__ import annotations

import pytest

from smart_viewer.dicom.read_spacing import UNKNOWN_CALIBRATION, read_spacing
from smart_viewer.dicom.study import Spacing

STORAGE = "1.2.840.10008.5.1.4.1.1."
CT, DX, MG, CR, XA = (STORAGE + end for end in ("2", "1.1", "1.2", "1", "12.1"))
NM, PT, SC, US, RT = (STORAGE + end for end in ("20", "128", "7", "6.1", "481.1"))
OWN, IMAGER, SCANNED = "00280030", "00181164", "00182010"
KIND, WORDS, ERMF = "00280A02", "00280A04", "00181114"
PLANE = {"00200037": [1, 0, 0, 0, 1, 0]}
FILM = "on the film or page that was scanned"


def spacing(sop_class: str, given: dict[str, list[object]]) -> Spacing | None:
    dataset = {"00080016": [sop_class], **given}
    return read_spacing({tag: {"Value": value} for tag, value in dataset.items()})


@pytest.mark.parametrize(
    ("sop_class", "given", "expected"),
    [
        (CT, {OWN: [0.5, 0.25]}, Spacing(0.5, 0.25, "patient")),
        (PT, {OWN: ["4", "5"]}, Spacing(4, 5, "patient")),
        (NM, {OWN: [2, 3]}, Spacing(2, 3, "patient")),
        # at the detector, never turned into the patient by any distance
        (DX, {IMAGER: [0.1, 0.2]}, Spacing(0.1, 0.2, "detector")),
        (
            DX,
            {IMAGER: [0.1, 0.2], "00181110": [1800], "00181111": [1000]},
            Spacing(0.1, 0.2, "detector"),
        ),
        (
            MG,
            {IMAGER: [0.07, 0.07], ERMF: [1.07]},
            Spacing(0.07, 0.07, "detector", "", 1.07),
        ),
        (MG, {IMAGER: [0.07, 0.07], ERMF: [0.5]}, Spacing(0.07, 0.07, "detector")),
        # the same twice is no calibration, whoever rounds
        (CR, {OWN: [0.1, 0.2], IMAGER: [0.1, 0.2]}, Spacing(0.1, 0.2, "detector")),
        (
            CR,
            {OWN: [0.10000001, 0.2], IMAGER: [0.1, 0.2]},
            Spacing(0.1, 0.2, "detector"),
        ),
        # calibrated, in words or by being different
        (
            DX,
            {OWN: [0.1, 0.1], IMAGER: [0.1, 0.1], KIND: ["GEOMETRY"]},
            Spacing(0.1, 0.1, "calibrated", "GEOMETRY"),
        ),
        (
            DX,
            {OWN: [0.1, 0.1], KIND: ["FIDUCIAL"], WORDS: ["25 mm ball"]},
            Spacing(0.1, 0.1, "calibrated", "FIDUCIAL: 25 mm ball"),
        ),
        (
            XA,
            {OWN: [0.2, 0.3], IMAGER: [0.3, 0.4]},
            Spacing(0.2, 0.3, "calibrated", "corrected, method not told"),
        ),
        # it cannot be determined: said, and no magnification on top
        (
            CR,
            {OWN: [0.15, 0.15], ERMF: [1.2]},
            Spacing(0.15, 0.15, "detector", UNKNOWN_CALIBRATION),
        ),
        (CR, {SCANNED: [0.17, 0.17]}, Spacing(0.17, 0.17, "detector", FILM)),
        (
            SC,
            {OWN: [0.17, 0.17], SCANNED: [0.17, 0.17]},
            Spacing(0.17, 0.17, "detector", FILM),
        ),
        (SC, {OWN: [1, 1]}, Spacing(1, 1, "detector", UNKNOWN_CALIBRATION)),
        # reformatted images are stored as captures, with their plane
        (SC, {OWN: [0.5, 0.25], **PLANE}, Spacing(0.5, 0.25, "patient")),
        (DX, {OWN: [1, 1], IMAGER: [1, 1], **PLANE}, Spacing(1, 1, "detector")),
        (
            CT,
            {OWN: [0.5, 0.6], "00080008": ["ORIGINAL", "PRIMARY", "LOCALIZER"]},
            Spacing(0.5, 0.6, "patient", "localizer: at the isocentre"),
        ),
        (
            RT,
            {"30020011": [0.4, 0.5], OWN: [9, 9]},
            Spacing(0.4, 0.5, "detector", "in the plane of the RT image"),
        ),
        # ultrasound has regions, whatever else stands there
        (US, {OWN: [0.5, 0.25]}, None),
        (US, {OWN: [0.5, 0.25], **PLANE}, None),
        ("", {OWN: [0.5, 0.25], "00080060": ["IVUS"]}, None),
        (DX, {}, None),
        (CT, {OWN: [0.5, 0]}, None),
        (CT, {OWN: [-0.5, 0.5]}, None),
        (CT, {OWN: [0.5]}, None),
        (CT, {OWN: ["x", 0.5]}, None),
        (CT, {IMAGER: [0.5, 0.5]}, None),
        (DX, {OWN: [0.1], IMAGER: [0.1, 0.2]}, Spacing(0.1, 0.2, "detector")),
    ],
)
def test_a_spacing_says_what_kind_of_millimetre_it_is(sop_class, given, expected):
    assert spacing(sop_class, given) == expected
