"""The same picture by the server's two ways: PyOpenGL and numpy.

The request is made by the product from the reading's own plan and the archive's own
frame; only the view is put in its place here.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from conformance.case import View
from conformance.page import Reading
from smart_viewer.imaging.grayscale import (
    GrayscaleTransform,
    Table,
    Voi,
    VoiFunction,
    table_of_bytes,
)
from smart_viewer.imaging.sampling import Affine, SamplingGrid
from smart_viewer.reading.extras import read_overlay
from smart_viewer.reading.picture_request import picture_request
from smart_viewer.reading.plan import SetImage
from smart_viewer.reading.sent import decoded_cells, joined
from smart_viewer.reading.stored_frame import stored_frame
from smart_viewer.render.request import FrameRequest


def request_of(reading: Reading, index: int, frame: int, view: View) -> FrameRequest:
    """The request for that view of that frame, from what the archive stores."""
    stored = stored_frame(reading.house, reading.holder, index, frame)
    image, encoded = stored.image, stored.encoded
    cells = decoded_cells(
        image, joined(encoded), encoded.transfer_syntax_uid, stored.tile
    )
    overlays = {
        number: read_overlay(reading.house, reading.holder, index, number)
        for number, one in enumerate(image.overlays)
        if one.frame == frame and not one.plane.bit
    }
    size = view.picture_size(*cells.shape[:2])
    modality = stored.chosen.modality
    plain = picture_request(image, cells, frame, modality, size, overlays)
    grid = SamplingGrid(
        *size, _affine(view, image, *cells.shape[:2]), view.interpolation
    )
    return replace(plain, grid=grid, transform=_transform(plain.transform, image, view))


def _transform(transform: Any, image: SetImage, view: View) -> Any:
    inverse = (
        image.inverse if isinstance(transform, GrayscaleTransform) else False
    ) != view.invert
    if not isinstance(transform, GrayscaleTransform):
        return replace(transform, invert=inverse)
    voi = _voi(image, view)
    return replace(transform, invert=inverse, voi=transform.voi if voi is None else voi)


def _voi(image: SetImage, view: View) -> Voi | Table | None:
    if view.own is not None:
        return Voi(view.own.center, view.own.width, VoiFunction(view.own.function))
    if view.choice is None:
        return None
    if view.choice < len(image.windows):
        window = image.windows[view.choice]
        return Voi(window.center, window.width, VoiFunction(window.function))
    table = image.tables[image.voi_luts[view.choice - len(image.windows)]]
    return table_of_bytes(table.first, table.bits, table.entries)


def _affine(view: View, image: SetImage, rows: int, columns: int) -> Affine:
    """Screen to image: as large as fits, turned clockwise, then mirrored."""
    spacing = image.spacing
    tall, wide = (
        (spacing.between_rows, spacing.between_columns)
        if spacing
        else image.pixel_aspect or (1.0, 1.0)
    )
    width, height = view.picture_size(rows, columns)
    across, down = columns * wide, rows * tall
    if view.rotation % 180:
        across, down = down, across
    step = max(across / width, down / height)
    cos, sin = (round(f(math.radians(view.rotation))) for f in (math.cos, math.sin))
    mirror = -1 if view.flip else 1
    xx, xy = mirror * cos * step / wide, sin * step / wide
    yx, yy = -mirror * sin * step / tall, cos * step / tall
    x0 = columns / 2 - xx * width / 2 - xy * height / 2
    y0 = rows / 2 - yx * width / 2 - yy * height / 2
    return Affine(xx, xy, x0, yx, yy, y0)


def as_shown(levels: NDArray) -> NDArray:
    """A picture in colour whose channels are equal is grey, as read from the canvas."""
    if levels.ndim == 3 and (levels[..., :1] == levels).all():
        return levels[..., 0]
    return levels
