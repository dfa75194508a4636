"""One Chromium and one world for all end-to-end walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from measured_images import write_radiograph, write_slices
from measuring_hand import Hand, opened
from playwright.sync_api import Browser, BrowserContext
from world import World, running_world

from smart_viewer.sandbox.people import default_people


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh profile; a script error in any page fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def world(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The demo's own patients and phantoms."""
    with running_world(
        tmp_path_factory.mktemp("world"), samples, default_people()
    ) as w:
        yield w


@pytest.fixture(scope="session")
def nlst(
    need: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A real chest CT, its patient and order made from the headers."""
    folder = need("data") / "ct_chest_nlst_101287"
    with running_world(tmp_path_factory.mktemp("nlst"), folder) as w:
        yield w


@pytest.fixture(scope="session")
def slices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A CT of known pixels, 2 mm high and half a millimetre wide."""
    folder = tmp_path_factory.mktemp("slices")
    write_slices(folder)
    with running_world(tmp_path_factory.mktemp("slices_state"), folder) as w:
        yield w


@pytest.fixture(scope="session")
def radiograph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A projection of known pixels, magnified."""
    folder = tmp_path_factory.mktemp("radiograph")
    write_radiograph(folder)
    with running_world(tmp_path_factory.mktemp("radiograph_state"), folder) as w:
        yield w


@pytest.fixture
def hand(context: BrowserContext, slices: World) -> Hand:
    """A hand over the only cell."""
    return Hand(opened(context, slices))
