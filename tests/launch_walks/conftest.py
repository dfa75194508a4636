"""One world with every personality for the walks of this folder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from odd_world import OddWorld, odd_world


@pytest.fixture(scope="session")
def one_odd_world(
    samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OddWorld]:
    with odd_world(tmp_path_factory.mktemp("odd"), samples / "mismatch") as world:
        yield world


@pytest.fixture
def odd(one_odd_world: OddWorld) -> OddWorld:
    """A conforming EHR of every personality."""
    one_odd_world.conform()
    return one_odd_world


@pytest.fixture
def ours(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What the viewer logs at DEBUG: its own lines and its libraries'."""
    caplog.set_level(logging.DEBUG)
    others = ("asyncio", "urllib3", "faker")  # urllib3: the test's own browser
    return lambda: "\n".join(
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith(others)
    )
