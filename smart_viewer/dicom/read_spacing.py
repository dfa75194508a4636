"""Which millimetre a pixel is (PS3.3 10.7, C.7.6.2, C.8.4.8, C.8.8.2, C.8.8.3).

Nothing is computed from distances of source, detector and patient: the file states
a spacing in words that say where it holds, or there is none.
"""

from __future__ import annotations

from smart_viewer.dicom.json_values import JsonDataset, number, numbers, text, texts
from smart_viewer.dicom.study import Spacing, SpacingSource

_PIXEL_SPACING, _IMAGER, _SCANNED = "00280030", "00181164", "00182010"
_CALIBRATION, _DESCRIPTION = "00280A02", "00280A04"
_MAGNIFICATION, _RT_PLANE = "00181114", "30020011"
_ORIENTATION, _POSITION = "00200037", "00200032"
SPACING_TAGS = (
    *("00080008", "00080016", "00080060", _PIXEL_SPACING, _IMAGER, _SCANNED),
    *(_CALIBRATION, _DESCRIPTION, _MAGNIFICATION, _RT_PLANE, _ORIENTATION),
)
_CALIBRATIONS = frozenset({"GEOMETRY", "FIDUCIAL"})
_SAME = 1e-4  # relative; writers round the two spacings differently
_STORAGE = "1.2.840.10008.5.1.4.1.1."
# Images whose pixel spacing 10.7 rules: projections, and what was scanned or captured.
_PROJECTIONS = frozenset(
    _STORAGE + end
    for end in (
        *("1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1"),  # CR, DX, MG, IO
        *("12.1", "12.1.1", "12.2", "12.2.1", "12.3"),  # XA, XRF
    )
)
_RT_IMAGE = _STORAGE + "481.1"
_ULTRASOUND = frozenset(_STORAGE + end for end in ("3", "3.1", "6", "6.1"))
_ULTRASOUND_MODALITIES = frozenset({"US", "IVUS", "BDUS"})
# Images whose pixel spacing is a distance in the patient by definition, also where
# the plane's place is not told: CT, MR, NM, PET, RT dose.
_CT = _STORAGE + "2"
_IN_PATIENT = frozenset(_STORAGE + end for end in ("2", "4", "5", "20", "128", "481.2"))
UNKNOWN_CALIBRATION = "calibration unknown"


def read_spacing(dataset: JsonDataset) -> Spacing | None:
    """The spacing that measurements use, or None where pixels are all there is.

    Between rows comes first in every attribute (10.7.1.3).
    """
    sop_class = text(dataset, "00080016")
    if sop_class in _ULTRASOUND or text(dataset, "00080060") in _ULTRASOUND_MODALITIES:
        return None  # regions of their own say it: C.8.5.5
    if sop_class == _RT_IMAGE:
        return _at_detector(dataset, _RT_PLANE, "in the plane of the RT image")
    if sop_class in _PROJECTIONS:
        return _projected(dataset)
    if sop_class in _IN_PATIENT or _has_plane(dataset):
        return _in_patient(dataset)
    return _projected(dataset)


def _has_plane(dataset: JsonDataset) -> bool:
    """An Image Plane that the file states makes its spacing one of the patient.

    Also of a capture: reformatted images are often stored as such.
    """
    return numbers(dataset, _ORIENTATION, count=6) is not None


def _in_patient(dataset: JsonDataset) -> Spacing | None:
    """A CT localizer is a projection that the scanner scales to its isocentre."""
    is_ct = text(dataset, "00080016") == _CT
    is_localizer = is_ct and "LOCALIZER" in texts(dataset, "00080008")
    note = "localizer: at the isocentre" if is_localizer else ""
    return _spacing(dataset, _PIXEL_SPACING, "patient", note)


def _projected(dataset: JsonDataset) -> Spacing | None:
    """10.7.1.1, 10.7.1.2: the calibrated spacing, else the one at the detector."""
    kind = text(dataset, _CALIBRATION)
    own = _pair(dataset, _PIXEL_SPACING)
    stated = _pair(dataset, _IMAGER) or _pair(dataset, _SCANNED)
    if own and (kind in _CALIBRATIONS or (stated and not _same(own, stated))):
        return Spacing(*own, "calibrated", _calibration_note(dataset, kind))
    if _pair(dataset, _IMAGER):
        return _at_detector(dataset, _IMAGER, "")
    if stated:
        return Spacing(*stated, "detector", "on the film or page that was scanned")
    if own:  # "it cannot be determined whether or not" it was corrected: 10.7.1.1
        return Spacing(*own, "detector", UNKNOWN_CALIBRATION)
    return None


def _calibration_note(dataset: JsonDataset, kind: str) -> str:
    described = text(dataset, _DESCRIPTION)
    return ": ".join(filter(None, (kind, described))) or "corrected, method not told"


def _at_detector(dataset: JsonDataset, tag: str, note: str) -> Spacing | None:
    found = _pair(dataset, tag)
    if found is None:
        return None
    factor = number(dataset, _MAGNIFICATION)
    usable = factor if factor is not None and factor >= 1 else None
    return Spacing(*found, "detector", note, usable)


def _spacing(
    dataset: JsonDataset, tag: str, source: SpacingSource, note: str
) -> Spacing | None:
    found = _pair(dataset, tag)
    return Spacing(*found, source, note) if found else None


def _pair(dataset: JsonDataset, tag: str) -> tuple[float, float] | None:
    found = numbers(dataset, tag, count=2)
    return (found[0], found[1]) if found and min(found) > 0 else None


def _same(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return all(abs(x - y) <= _SAME * y for x, y in zip(a, b, strict=True))
