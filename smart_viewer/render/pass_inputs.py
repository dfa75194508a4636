"""What the frame pass is given for a request: variant, textures and uniforms.

Pure: the page computes the same (`viewer/src/engine/variant.ts`, `texels.ts`). The
names are those of `static/shaders/frame.frag.glsl`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_viewer.imaging.colour import ColourTransform, Palette, PaletteTransform
from smart_viewer.imaging.grayscale import (
    Cells,
    Floats,
    GrayscaleTransform,
    ModalityTransform,
    StoredBits,
    Table,
    Voi,
    VoiFunction,
)
from smart_viewer.render.request import FrameRequest

VOI_DEFINES = {  # LINEAR is what the shader does without
    VoiFunction.LINEAR_EXACT: "VOI_EXACT",
    VoiFunction.SIGMOID: "VOI_SIGMOID",
}
COLOUR_MODELS = {"rgb": 0, "ybr": 1}
TABLE_ROW = 1024  # entries; tables are folded into rows of so many
SIGN_OF_ORDER = 1 << 31  # added to signed values: unsigned ones in the same order
NO_PADDING = (1.0, 0.0)  # from above to below: holds no value

Texels = NDArray[Any]


@dataclass(frozen=True, slots=True)
class PassInputs:
    """defines: sorted names. textures: by sampler, in the type of their format."""

    defines: list[str] = field(default_factory=list)
    textures: dict[str, Texels] = field(default_factory=dict)
    integers: dict[str, int] = field(default_factory=dict)
    unsigned: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    vectors: dict[str, tuple[float, float]] = field(default_factory=dict)


def pass_inputs(request: FrameRequest) -> PassInputs:
    """The inputs of the pass for one request."""
    inputs = PassInputs()
    match request.transform:
        case GrayscaleTransform() as transform:
            _set_grey(inputs, request.cells, transform)
        case PaletteTransform() as transform:
            _set_palette(inputs, request.cells, transform)
        case ColourTransform() as transform:
            inputs.defines.append("CELLS_COLOUR")
            inputs.textures["stored_bits"] = request.cells
            inputs.integers["colour_model"] = COLOUR_MODELS[transform.model]
    inputs.integers["invert"] = int(request.transform.invert)
    _set_mask(inputs, request)
    _set_geometry(inputs, request)
    inputs.defines.sort()
    return inputs


def _set_grey(inputs: PassInputs, cells: Cells, transform: GrayscaleTransform) -> None:
    modality, voi = transform.modality, transform.voi
    center = float(voi.first) if isinstance(voi, Table) else voi.center
    if isinstance(modality.layout, Floats):
        _set_floats(inputs, cells, modality, center)
    else:
        _set_layout(inputs, modality.layout)
        _set_padding(inputs, modality, modality.layout)
        _set_integers(inputs, cells, modality, center)
    _set_voi(inputs, voi)


def _set_floats(
    inputs: PassInputs, cells: Cells, modality: ModalityTransform, center: float
) -> None:
    """Doubles go as their distance from a value near the window, in 32 bits."""
    slope, intercept = modality.rescale_slope, modality.rescale_intercept
    base = 0.0
    if cells.dtype == np.float64 and slope != 0:
        base = (center - intercept) / slope
    inputs.defines.append("CELLS_FLOAT")
    with np.errstate(over="ignore", invalid="ignore"):
        inputs.textures["stored_bits"] = (cells - base).astype(np.float32)
    low, high = modality.padding or (NO_PADDING[0] + base, NO_PADDING[1] + base)
    inputs.numbers.update(
        padding_low=float(np.float32(low - base)),
        padding_high=float(np.float32(high - base)),
        rescale_slope=slope,
        intercept_from_center=base * slope + intercept - center,
    )


def _set_integers(
    inputs: PassInputs, cells: Cells, modality: ModalityTransform, center: float
) -> None:
    """By the LUT, or rescaled; 32 bits relative to a value near the window."""
    inputs.textures["stored_bits"] = cells
    slope, intercept = modality.rescale_slope, modality.rescale_intercept
    deep = cells.dtype == np.uint32
    if deep:
        inputs.defines.append("CELLS_DEEP")
    if modality.lut is not None:
        slope, intercept = 1.0, 0.0
        _set_table(inputs, modality.lut.first, modality.lut.entries.size)
        inputs.defines.append("MODALITY_LUT")
        inputs.textures["modality_lut"] = _folded(modality.lut.entries)
    elif deep and isinstance(modality.layout, StoredBits):
        reference = _reference(modality, modality.layout, center)
        inputs.unsigned["stored_reference"] = _order(reference, modality.layout)
        intercept += reference * slope
    inputs.numbers["rescale_slope"] = slope
    inputs.numbers["intercept_from_center"] = intercept - center


def _reference(modality: ModalityTransform, layout: StoredBits, center: float) -> int:
    """The stored value nearest to the window's centre."""
    if modality.rescale_slope == 0:
        return layout.smallest
    wanted = (center - modality.rescale_intercept) / modality.rescale_slope
    return round(min(max(wanted, layout.smallest), layout.largest))


