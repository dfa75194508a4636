"""What a PET image says of its SUV (PS3.3 C.8.9.1, C.8.9.4); the sum is in imaging.

Which attributes count, and in which order, follows the vendor-neutral rules of the
QIBA FDG-PET profile.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple

from smart_viewer.dicom.json_values import (
    JsonDataset,
    holds_value,
    items,
    number,
    private_tag,
    text,
    texts,
    values,
)
from smart_viewer.dicom.study import Suv
from smart_viewer.imaging.suv import (
    Body,
    Injection,
    Sex,
    SuvRefused,
    SuvType,
    decayed_dose_bq,
    factors_of_activity,
    factors_of_suv,
    require_weight,
)

_MODALITY, _SOP_CLASS = "00080060", "00080016"
_SERIES_DATE, _SERIES_TIME = "00080021", "00080031"
_ACQUISITION_DATE, _ACQUISITION_TIME = "00080022", "00080032"
_OFFSET_FROM_UTC = "00080201"
_SEX, _SIZE, _WEIGHT = "00100040", "00101020", "00101030"
_CORRECTED, _UNITS, _SUV_TYPE, _DECAY = "00280051", "00541001", "00541006", "00541102"
_PHARMACEUTICAL = "00540016"
_START_TIME, _START_DATETIME, _DOSE, _HALF_LIFE = (
    "00181072",
    "00181078",
    "00181074",
    "00181075",
)
# (group, two low digits, creator): where in the group is the file's choice.
_GE_SCAN_TIME = (0x0009, 0x0D, "GEMS_PETD_01")
_PHILIPS_SUV = (0x7053, 0x00, "Philips PET Private Group")
_PHILIPS_ACTIVITY = (0x7053, 0x09, "Philips PET Private Group")
_PRIVATE = (_GE_SCAN_TIME, _PHILIPS_SUV, _PHILIPS_ACTIVITY)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200  # no date of a scan lies outside
_CLASSIC_PET = "1.2.840.10008.5.1.4.1.1.128"
_VALUES = (
    *(_SERIES_DATE, _SERIES_TIME, _ACQUISITION_DATE, _OFFSET_FROM_UTC),
    *(_SEX, _SIZE, _WEIGHT, _CORRECTED, _UNITS, _SUV_TYPE, _DECAY),
)
# What differs from slice to slice; `read_suv` takes it from an instance's own part.
PET_OWN_TAGS = (_ACQUISITION_DATE, _ACQUISITION_TIME)
# What `read_pet_header` reads; private elements in the block that they mostly have.
PET_TAGS = (
    *(_MODALITY, _SOP_CLASS, *_VALUES, _PHARMACEUTICAL),
    *("0009100D", "70531000", "70531009"),
)
# C.8.9.1.1.3, as a reader would write them; other terms are shown as they are.
_UNIT_NAMES = {
    "BQML": "Bq/ml",
    "CNTS": "counts",
    "GML": "g/ml",
    "CM2ML": "cm2/ml",
    "PROPCNTS": "proportional to counts",
    "PROPCPS": "proportional to counts/s",
    "PCNT": "%",
    "CPS": "counts/s",
    "MGMINML": "mg/min/ml",
    "MLMING": "ml/min/g",
    "1CM": "1/cm",
    "UMOLML": "umol/ml",
    "NONE": "",
}
_NAMES: Mapping[SuvType, tuple[str, str]] = {
    "BW": ("SUVbw", "g/ml"),
    "LBMJAMES128": ("SUVlbm(James)", "g/ml"),
    "LBMJANMA": ("SUVlbm(Janma)", "g/ml"),
    "BSA": ("SUVbsa", "cm2/ml"),
    "IBW": ("SUVibw", "g/ml"),
}


class PetHeader(NamedTuple):
    """What the images of a PET series share."""

    units: str
    suv_type: str
    corrected: frozenset[str]
    decay: str
    body: Body
    dose_bq: float | None
    half_life_s: float | None
    given_at: datetime | time | None  # with its date, or without
    series_at: datetime | None
    ge_scan_at: datetime | None
    philips_suv: float | None
    philips_activity: float | None
    pharmaceuticals: int
    is_classic: bool


def project_pet(dataset: JsonDataset) -> dict[str, object]:
    """The part of the metadata that the readers here read; nothing where not PET."""
    if text(dataset, _MODALITY) != "PT":
        return {}
    kept: dict[str, object] = {
        tag: {"Value": found} for tag in _VALUES if (found := values(dataset, tag))
    }
    inner = (_START_TIME, _START_DATETIME, _DOSE, _HALF_LIFE)
    given = [
        {tag: {"Value": found} for tag in inner if (found := values(item, tag))}
        for item in items(dataset, _PHARMACEUTICAL)
    ]
    if given:
        kept[_PHARMACEUTICAL] = {"Value": given}
    for group, element, creator in _PRIVATE:
        tag = private_tag(dataset, group, element, creator)
        if tag and (found := values(dataset, tag)):
            block = f"{group:04X}00{tag[4:6]}"
            kept |= {block: {"Value": [creator]}, tag: {"Value": found}}
    return kept


def read_pet_header(dataset: JsonDataset) -> PetHeader | None:
    """What the images share, None where this is no PET image."""
    if text(dataset, _MODALITY) != "PT":
        return None
    given = items(dataset, _PHARMACEUTICAL)
    first: JsonDataset = given[0] if given else {}
    sex = text(dataset, _SEX)
    return PetHeader(
        units=text(dataset, _UNITS),
        suv_type=text(dataset, _SUV_TYPE),
        corrected=frozenset(texts(dataset, _CORRECTED)),
        decay=text(dataset, _DECAY),
        body=Body(
            number(dataset, _WEIGHT),
            number(dataset, _SIZE),
            _SEXES.get(sex, ""),
        ),
        dose_bq=number(first, _DOSE),
        half_life_s=number(first, _HALF_LIFE),
        given_at=_given_at(first, text(dataset, _OFFSET_FROM_UTC)),
        series_at=_moment(text(dataset, _SERIES_DATE), text(dataset, _SERIES_TIME)),
        ge_scan_at=_parse_datetime(_private_text(dataset, _GE_SCAN_TIME)),
        philips_suv=_private_number(dataset, _PHILIPS_SUV),
        philips_activity=_private_number(dataset, _PHILIPS_ACTIVITY),
        pharmaceuticals=len(given),
        is_classic=text(dataset, _SOP_CLASS) == _CLASSIC_PET,
    )


_SEXES: Mapping[str, Sex] = {"M": "M", "F": "F"}


def unit_name(units: str) -> str:
    """Units (0054,1001) for the reader."""
    return _UNIT_NAMES.get(units, units)


def read_suv(header: PetHeader, own: JsonDataset) -> tuple[tuple[Suv, ...], str]:
    """The SUV types of one image, or () with the reason why there are none.

    own: the image's PET_OWN_TAGS.
    """
    try:
        factors = _factors(header, own)
    except SuvRefused as reason:
        return (), str(reason)
    return tuple(
        Suv(*names, factors[kind])
        for kind, names in _NAMES.items()  # body weight first
        if kind in factors and math.isfinite(factors[kind]) and factors[kind] > 0
    ), ""


def _factors(header: PetHeader, own: JsonDataset) -> dict[SuvType, float]:
    _require_corrections(header)
    match header.units:
        case "BQML":
            return _of_activity(header, own, 1.0)
        case "CNTS":
            return _of_counts(header, own)
        case "GML":
            return _of_stated_suv(header, header.suv_type or "BW")
        case "CM2ML":
            return _of_stated_suv(header, header.suv_type or "BSA")
        case "":
            raise SuvRefused("The header does not say what its pixel values are.")
    raise SuvRefused(
        f"The pixel values are {unit_name(header.units)}, not a concentration of "
        "activity."
    )


def _require_corrections(header: PetHeader) -> None:
    if not header.is_classic:
        raise SuvRefused("No SUV is computed of this kind of PET object.")
    wanted = {"ATTN": "attenuation", "DECY": "decay"}
    missing = [name for code, name in wanted.items() if code not in header.corrected]
    if missing:
        raise SuvRefused(f"The image is not corrected for {' and '.join(missing)}.")


def _of_stated_suv(header: PetHeader, stated: str) -> dict[SuvType, float]:
    """The pixels are SUV already (C.8.9.1.1.3); absent SUV Type with GML is BW."""
    if stated == "LBM":  # James's formula, by which factor is not told: no others
        return {"LBMJAMES128": 1.0}
    known = next((kind for kind in _NAMES if kind == stated), None)
    if known is None or (known == "BSA") != (header.units == "CM2ML"):
        raise SuvRefused("The header's SUV Type and Units contradict each other.")
    return factors_of_suv(header.body, known)


def _of_counts(header: PetHeader, own: JsonDataset) -> dict[SuvType, float]:
    """Philips: a factor to SUVbw, else one to Bq/ml; both work on modality values."""
    if header.philips_suv:
        return factors_of_suv(header.body, "BW", header.philips_suv)
    if header.philips_activity:
        return _of_activity(header, own, header.philips_activity)
    raise SuvRefused("The pixel values are counts, and their factor is not told.")


def _of_activity(
    header: PetHeader, own: JsonDataset, bq_ml_a_unit: float
) -> dict[SuvType, float]:
    require_weight(header.body)
    if header.pharmaceuticals > 1:
        raise SuvRefused("The header names several doses.")
    reference = _reference(header, own)
    given_at = _dated(header, reference)
    injection = Injection(header.dose_bq, header.half_life_s, given_at)
    return factors_of_activity(
        header.body, decayed_dose_bq(injection, reference), bq_ml_a_unit
    )


def _reference(header: PetHeader, own: JsonDataset) -> datetime | None:
    """To when pixels are decay corrected; None where to the injection.

    START: the start of the series, unless that is after this image was acquired, as
    in series made again later; then GE's private time of the scan, or nothing.
    """
    if header.decay == "ADMIN":
        return None
    if header.decay != "START":
        raise SuvRefused("The header does not say to which time decay is corrected.")
    series = header.series_at
    acquired = _acquired_at(header, own)
    if series is None or acquired is None:
        raise SuvRefused("The header lacks the time of the scan.")
    if series <= acquired:
        return series
    if header.ge_scan_at is None:
        raise SuvRefused("The series' time is later than the scan that it is of.")
    return header.ge_scan_at


def _acquired_at(header: PetHeader, own: JsonDataset) -> datetime | None:
    """Acquisition date and time; without the date, that of the series."""
    date = text(own, _ACQUISITION_DATE)
    if not date and header.series_at is not None:
        date = f"{header.series_at:%Y%m%d}"
    return _moment(date, text(own, _ACQUISITION_TIME))


def _dated(header: PetHeader, reference: datetime | None) -> datetime | None:
    """When the dose was given. A time without date is the last one before the scan."""
    given = header.given_at
    if not isinstance(given, time) or reference is None:
        return given if isinstance(given, datetime) else None
    same_day = datetime.combine(reference.date(), given)
    return same_day if same_day <= reference else same_day - timedelta(days=1)


def _given_at(item: JsonDataset, offset: str) -> datetime | time | None:
    """Start DateTime where there is one, else Start Time alone.

    An offset from UTC in the DateTime counts only where the object's own clock is
    told too; else both are taken for the scanner's.
    """
    if holds_value(item, _START_DATETIME):
        return _parse_datetime(text(item, _START_DATETIME), offset)
    return _parse_time(text(item, _START_TIME))


def _private_text(dataset: JsonDataset, place: tuple[int, int, str]) -> str:
    tag = private_tag(dataset, *place)
    return text(dataset, tag) if tag else ""


def _private_number(dataset: JsonDataset, place: tuple[int, int, str]) -> float | None:
    """A positive number, else None: zero is how Philips leaves a factor out."""
    tag = private_tag(dataset, *place)
    found = number(dataset, tag) if tag else None
    return found if found is not None and found > 0 else None


def _moment(date: str, clock: str) -> datetime | None:
    parsed = _parse_time(clock)
    day = _parse_date(date)
    return datetime.combine(day, parsed) if parsed is not None and day else None


def _parse_date(date: str) -> datetime | None:
    digits = date.replace(".", "")  # ACR-NEMA: 1997.01.31
    if len(digits) != len("YYYYMMDD") or not digits.isdecimal():
        return None
    try:
        found = datetime.strptime(digits, "%Y%m%d")
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _parse_time(clock: str) -> time | None:
    """TM (PS3.5 6.2): HH, HHMM or HHMMSS with a fraction; colons are old style."""
    whole, _, fraction = clock.replace(":", "").partition(".")
    if len(whole) not in (2, 4, 6) or not (whole + fraction).isdecimal():
        return None
    hours, minutes, seconds = whole[:2], whole[2:4] or "0", whole[4:6] or "0"
    try:
        return time(
            int(hours),
            int(minutes),
            min(int(seconds), 59),  # 60 is a leap second
            int(fraction[:6].ljust(6, "0")),
        )
    except ValueError:
        return None


def _parse_datetime(found: str, own_offset: str = "") -> datetime | None:
    """DT with at least the minutes, on the object's own clock, without a zone."""
    plain, offset = _without_offset(found)
    moment = _moment(plain[:8], plain[8:])
    if moment is None or not offset or not own_offset:
        return moment
    theirs, ours = _zone(offset), _zone(own_offset)
    if theirs is None or ours is None:
        return None
    return moment.replace(tzinfo=theirs).astimezone(ours).replace(tzinfo=None)


def _without_offset(found: str) -> tuple[str, str]:
    at = max(found.rfind("+"), found.rfind("-"))
    return (found, "") if at < 0 else (found[:at], found[at:])


def _zone(offset: str) -> timezone | None:
    """+HHMM or -HHMM."""
    digits = offset[1:]
    if len(digits) != len("HHMM") or not digits.isdecimal() or offset[0] not in "+-":
        return None
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes > 14 * 60:
        return None
    signed = minutes if offset[0] == "+" else -minutes
    return timezone(timedelta(minutes=signed))
