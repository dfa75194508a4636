"""The engine on a page of Chromium: cases in, pictures out (test/engineHarness.ts)."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from frame_cases import request_of
from frame_oracle import Case, Lut

from smart_viewer.render.pass_inputs import pass_inputs

CANVAS = (300, 260)
TEXTURE_BUDGET_BYTES = 4096  # two small frames: eviction happens all the time
AFFINE = ("xx", "xy", "x0", "yx", "yy", "y0")

Rect = tuple[int, int, int, int]


@pytest.fixture(scope="session")
def bundle(bundled) -> Path:
    """The engine and its harness as one script."""
    return bundled("test/engineHarness.ts")


@pytest.fixture
def page(browser, bundle):
    """A page with an open engine; no GL error before or after the test."""
    page = browser.new_page()
    page.add_script_tag(path=bundle)
    opening = page.evaluate(
        "([w, h, b]) => harness.open(w, h, b)", [*CANVAS, TEXTURE_BUDGET_BYTES]
    )
    assert opening == ""
    assert page.evaluate("harness.glError()") == 0
    yield page
    assert page.evaluate("harness.glError()") in (0, 0x9242)  # CONTEXT_LOST_WEBGL
    page.close()


def cell_of(case: Case, rect: Rect) -> dict:
    """The case as the engine's CellDraw in JSON; rect = (x, y, width, height)."""
    rows, columns = case.words.shape[:2]
    values, base = _values(case)
    in_channels = case.words.ndim > 2
    grey_or_palette = "grey" if case.palette is None else "palette"
    voi = {"center": case.center, "width": case.width, "function": case.function}
    return {
        "rect": dict(zip(("x", "y", "width", "height"), rect, strict=True)),
        "frame": {
            "width": columns,
            "height": rows,
            "values": packed(values),
            "samples": 3 if in_channels else 1,
            "model": ("ybr" if case.ybr else "rgb") if in_channels else grey_or_palette,
            "base": base,
        },
        "layout": {
            "bitsStored": case.bits_stored,
            "highBit": case.high_bit,
            "signed": case.signed,
            "isFloat": case.words.dtype.kind == "f",
        },
        "slope": case.slope,
        "intercept": case.intercept,
        "modalityLut": case.modality_lut and _lut(case.modality_lut),
        "voi": None
        if case.in_colour
        else {"kind": "table", "table": _lut(case.voi_lut)}
        if case.voi_lut
        else {"kind": "window", "window": voi},
        "padding": case.padding
        and dict(zip(("low", "high"), case.padding, strict=True)),
        "palette": case.palette and [_lut(lut) for lut in case.palette],
        "mask": None
        if case.covered is None
        else {
            "covered": packed(case.covered.astype(np.uint8)),
            "shutterLevel": case.shutter_level,
        },
        "invert": case.invert,
        "imageFromScreen": dict(zip(AFFINE, case.affine, strict=True)),
        "interpolation": case.interpolation,
    }


def packed(values: np.ndarray) -> dict[str, str]:
    """The numbers as the harness unpacks them."""
    kind = f"{values.dtype.kind}{values.dtype.itemsize}"
    return {"kind": kind, "base64": base64.b64encode(values.tobytes()).decode()}


def _lut(lut: Lut) -> dict:
    first, bits, entries = lut
    values = packed(np.array(entries, dtype=np.uint16))
    return {"first": first, "bits": bits, "entries": values}


def _values(case: Case) -> tuple[np.ndarray, float]:
    """Doubles as the decoder gives them: a base, and 32 bits from there.

    The base is any number near the values; here the one that PyOpenGL's host takes.
    """
    if case.words.dtype != np.float64:
        return case.words, 0.0
    texels = pass_inputs(request_of(case)).textures["stored_bits"]
    base = (case.center - case.intercept) / case.slope if case.slope else 0.0
    return texels, base


def drawn(page, cells: list[dict]) -> list[str | None]:
    """What the engine answers to these cells."""
    return page.evaluate("cells => harness.draw(cells)", cells)


def shown(page, rect: Rect) -> np.ndarray:
    """RGBA (height, width, 4) of a rectangle of the canvas."""
    names = dict(zip(("x", "y", "width", "height"), rect, strict=True))
    encoded = page.evaluate("rect => harness.read(rect)", names)
    raw = np.frombuffer(base64.b64decode(encoded), dtype=np.uint8)
    return raw.reshape(rect[3], rect[2], 4)


def picture(page, case: Case) -> np.ndarray:
    """The case alone: grey levels (height, width), or RGB (height, width, 3)."""
    rect = (0, 0, *case.size)
    assert drawn(page, [cell_of(case, rect)]) == [None]
    return levels(shown(page, rect), case)


def levels(rgba: np.ndarray, case: Case) -> np.ndarray:
    """As PyOpenGL and numpy answer; of grey all three channels are equal."""
    assert (rgba[..., 3] == 255).all()
    if case.in_colour:
        return rgba[..., :3]
    assert (rgba[..., :1] == rgba[..., :3]).all()
    return rgba[..., 0]


def uploads(page) -> int:
    return page.evaluate("harness.uploads()")