def _set_layout(inputs: PassInputs, layout: StoredBits) -> None:
    inputs.unsigned.update(
        stored_shift=layout.high_bit + 1 - layout.bits_stored,
        stored_mask=(1 << layout.bits_stored) - 1,
        stored_sign=1 << (layout.bits_stored - 1) if layout.signed else 0,
    )


def _set_padding(
    inputs: PassInputs, modality: ModalityTransform, layout: StoredBits
) -> None:
    if modality.padding is None:
        return
    low = max(math.ceil(modality.padding[0]), layout.smallest)
    high = min(math.floor(modality.padding[1]), layout.largest)
    if low > high:  # no stored value can be padding
        return
    inputs.defines.append("PADDED")
    inputs.unsigned["padding_low"] = _order(low, layout)
    inputs.unsigned["padding_high"] = _order(high, layout)


def _order(stored: int, layout: StoredBits) -> int:
    return stored + SIGN_OF_ORDER if layout.signed else stored


def _set_voi(inputs: PassInputs, voi: Voi | Table) -> None:
    if isinstance(voi, Table):
        inputs.defines.append("VOI_LUT")
        inputs.textures["voi_lut"] = _folded(voi.entries)
        inputs.integers["voi_lut_count"] = voi.entries.size
        inputs.numbers["voi_lut_largest"] = float(voi.largest)
        return
    if voi.function in VOI_DEFINES:
        inputs.defines.append(VOI_DEFINES[voi.function])
    inputs.numbers["voi_width"] = voi.width


def _set_palette(inputs: PassInputs, cells: Cells, transform: PaletteTransform) -> None:
    inputs.defines.append("CELLS_PALETTE")
    inputs.textures["stored_bits"] = cells
    _set_layout(inputs, transform.layout)
    first, last = _reach(transform.palette)
    colours = transform.palette.colours(np.arange(first, last + 1, dtype=np.int64))
    _set_table(inputs, first, last - first + 1)
    inputs.textures["palette"] = _folded(colours)


def _reach(palette: Palette) -> tuple[int, int]:
    """The Standard wants three equal descriptors; where they differ, all of them."""
    tables = (palette.red, palette.green, palette.blue)
    return min(table.first for table in tables), max(table.last for table in tables)


def _set_table(inputs: PassInputs, first: int, count: int) -> None:
    inputs.integers["table_first"] = first
    inputs.integers["table_count"] = count


def _folded(entries: Texels) -> Texels:
    """(rows, TABLE_ROW, ...) of entries (count, ...); what is left over is zero."""
    rows = -(-len(entries) // TABLE_ROW)
    folded = np.zeros((rows * TABLE_ROW, *entries.shape[1:]), dtype=entries.dtype)
    folded[: len(entries)] = entries
    return folded.reshape(rows, TABLE_ROW, *entries.shape[1:])


def _set_mask(inputs: PassInputs, request: FrameRequest) -> None:
    if request.mask is None:
        return
    inputs.defines.append("MASKED")
    inputs.textures["mask"] = request.mask.covered
    inputs.numbers["shutter_level"] = float(request.mask.shutter_level)


def _set_geometry(inputs: PassInputs, request: FrameRequest) -> None:
    """Positions are taken from the picture's centre, where 32 bits are most exact."""
    grid, affine = request.grid, request.grid.image_from_screen
    center = np.array([grid.width / 2, grid.height / 2])
    x, y = affine.apply(center[:1], center[1:])
    if grid.interpolation == "bilinear":
        inputs.defines.append("INTERPOLATED")
    inputs.vectors.update(
        viewport_center_px=(float(center[0]), float(center[1])),
        image_center_px=(float(x[0]), float(y[0])),
        image_px_per_screen_px_right=(affine.xx, affine.yx),
        image_px_per_screen_px_down=(affine.xy, affine.yy),
    )


def shapes(inputs: PassInputs) -> Iterator[tuple[int, int]]:
    """Rows and columns of each texture."""
    for texels in inputs.textures.values():
        yield texels.shape[0], texels.shape[1]
