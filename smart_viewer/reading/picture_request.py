"""A frame of a display set as a request for a picture, as the page first shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from smart_viewer.dicom.study import LookupTable, OverlayPlane, PixelLayout, Window
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
    table_of_bytes,
)
from smart_viewer.imaging.mask import (
    Bits,
    Mask,
    Overlay,
    ShutterShapes,
    embedded_bits,
    hidden_by,
    mask_of,
    overlay_bits,
)
from smart_viewer.imaging.picture import PixelTransform
from smart_viewer.imaging.sampling import SamplingGrid, fitted
from smart_viewer.imaging.statistics import window_from_pixels
from smart_viewer.reading.plan import SetImage
from smart_viewer.render.request import FrameRequest

NO_SHUTTER = ShutterShapes()
NO_OVERLAYS: Mapping[int, bytes] = {}
_T = TypeVar("_T")


def picture_request(
    image: SetImage,
    cells: Cells,
    frame: int,
    modality: str,
    size: tuple[int, int],
    overlays: Mapping[int, bytes] = NO_OVERLAYS,
) -> FrameRequest:
    """The whole frame, fitted into `size` (width, height) px, in its first VOI.

    cells: decoded; (rows, columns), or (rows, columns, 3) of RGB. frame: index in
    the display set. overlays: by index in `image.overlays`, the bits of those that
    lie on the frame and have bits of their own; the others are left out.
    """
    rows, columns = cells.shape[:2]
    spacing = image.spacing
    pixel = (spacing.between_rows, spacing.between_columns) if spacing else None
    pixel = pixel or image.pixel_aspect or (1.0, 1.0)
    grid = SamplingGrid(*size, fitted(rows, columns, *size, pixel))
    unsigned = (
        cells.view(f"u{cells.dtype.itemsize}") if cells.dtype.kind == "i" else cells
    )
    transform = _transform(image, unsigned, frame, modality)
    mask = _mask(image, unsigned, frame, pixel, overlays)
    return FrameRequest(unsigned, transform, grid, mask)


def _transform(
    image: SetImage, cells: Cells, frame: int, modality: str
) -> PixelTransform:
    if cells.ndim == 3:  # noqa: PLR2004 - rows, columns, channels
        return ColourTransform("rgb")
    if image.palette is not None:
        red, green, blue = (_table(image.tables[index]) for index in image.palette)
        return PaletteTransform(_bits(image.stored), Palette(red, green, blue))
    lut = image.modality_lut
    values = ModalityTransform(
        Floats() if image.stored.is_float else _bits(image.stored),
        at(image.rescale_slopes, frame),
        at(image.rescale_intercepts, frame),
        None if lut is None else _table(image.tables[lut]),
        image.padding,
    )
    return GrayscaleTransform(
        values, _voi(image, cells, values, modality), image.inverse
    )


def _voi(
    image: SetImage, cells: Cells, values: ModalityTransform, modality: str
) -> Voi | Table:
    """The first that the file offers, else one made from the pixels."""
    if image.windows:
        return _window(image.windows[0])
    if image.voi_luts:
        return _table(image.tables[image.voi_luts[0]])
    return window_from_pixels(cells, values, modality)


def _mask(
    image: SetImage,
    cells: Cells,
    frame: int,
    pixel: tuple[float, float],
    own_bits: Mapping[int, bytes],
) -> Mask | None:
    shutter = at(image.shutters, frame) if image.shutters else None
    overlays = [
        Overlay(_bits_of(one.plane, cells, own_bits.get(index)), one.plane.origin)
        for index, one in enumerate(image.overlays)
        if one.frame == frame and (one.plane.bit or index in own_bits)
    ]
    if shutter is None and not overlays:
        return None
    rows, columns = cells.shape[:2]
    shapes = NO_SHUTTER
    if shutter is not None:
        shapes = ShutterShapes(shutter.rectangle, shutter.circle, shutter.polygon)
    hidden = hidden_by(shapes, rows, columns, pixel)
    return mask_of(hidden, overlays, shutter.presentation_value if shutter else 0)


def _bits_of(plane: OverlayPlane, cells: Cells, own: bytes | None) -> Bits:
    if own is None:
        return embedded_bits(cells, plane.bit)
    return overlay_bits(own, plane.rows, plane.columns)


def at(values: Sequence[_T], frame: int) -> _T:
    """Of one value for all frames or one a frame, that of `frame`."""
    return values[0] if len(values) == 1 else values[frame]


def _bits(layout: PixelLayout) -> StoredBits:
    if layout.bits_allocated == 1:  # decoded to one byte a pixel
        return StoredBits(1, 0, signed=False)
    return StoredBits(layout.bits_stored, layout.high_bit, layout.signed)


def _table(table: LookupTable) -> Table:
    return table_of_bytes(table.first, table.bits, table.entries)


def _window(window: Window) -> Voi:
    return Voi(window.center, window.width, VoiFunction(window.function))
