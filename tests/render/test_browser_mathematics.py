"""The page's own mathematics beside the pictures: masks and regions, against numpy's.

Each has its own oracle too (viewer/test/engineMask.test.ts, findings/); here it is
shown that a measurement on the page and one on the server count the same pixels.
"""

from __future__ import annotations

import base64

import numpy as np
import pytest
from engine_page import bundle, packed, page

from smart_viewer.imaging.mask import (
    Overlay,
    ShutterShapes,
    embedded_bits,
    hidden_by,
    mask_of,
    overlay_bits,
)
from smart_viewer.imaging.statistics import (
    ellipse_area,
    ellipse_region,
    polygon_area,
    polygon_region,
)

__all__ = ["bundle", "page"]  # fixtures
pytestmark = pytest.mark.browser

ROWS, COLUMNS = 23, 31
CASES = 60


def random_shutter(rng: np.random.Generator) -> ShutterShapes:
    """Any of the shapes, also such that reach beyond the image."""

    def points(count: int) -> tuple[tuple[int, int], ...]:
        return tuple(
            (int(row), int(column))
            for row, column in rng.integers((-6, -8), (30, 40), (count, 2))
        )

    left, right = sorted(map(int, rng.integers(-3, 36, 2)))
    upper, lower = sorted(map(int, rng.integers(-3, 28, 2)))
    row, column, radius = map(int, rng.integers((-2, -2, 0), (26, 34, 25)))
    shapes = int(rng.integers(1, 8))
    return ShutterShapes(
        (left, right, upper, lower) if shapes & 1 else None,
        (row, column, radius) if shapes & 2 else None,
        points(int(rng.integers(3, 9))) if shapes & 4 else (),
    )


def shutter_json(shapes: ShutterShapes) -> dict:
    """As the page is told of it."""
    edges = ("left", "right", "upper", "lower")
    circle = ("row", "column", "radius")
    return {
        "rectangle": shapes.rectangle
        and dict(zip(edges, shapes.rectangle, strict=True)),
        "circle": shapes.circle and dict(zip(circle, shapes.circle, strict=True)),
        "polygon": [number for vertex in shapes.polygon for number in vertex],
        "presentationValue": 0,
    }


def mask_of_page(page, shapes, overlays, cells, stretch) -> np.ndarray:
    """The page's mask (rows, columns)."""
    arguments = [ROWS, COLUMNS, stretch, shapes, overlays, packed(cells)]
    encoded = page.evaluate("all => harness.mask(...all)", arguments)
    return np.frombuffer(base64.b64decode(encoded), np.uint8).reshape(ROWS, COLUMNS)


def test_shutters_and_overlays_cover_the_same_pixels(page):  # H18, H20
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        shapes, stretch = random_shutter(rng), float(rng.choice([1.0, 0.5, 1.7]))
        rows, columns = map(int, rng.integers(1, 40, 2))
        origin = tuple(map(int, rng.integers(-10, 30, 2)))
        bits = rng.integers(0, 256, -(-rows * columns // 8), dtype=np.uint8)
        cells = rng.integers(0, 65536, (ROWS, COLUMNS), dtype=np.uint16)
        overlays = [
            Overlay(overlay_bits(bits.tobytes(), rows, columns), origin),
            Overlay(embedded_bits(cells, 14)),
        ][: int(rng.integers(3))]
        place = {"rows": rows, "columns": columns, "origin": origin, "bit": 0}
        embedded = {"rows": ROWS, "columns": COLUMNS, "origin": (1, 1), "bit": 14}
        told = [place | {"bits": packed(bits)}, embedded | {"bits": None}]
        hidden = hidden_by(shapes, ROWS, COLUMNS, (stretch, 1.0))
        expected = mask_of(hidden, overlays).covered
        told = told[: len(overlays)]
        seen = mask_of_page(page, shutter_json(shapes), told, cells, stretch)
        assert np.array_equal(seen, expected), seed


def region_of_page(page, shape: dict) -> tuple[np.ndarray, float]:
    """Pixels (rows, columns) that the shape holds, and its area in pixels."""
    region = page.evaluate("([s, rows]) => harness.region(s, rows)", [shape, ROWS])
    held = np.zeros((ROWS, COLUMNS), dtype=bool)
    for row, runs in zip(held, region["runs"], strict=True):
        for start, end in runs:
            row[max(0, start) : max(0, end)] = True
    return held, region["area"]


def test_regions_hold_the_same_pixels_and_have_the_same_area(page):  # H24
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        points = rng.uniform((-4, -4), (36, 28), (int(rng.integers(3, 12)), 2)).tolist()
        held, area = region_of_page(page, {"kind": "polygon", "points": points})
        assert np.array_equal(held, polygon_region(points, ROWS, COLUMNS)), seed
        assert area == pytest.approx(polygon_area(points))

        center, (a, b) = rng.uniform(0, 25, 2).tolist(), rng.uniform(1, 20, 2).tolist()
        ellipse = {"kind": "ellipse", "center": center, "a": [a, 0], "b": [0, b]}
        held, area = region_of_page(page, ellipse)
        assert np.array_equal(held, ellipse_region(center, (a, b), ROWS, COLUMNS)), seed
        assert area == pytest.approx(ellipse_area((a, b)))
