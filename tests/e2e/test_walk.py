"""From the EHR's Launch link to true pixels, in Chromium."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from screen import expected_picture, fitted, read_cell, view_of, wait_shown
from world import World

from smart_viewer.imaging.grayscale import (
    GrayscaleTransform,
    ModalityTransform,
    StoredBits,
    Voi,
    VoiFunction,
)
from smart_viewer.imaging.sampling import Affine, SamplingGrid
from smart_viewer.render.request import FrameRequest
from smart_viewer.render.worker import GlRenderer
from smart_viewer.sandbox.chest_series import CHEST_LUNG, draw_slice
from smart_viewer.sandbox.truth import anatomy_slice_hu
from smart_viewer.settings import asset_root

ONE_GREY_LEVEL = 1.0
SIZE = 512
HUNG = ("lung", "soft")  # by the CT chest protocol, for this order


@pytest.fixture(scope="module")
def slices(samples: Path) -> dict[str, list[Path]]:
    """The chest study's files by series, from feet to head (PS3.3 C.7.6.2)."""
    found: dict[str, list[tuple[float, Path]]] = {"soft": [], "lung": []}
    for name, files in found.items():
        for file in (samples / "chest" / name).glob("*.dcm"):
            head = pydicom.dcmread(file, stop_before_pixels=True)
            files.append((float(head.ImagePositionPatient[2]), file))
    return {name: [file for _, file in sorted(files)] for name, files in found.items()}


def hu_of(file: Path) -> np.ndarray:
    """Modality values as pydicom decodes and we rescale by hand; padding is NaN."""
    dataset = pydicom.dcmread(file)
    slope, intercept = float(dataset.RescaleSlope), float(dataset.RescaleIntercept)
    stored = dataset.pixel_array.astype(np.float64)
    stored[stored == dataset.get("PixelPaddingValue", np.inf)] = np.nan
    return stored * slope + intercept


def launched(context: BrowserContext, world: World, link: int = 0) -> Page:
    """Click Launch of the n-th order in the EHR; the tab that opens."""
    page = context.new_page()
    page.goto(world.ehr_url)
    with context.expect_page() as opened:
        page.get_by_role("link", name="Launch", exact=False).filter(
            has_not_text="frame"
        ).nth(link).click()
    return opened.value


def test_a_click_in_the_ehr_ends_in_the_phantoms_true_pixels(context, world, slices):
    page = launched(context, world)
    wait_shown(page, 0)
    wait_shown(page, 1)
    for cell, series in enumerate(HUNG):
        assert_pixels(page, cell, hu_of(slices[series][frame_of(page, cell)]))


def test_the_pixels_are_those_of_the_truth_that_the_phantom_was_made_from(
    context, world
):
    page = launched(context, world)
    wait_shown(page, 0)
    index = frame_of(page, 0)
    truth = draw_slice(CHEST_LUNG, index, anatomy_slice_hu(index))
    assert_pixels(page, 0, np.clip(np.rint(truth), -1024, 3071))


def test_scrolled_windowed_and_inverted_pixels_stay_true(context, world, slices):
    page = launched(context, world)
    wait_shown(page, 0)
    before = frame_of(page, 0)
    page.locator('[data-cell="0"]').click()
    for key in ("ArrowDown", "3", "i"):  # 3: the bone preset of ux.md 5
        page.keyboard.press(key)
    cell = page.locator(f'[data-cell="0"][data-frame="{before + 1}"]')
    expect(cell).to_contain_text("W 2500 L 480")
    expect(cell).to_have_attribute("data-status", "shown")
    view = view_of(page, 0)
    assert (
        view["resolved"]["window"]["center"],
        view["resolved"]["window"]["width"],
    ) == (
        480,
        2500,
    )
    shown = read_cell(page, 0).astype(float)
    upright = expected_picture(
        hu_of(slices["lung"][before + 1]), shown.shape[1], shown.shape[0], 480, 2500
    )
    inside = inside_of(shown.shape)
    assert np.nanmax(np.abs(shown - (255 - upright))[inside]) <= ONE_GREY_LEVEL
    assert shown[~inside].max(initial=0) == 0  # black around, inverted or not


