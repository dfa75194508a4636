"""H18: shutters beside shapes that Pillow draws.

dcmtk is no oracle here: dcmp2pgm reads a presentation state's shutters and draws none.
Beside a border Pillow may take a pixel or leave it: the hand computation settles those.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydicom import Dataset

from conformance import hand_grey
from conformance.campaign import Drawn
from conformance.hand_mask import hidden
from conformance.judge import TOLERANCE, Ledger

pytestmark = [pytest.mark.browser, pytest.mark.gl]
EDGES = ("LeftVertical", "UpperHorizontal", "RightVertical", "LowerHorizontal")


@pytest.mark.parametrize(
    "share",
    [
        pytest.param(0.1, id="selection"),
        pytest.param(1.0, id="all", marks=pytest.mark.slow),
    ],
)
def test_shutters_hide_what_lies_outside_the_shapes_that_pillow_fills(
    campaign: Callable[[float], list[Drawn]],
    ledger: Ledger,
    share: float,
) -> None:
    plain = [
        one
        for one in campaign(share)
        if one.case.family == "shutter"
        and one.view.picture_size(1, 1) == (1, 1)
        and not one.view.invert
        and not one.view.rotation
    ]
    assert plain
    faults = []
    for one in plain:
        shown = one.chromium.pixels
        assert shown is not None, one.chromium.refusal
        dataset = one.case.dataset
        seen = hand_grey.native(dataset, one.view)
        due = np.where(
            _by_pillow(dataset),
            seen,
            int(dataset.get("ShutterPresentationValue", 0)) >> 8,
        )
        off = float(np.abs(shown - due)[~_beside_a_border(dataset)].max())
        fault = "" if off <= TOLERANCE else f"{one.case.name}: {off} levels off"
        ledger.note("shutter shapes", "Pillow's drawing", off, fault)
        faults += [fault] if fault else []
    assert not faults, f"{len(faults)} of {len(plain)}:\n" + "\n".join(faults[:12])


def _by_pillow(dataset: Dataset) -> NDArray[np.bool_]:
    """Pixels that lie inside every shape of the image, as Pillow fills them."""
    size, open_ = (int(dataset.Columns), int(dataset.Rows)), []
    for shape in np.atleast_1d(dataset.ShutterShape):
        sheet = Image.new("1", size)
        draw = ImageDraw.Draw(sheet)
        if shape == "RECTANGULAR":
            corners = [dataset[f"Shutter{edge}Edge"].value - 1 for edge in EDGES]
            draw.rectangle(corners, fill=1)
        elif shape == "CIRCULAR":
            row, column = (one - 1 for one in dataset.CenterOfCircularShutter)
            radius = dataset.RadiusOfCircularShutter
            draw.ellipse(
                (column - radius, row - radius, column + radius, row + radius), fill=1
            )
        else:
            numbers = [one - 1 for one in dataset.VerticesOfThePolygonalShutter]
            draw.polygon(list(zip(numbers[1::2], numbers[::2], strict=True)), fill=1)
        open_.append(np.asarray(sheet))
    return np.logical_and.reduce(open_)


def _beside_a_border(dataset: Dataset) -> NDArray[np.bool_]:
    """Pixels of which a neighbour is hidden and they not, or the other way round."""
    shut, _ = hidden(dataset)
    wide = np.pad(shut, 1, mode="edge")
    rows, columns = shut.shape
    around = [wide[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
    return np.logical_or.reduce(around) & ~np.logical_and.reduce(around)
