"""What the instances of a series mostly share, read from one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from smart_viewer.dicom.json_values import (
    JsonDataset,
    holds_value,
    number,
    numbers,
    text,
    texts,
    values,
)
from smart_viewer.dicom.read_appearance import (
    APPEARANCE_TAGS,
    ignores_modality,
    read_appearance,
)
from smart_viewer.dicom.read_pet import (
    PET_OWN_TAGS,
    PET_TAGS,
    PetHeader,
    read_pet_header,
    read_suv,
    unit_name,
)
from smart_viewer.dicom.read_pixels import (
    FrameAxes,
    read_axes,
    read_number_of_frames,
    read_pixel_layout,
    read_windows,
    windows_stated,
)
from smart_viewer.dicom.read_tables import read_voi_luts, voi_input_is_signed
from smart_viewer.dicom.study import (
    Appearance,
    LookupTable,
    PixelLayout,
    Spacing,
    Window,
)

# Parts of an object that change its picture and that are read elsewhere or not yet.
UNAPPLIED: Mapping[str, tuple[str, ...]] = {
    "functional_groups": ("52009229", "52009230"),  # PS3.3 C.7.6.16
}
UNAPPLIED_TAGS = tuple(tag for tags in UNAPPLIED.values() for tag in tags)
PIXEL_DATA_TAGS = ("7FE00010", "7FE00008", "7FE00009")
_COMMON_VALUES = tuple(
    "00080008 00080016 00020010 00083002 00180050 00181164 00200037 00200052 "
    "00280002 00280004 00280006 00280008 00280010 00280011 00280030 00280100 "
    "00280101 00280102 00280103 00282110 00282112".split()
)
# Every tag that `read_common` reads, and every tag that `read_gray` reads.
COMMON_TAGS = (
    *(*_COMMON_VALUES, *UNAPPLIED_TAGS, *PIXEL_DATA_TAGS),
    *(*APPEARANCE_TAGS, *PET_TAGS),
)
GRAY_TAGS = tuple(
    "00281050 00281051 00281052 00281053 00281054 00281055 00281056".split()
)
VALUE_TAGS = _COMMON_VALUES + GRAY_TAGS
# What differs from image to image beside those; see `read_values`.
OWN_VALUE_TAGS = PET_OWN_TAGS
_RESCALE_SLOPE, _RESCALE_INTERCEPT = "00281053", "00281052"


@dataclass(frozen=True, slots=True)
class Common:
    """The fields of `study.Instance` that COMMON_TAGS decide."""

    sop_class_uid: str
    transfer_syntax_uid: str
    number_of_frames: int
    axes: FrameAxes | None  # of the Image Plane Module, C.7.6.2: one frame only
    image_type: tuple[str, ...]
    pixels: PixelLayout | None
    frame_of_reference_uid: str
    slice_thickness_mm: float | None
    imager_pixel_spacing: tuple[float, float] | None
    lossy: bool
    lossy_ratio: float | None
    problem: str
    unapplied: tuple[str, ...]
    spacing: Spacing | None
    modality_lut: LookupTable | None
    modality_unit: str  # of its output; "": as the rescale says
    voi_luts: VoiLuts
    appearance: Appearance  # without SUV
    pet: PetHeader | None
    ignores_modality: bool  # rescale is no part of the display


@dataclass(frozen=True, slots=True)
class VoiLuts:
    """The VOI LUTs, read for inputs that may be negative and for those that may not.

    Which of the two holds depends on the rescale, which may differ from image to
    image (C.11.2.1.1).
    """

    signed: tuple[LookupTable, ...]
    unsigned: tuple[LookupTable, ...]


@dataclass(frozen=True, slots=True)
class Gray:
    """The fields of `study.Instance` that GRAY_TAGS decide."""

    rescale_slope: float
    rescale_intercept: float
    rescale_type: str
    windows: tuple[Window, ...]
    problem: str
    has_unusable_window: bool = False  # one that is there and is left out


def read_common(dataset: JsonDataset) -> Common:
    """The shared part of one instance; bad values become None, empty or a problem."""
    layout, layout_problem = read_pixel_layout(dataset)
    frames = read_number_of_frames(dataset)
    pixels = None if _says_no_pixels(dataset) else layout
    read = read_appearance(dataset, pixels, frames or 1)
    voi_luts, voi_problem = _read_voi_luts(dataset)
    frames_problem = (
        "" if frames else "The header's Number of Frames is not a usable count."
    )
    return Common(
        sop_class_uid=text(dataset, "00080016"),
        transfer_syntax_uid=text(dataset, "00083002") or text(dataset, "00020010"),
        number_of_frames=frames or 1,
        axes=read_axes(dataset) if frames == 1 else None,
        image_type=texts(dataset, "00080008"),
        pixels=pixels,
        frame_of_reference_uid=text(dataset, "00200052"),
        slice_thickness_mm=_positive(number(dataset, "00180050")),
        imager_pixel_spacing=_read_imager_spacing(dataset),
        lossy=text(dataset, "00282110") == "01",
        lossy_ratio=_read_lossy_ratio(dataset),
        problem=layout_problem or frames_problem or read.problem,
        unapplied=(
            *_read_unapplied(dataset),
            *read.left_out,
            *(("voi_lut",) if voi_problem else ()),
        ),
        spacing=read.spacing,
        modality_lut=read.modality_lut,
        modality_unit=read.modality_unit,
        voi_luts=voi_luts,
        appearance=read.appearance,
        pet=read_pet_header(dataset),
        ignores_modality=ignores_modality(text(dataset, "00080016")),
    )


def _read_voi_luts(dataset: JsonDataset) -> tuple[VoiLuts, str]:
    signed, problem = read_voi_luts(dataset, signed=True)
    unsigned, _same_problem = read_voi_luts(dataset, signed=False)
    return VoiLuts(signed, unsigned), problem


@dataclass(frozen=True, slots=True)
class Values:
    """What stored values mean and become, of one image."""

    rescale_slope: float
    rescale_intercept: float
    rescale_type: str
    voi_luts: tuple[LookupTable, ...]
    appearance: Appearance


def read_values(own: JsonDataset, common: Common, gray: Gray) -> Values:
    """`common` and `gray` together, and what only one image's own part tells.

    own: the image's `OWN_VALUE_TAGS`.
    """
    slope, intercept = gray.rescale_slope, gray.rescale_intercept
    if common.ignores_modality:
        slope, intercept = 1.0, 0.0
    return Values(
        rescale_slope=slope,
        rescale_intercept=intercept,
        rescale_type=_unit(common, gray),
        voi_luts=_voi_luts(common, slope, intercept),
        appearance=_with_suv(common, own),
    )


def _unit(common: Common, gray: Gray) -> str:
    """What modality values are: of the Modality LUT, of the rescale, or of PET."""
    if common.ignores_modality:
        return ""
    if common.modality_lut is not None:
        return common.modality_unit
    if common.pet is not None and gray.rescale_type in {"", "US"}:  # unspecified
        return unit_name(common.pet.units)
    return gray.rescale_type


def _voi_luts(
    common: Common, slope: float, intercept: float
) -> tuple[LookupTable, ...]:
    pixels = common.pixels
    if pixels is None or common.modality_lut is not None or pixels.is_float:
        return common.voi_luts.unsigned
    signed = voi_input_is_signed(pixels.signed, pixels.bits_stored, slope, intercept)
    return common.voi_luts.signed if signed else common.voi_luts.unsigned


def _with_suv(common: Common, own: JsonDataset) -> Appearance:
    if common.pet is None or common.pixels is None:
        return common.appearance
    suv, refusal = read_suv(common.pet, own)
    return replace(common.appearance, suv=suv, suv_refusal=refusal)


def _says_no_pixels(dataset: JsonDataset) -> bool:
    """An empty Pixel Data says so; archives may leave the attribute out (PS3.18 F)."""
    present = [dataset[tag] for tag in PIXEL_DATA_TAGS if tag in dataset]
    return bool(present) and not any(
        isinstance(attribute, dict)
        and {"BulkDataURI", "InlineBinary", "Value"} & attribute.keys()
        for attribute in present
    )


def read_gray(dataset: JsonDataset) -> Gray:
    """Rescale and windows; slope 1 and intercept 0 only where absent."""
    has_slope = holds_value(dataset, _RESCALE_SLOPE)
    has_intercept = holds_value(dataset, _RESCALE_INTERCEPT)
    slope = number(dataset, _RESCALE_SLOPE) if has_slope else 1.0
    intercept = number(dataset, _RESCALE_INTERCEPT) if has_intercept else 0.0
    if not slope or intercept is None:
        problem = "The header's Rescale Slope or Intercept is not a number."
        return Gray(1.0, 0.0, "", (), problem)
    rescale_type = text(dataset, "00281054")
    windows = read_windows(dataset)
    unusable = len(windows) < windows_stated(dataset)
    return Gray(slope, intercept, rescale_type, windows, "", unusable)


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None


def _read_imager_spacing(dataset: JsonDataset) -> tuple[float, float] | None:
    found = numbers(dataset, "00181164", count=2)
    return (found[0], found[1]) if found and min(found) > 0 else None


def _read_lossy_ratio(dataset: JsonDataset) -> float | None:
    """The largest of the ratios, one a lossy step (C.7.6.1.1.5.2).

    A gentle last step does not give back what a harder one before it took.
    """
    found = numbers(dataset, "00282112")
    return _positive(max(found)) if found else None


def _read_unapplied(dataset: JsonDataset) -> tuple[str, ...]:
    return tuple(
        name
        for name, tags in UNAPPLIED.items()
        if any(values(dataset, tag) for tag in tags)
    )