def test_identity_letters_position_and_window_stand_on_the_image(context, world):
    page = launched(context, world)
    wait_shown(page, 0)
    cell = page.locator('[data-cell="0"]')
    for text in (
        "Sandbox, Chest",
        "SBX-0001",
        "1958-04-12",
        "160",
        "2 mm thick",
        "lossless",
    ):
        expect(cell).to_contain_text(text)
    letters = cell.locator("[data-side]")
    assert {e.get_attribute("data-side"): e.inner_text() for e in letters.all()} == {
        "left": "R",
        "right": "L",
        "top": "A",
        "bottom": "P",
    }


def test_pyopengl_and_chromium_draw_the_same_bytes(need, context, world, slices):
    need("egl")
    page = launched(context, world)
    wait_shown(page, 0)
    wait_shown(page, 1)
    with GlRenderer(asset_root() / "static" / "shaders") as renderer:
        for cell, series in enumerate(HUNG):
            shown = read_cell(page, cell)
            request = request_of(page, cell, slices[series][frame_of(page, cell)])
            drawn = renderer.draw(request)
            assert drawn.shape == shown.shape
            assert np.abs(drawn.astype(int) - shown.astype(int)).max() == 0


def padding_of(dataset: pydicom.Dataset) -> tuple[int, int] | None:
    value = dataset.get("PixelPaddingValue")
    return None if value is None else (value, value)


def request_of(page: Page, cell: int, file: Path) -> FrameRequest:
    """The same frame, seen the same way, for the server's GL."""
    dataset = pydicom.dcmread(file)
    view = view_of(page, cell)["resolved"]
    window = view["window"]
    shape = read_cell(page, cell).shape
    return FrameRequest(
        cells=dataset.pixel_array.view(np.uint16),
        transform=GrayscaleTransform(
            ModalityTransform(
                StoredBits(
                    dataset.BitsStored,
                    dataset.HighBit,
                    dataset.PixelRepresentation == 1,
                ),
                rescale_slope=float(dataset.RescaleSlope),
                rescale_intercept=float(dataset.RescaleIntercept),
                padding=padding_of(dataset),
            ),
            voi=Voi(window["center"], window["width"], VoiFunction(window["function"])),
            invert=False,
        ),
        grid=SamplingGrid(shape[1], shape[0], Affine(**view["imageFromDevice"])),
    )


@pytest.mark.requirement("R31")
@pytest.mark.requirement("R32")
def test_a_launch_in_a_cross_site_frame_shows_the_same_pixels(context, world, slices):
    context.add_cookies(
        [
            {
                "name": "lax_control",
                "value": "1",
                "domain": "127.0.0.1",
                "path": "/",
                "sameSite": "Lax",
            }
        ]
    )
    page = context.new_page()
    asked: list[Request] = []

    def keep(request: Request) -> None:
        asked.append(request)

    page.on("request", keep)
    page.goto(world.ehr_url)
    page.get_by_role("link", name="Launch in frame").first.click()
    handle = page.wait_for_selector("iframe")
    frame = handle.content_frame()
    assert frame is not None
    frame.wait_for_selector('[data-cell="0"][data-status="shown"]', timeout=30_000)
    assert frame.url.startswith(f"{world.app_url}/r/")
    assert_pixels(frame, 0, hu_of(slices["lung"][frame_of(frame, 0)]))
    frames = [request for request in asked if "/f/" in request.url][:3]
    cookies = [request.all_headers().get("cookie", "") for request in frames]
    assert cookies
    assert all("sv_browser=" in cookie for cookie in cookies)
    assert not any("lax_control" in cookie for cookie in cookies)


