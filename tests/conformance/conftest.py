"""What the conformance tests share: the harness, the renderers, the account."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from conformance.campaign import Drawn, draw_all, selected
from conformance.families import all_cases
from conformance.judge import Ledger
from conformance.page import bundled
from conformance.record import as_json
from smart_viewer.render.worker import GlRenderer
from smart_viewer.settings import asset_root

ACCOUNT = "SMART_VIEWER_CONFORMANCE"  # a file to write the account to


@pytest.fixture(scope="session")
def ledger() -> Iterator[Ledger]:
    """The account of this run; written out where `make conformance` asks for it."""
    kept = Ledger()
    yield kept
    target = os.environ.get(ACCOUNT)
    if target:
        Path(target).write_text(json.dumps(as_json(kept), indent=1), "utf-8")


@pytest.fixture(scope="session")
def harness(
    need: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The page without its panels, bundled."""
    need("node")
    return bundled(tmp_path_factory.mktemp("harness"))


@pytest.fixture(scope="session")
def gl(need: Callable[[str], Path]) -> Iterator[GlRenderer]:
    """The server's GL, on EGL."""
    need("egl")
    with GlRenderer(asset_root() / "static" / "shaders", hosts=("egl",)) as renderer:
        yield renderer


@pytest.fixture(scope="session")
def campaign(
    chromium: Browser,
    harness: Path,
    gl: GlRenderer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[float], list[Drawn]]:
    """`campaign(share)`: that share of the synthetic cases, drawn once."""
    known: dict[float, list[Drawn]] = {}

    def drawn(share: float) -> list[Drawn]:
        if share not in known:
            known[share] = []  # a campaign that fails is not run again by each family
            cases = selected(all_cases(), share)
            state = tmp_path_factory.mktemp("synthetic")
            known[share] = draw_all(chromium, harness, gl, state, cases)
        return known[share]

    return drawn
