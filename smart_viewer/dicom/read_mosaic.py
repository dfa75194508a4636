"""Siemens mosaics: the slices of one volume, tiled over one image.

The header's Image Position is that of a slice as large as the whole mosaic and with
the same centre; slices follow each other along the CSA header's SliceNormalVector,
which may point against row x column. Tiles fill a square, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

from smart_viewer.dicom.csa_header import read_csa
from smart_viewer.dicom.json_values import (
    JsonDataset,
    as_number,
    binary,
    number,
    numbers,
    private_tag,
    texts,
    values,
)
from smart_viewer.dicom.planes import dot, normal_of
from smart_viewer.dicom.read_pixels import FrameAxes, read_axes
from smart_viewer.dicom.study import FramePlane, Mosaic, PixelLayout, Triple

KEY = "mosaic"  # in a projection; never a tag
_TILES, _NORMAL = "NumberOfImagesInMosaic", "SliceNormalVector"
_MOST_TILES = 4096
_POSITION, _SPACING_BETWEEN = "00200032", "00180088"
MOSAIC_TAGS = (_SPACING_BETWEEN,)
_PARALLEL = 0.999  # cosine between the header's normal and row x column


def is_mosaic(image_type: Sequence[str]) -> bool:
    """Whether Image Type says so; then Image Position is not where pixel 1 lies."""
    return "MOSAIC" in image_type


def project_mosaic(dataset: JsonDataset) -> dict[str, object]:
    """What `read_mosaic` needs of the private elements: tiles, then the normal."""
    if not is_mosaic(texts(dataset, "00080008")):
        return {}
    tag = private_tag(dataset, 0x0029, 0x10, "SIEMENS CSA HEADER")
    csa = read_csa(binary(dataset, tag) or b"", frozenset({_TILES, _NORMAL}))
    count = csa.get(_TILES, ()) or values(
        dataset, private_tag(dataset, 0x0019, 0x0A, "SIEMENS MR HEADER")
    )
    found = [as_number(value) for value in (*count[:1], *csa.get(_NORMAL, ())[:3])]
    known = [value for value in found if value is not None]
    return {KEY: {"Value": known}} if known and len(known) == len(found) else {}


def read_mosaic(dataset: JsonDataset, pixels: PixelLayout | None) -> Mosaic | None:
    """How the mosaic is cut; None where the header does not say how many tiles.

    dataset: with what `project_mosaic` gave. Without planes where they cannot be
    known: a mirrored volume would be worse than none.
    """
    known = numbers(dataset, KEY) or ()
    tiles = int(known[0]) if known else 0
    across = ceil(sqrt(max(tiles, 0)))
    if pixels is None or not 2 <= tiles <= _MOST_TILES:
        return None
    if pixels.rows % across or pixels.columns % across:
        return None
    axes = read_axes(dataset)
    return Mosaic(tiles, across, _planes(dataset, pixels, axes, known, across))


def _planes(
    dataset: JsonDataset,
    pixels: PixelLayout,
    axes: FrameAxes | None,
    known: tuple[float, ...],
    across: int,
) -> tuple[FramePlane, ...]:
    at = numbers(dataset, _POSITION, count=3)
    step = number(dataset, _SPACING_BETWEEN)
    if axes is None or at is None or not step or step < 0 or len(known) != 4:
        return ()
    normal: Triple = (known[1], known[2], known[3])
    first = _first_tile((at[0], at[1], at[2]), axes, pixels, across)
    if abs(dot(normal, normal_of(first))) < _PARALLEL:
        return ()
    return tuple(_shifted(first, normal, step * k) for k in range(int(known[0])))


def _first_tile(
    at: Triple, axes: FrameAxes, pixels: PixelLayout, across: int
) -> FramePlane:
    """The tile has the mosaic's centre: half of what it is smaller lies before it."""
    between_rows, between_columns = axes.spacing
    right = (pixels.columns - pixels.columns // across) / 2 * between_columns
    down = (pixels.rows - pixels.rows // across) / 2 * between_rows
    x, y, z = (at[i] + right * axes.row[i] + down * axes.column[i] for i in range(3))
    return FramePlane((x, y, z), axes.row, axes.column, axes.spacing)


def _shifted(plane: FramePlane, normal: Triple, distance: float) -> FramePlane:
    x, y, z = (plane.position[i] + distance * normal[i] for i in range(3))
    return FramePlane((x, y, z), plane.row, plane.column, plane.spacing)
