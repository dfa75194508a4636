"""Synthetic images through the whole path: file, archive, plan, page, GPU.

Oracles: a computation by hand from the clauses, pydicom, dcmtk; each where it really
implements the function. Chromium, PyOpenGL and numpy show the same picture.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.campaign import Drawn
from conformance.families import HAZARDS
from conformance.judge import Ledger, judge

pytestmark = [pytest.mark.browser, pytest.mark.gl, pytest.mark.debian]
SHARES = (
    pytest.param(0.1, id="selection"),
    pytest.param(1.0, id="all", marks=pytest.mark.slow),
)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("family", HAZARDS)
def test_every_renderer_shows_what_the_oracles_say(
    need: Callable[[str], Path],
    campaign: Callable[[float], list[Drawn]],
    ledger: Ledger,
    tmp_path: Path,
    family: str,
    share: float,
) -> None:
    need("dcmtk")
    drawn = [one for one in campaign(share) if one.case.family == family]
    assert drawn
    faults = judge(drawn, ledger, tmp_path)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:12])
