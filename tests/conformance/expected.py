"""What a view of a case must look like: the Standard's words, by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from conformance import hand_colour, hand_grey, hand_mask, hand_view
from conformance.case import View

Floats = NDArray[np.float64]


def picture(dataset: Dataset, view: View, frame: int = 0) -> Floats:
    """The picture, unrounded 0 to 255, (height, width) or (height, width, 3).

    NaN where the view looks at the very border between two pixels or at the rim of
    the image: there the last bit of a coordinate decides.
    """
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    x, y = hand_view.looked_at(view, rows, columns, pixel_shape(dataset))
    at = hand_view.nearest(x, y, rows, columns)
    drawn = _coloured if is_colour(dataset) else _grey
    shown = drawn(dataset, view, frame, x, y)
    doubt = hand_view.undecided(
        x, y, rows, columns, between=_has_pixel_edges(dataset, view)
    )
    doubt |= _cover(dataset, frame, at, shown)
    shown[~hand_view.inside(x, y, rows, columns)] = 0.0
    shown[doubt] = np.nan
    return shown


def is_colour(dataset: Dataset) -> bool:
    """Whether the picture has colours."""
    return not str(dataset.PhotometricInterpretation).startswith("MONOCHROME")


def _has_pixel_edges(dataset: Dataset, view: View) -> bool:
    """Whether a last bit of a coordinate may change the picture in the image."""
    covered = "ShutterShape" in dataset or any(
        (g, 0x0010) in dataset for g in hand_mask.GROUPS
    )
    return view.interpolation == "nearest" or covered or "PixelPaddingValue" in dataset


def _grey(dataset: Dataset, view: View, frame: int, x: Floats, y: Floats) -> Floats:
    """Interpolated in modality values, then windowed (H23)."""
    values = hand_grey.stored(dataset, frame)
    at = hand_view.nearest(x, y, *values.shape)
    if view.interpolation == "nearest":
        return hand_grey.native(dataset, view, frame)[at]
    padded = hand_grey.padded(dataset, values)
    sampled = hand_view.bilinear(hand_grey.modality(dataset, values), padded, x, y)
    shown = hand_grey.display(sampled, hand_grey.chosen_voi(dataset, view))
    if hand_grey.inverted(dataset, view):
        shown = 1 - shown
    return np.where(padded[at], 0.0, shown * 255)


def _coloured(dataset: Dataset, view: View, frame: int, x: Floats, y: Floats) -> Floats:
    """Each pixel in red, green and blue, then interpolated (H15)."""
    levels = hand_colour.rgb(dataset, frame)
    if view.interpolation == "nearest":
        shown = levels[hand_view.nearest(x, y, *levels.shape[:2])]
    else:
        nothing = np.zeros(levels.shape[:2], bool)
        channels = [hand_view.bilinear(levels[..., n], nothing, x, y) for n in range(3)]
        shown = np.dstack(channels)
    return 255 - shown if view.invert else shown


def _cover(
    dataset: Dataset, frame: int, at: tuple[NDArray, NDArray], shown: Floats
) -> NDArray[np.bool_]:
    """Draw shutter and overlays over the picture; where nobody settles the border."""
    covered = hand_mask.overlaid(dataset, frame)[at]
    doubt = np.zeros(covered.shape, bool)
    if "ShutterShape" in dataset:
        hidden, border = hand_mask.hidden(dataset, pixel_shape(dataset))
        shown[hidden[at]] = hand_mask.level(dataset)
        doubt = border[at] & ~covered
    shown[covered] = 255.0  # annotations follow the shutter (PS3.4 N.2)
    return doubt


def pixel_shape(dataset: Dataset) -> tuple[float, float]:
    """(height, width) of a pixel: spacing, or aspect (PS3.3 10.7.1.3, C.7.6.3.1.7)."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"):
        stated = [float(one) for one in np.atleast_1d(dataset.get(keyword) or [])]
        if len(stated) == 2 and min(stated) > 0:
            return stated[0], stated[1]
    return 1.0, 1.0


def turned(native: NDArray, view: View) -> NDArray:
    """A picture of the image's own pixels, turned and mirrored as the view says."""
    clockwise = np.rot90(native, -(view.rotation // 90))
    return clockwise[:, ::-1] if view.flip else clockwise
