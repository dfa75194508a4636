"""One world for all attacks: two patients, their readings, a viewer to be asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.federation import CHEST, SOMEBODY_ELSE, copied
from security.attacked import LIMITLESS, Attacked
from world import World, running_world


@pytest.fixture(scope="session")
def world(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two patients in one archive; no limit of rates, so that attacks are answered."""
    folder = tmp_path_factory.mktemp("attacked")
    images = copied(samples, [CHEST, SOMEBODY_ELSE], folder / "images", slices=3)
    with running_world(
        folder, images, settings_changes={"operation": LIMITLESS}
    ) as running:
        yield running


@pytest.fixture(scope="session")
def attacked(world: World) -> Attacked:
    """The world with a reading of each patient, each in a browser of its own."""
    return Attacked.of(world)