def test_the_control_cookie_is_there_in_a_tab_of_its_own(context, world):
    """Or its absence in the frame would prove nothing."""
    cookie = {"name": "lax_control", "value": "1", "domain": "127.0.0.1", "path": "/"}
    context.add_cookies([{**cookie, "sameSite": "Lax"}])
    page = context.new_page()
    with page.expect_request(lambda r: "/f/" in r.url) as asked:
        page.goto(world.launch_url(world.order_ids()[0]))
    assert "lax_control" in asked.value.all_headers()["cookie"]


def test_a_real_chest_ct_is_shown_and_its_birth_date_said_not_verified(
    context, nlst, need
):
    page = launched(context, nlst)
    wait_shown(page, 0)
    expect(page.locator("body")).to_contain_text("birth date not verified")
    folder = need("data") / "ct_chest_nlst_101287"
    files = [f for f in folder.rglob("*.dcm") if f.name.startswith("CT_")]
    by_z = sorted(
        files, key=lambda f: float(pydicom.dcmread(f).ImagePositionPatient[2])
    )
    assert_pixels(page, 0, hu_of(by_z[frame_of(page, 0)]))


@pytest.mark.requirement("R25")
def test_the_study_of_somebody_else_is_blocked_and_no_frame_is_asked_for(
    context, world
):
    page = context.new_page()
    asked: list[str] = []
    context.on("request", lambda r: asked.append(r.url) if "/f/" in r.url else None)
    before = world.archive.frames_asked
    page.goto(world.launch_url(world.order_ids()[1]))
    expect(page.locator("body")).to_contain_text("the birth date differs")
    page.wait_for_load_state("networkidle")
    assert asked == []
    assert world.archive.frames_asked == before


def frame_of(page: Page, cell: int) -> int:
    return int(page.locator(f'[data-cell="{cell}"]').get_attribute("data-frame") or "")


def inside_of(shape: tuple[int, ...]) -> np.ndarray:
    """Which screen pixels lie on the image."""
    height, width = shape
    step, x0, y0 = fitted(width, height, SIZE, SIZE)
    x, y = step * (np.arange(width) + 0.5) + x0, step * (np.arange(height) + 0.5) + y0
    return ((y >= 0) & (y < SIZE))[:, None] & ((x >= 0) & (x < SIZE))[None, :]


def padded_on_screen(
    hu: np.ndarray, width: int, height: int, placed: tuple[float, float, float]
) -> np.ndarray:
    """Which screen pixels look at a padded one."""
    step, x0, y0 = placed
    columns = np.floor(step * (np.arange(width) + 0.5) + x0).astype(int)
    rows = np.floor(step * (np.arange(height) + 0.5) + y0).astype(int)
    inside = (rows >= 0) & (rows < hu.shape[0])
    seen = np.zeros((height, width), dtype=bool)
    across = (columns >= 0) & (columns < hu.shape[1])
    seen[np.ix_(inside, across)] = np.isnan(hu)[np.ix_(rows[inside], columns[across])]
    return seen


def assert_pixels(page: Page, cell: int, hu: np.ndarray) -> None:
    """The cell shows these values under the window that it says it has, fitted.

    Linked cells share one scale, so that the fit may be a pixel off its own cell's.
    """
    shown = read_cell(page, cell).astype(float)
    resolved = view_of(page, cell)["resolved"]
    window, map_ = resolved["window"], resolved["imageFromDevice"]
    height, width = shown.shape
    fit = fitted(width, height, *hu.shape)
    placed = (map_["xx"], map_["x0"], map_["y0"])
    assert placed == pytest.approx(fit, rel=0.01, abs=0.01 * SIZE)
    assert (map_["xy"], map_["yx"], map_["yy"]) == (0, 0, map_["xx"])
    assert window["function"] == "LINEAR"
    expected = expected_picture(
        hu, width, height, window["center"], window["width"], placed
    )
    assert np.ptp(shown) > 200  # a picture, not a flat field
    assert shown[padded_on_screen(hu, width, height, placed)].max(initial=0) == 0
    assert np.nanmax(np.abs(shown - expected)) <= ONE_GREY_LEVEL
