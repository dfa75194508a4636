"""Every image of the shared data through the whole path, beside other decoders.

Oracles: dcmtk's decoders (JPEG, JPEG-LS, RLE, native), OpenJPEG in Pillow (JPEG 2000,
HTJ2K), pydicom where those refuse; then the grey pipeline by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from conformance.judge import Ledger
from conformance.real_campaign import Found, show_lot
from conformance.real_files import images, rounds

pytestmark = [
    pytest.mark.browser,
    pytest.mark.gl,
    pytest.mark.debian,
    pytest.mark.data,
    pytest.mark.filterwarnings("ignore::UserWarning:pydicom"),  # of what real files say
]
FOLDERS_APART = 2  # of the selection: the first image of every second folder


@pytest.mark.parametrize(
    "everything",
    [
        pytest.param(False, id="selection"),
        pytest.param(True, id="all", marks=pytest.mark.slow),
    ],
)
def test_every_real_image_is_shown_right_or_refused_by_name(
    need: Callable[[str], Path],
    chromium: Browser,
    harness: Path,
    ledger: Ledger,
    everything: bool,
) -> None:
    need("dcmtk")
    files = images(need("data"))
    if not everything:
        first_of_folder = {one.name.split("/")[0]: one for one in reversed(files)}
        files = [first_of_folder[name] for name in sorted(first_of_folder)][
            ::FOLDERS_APART
        ]
    found = Found()
    for lot in rounds(files):
        show_lot(chromium, harness, lot, found, ledger, all_frames=everything)
    missing = {one.name for one in files} - {
        *found.shown,
        *found.refused,
        *found.unjudged,
    }
    ledger.remark("refused", found.refused)
    ledger.remark("not decoded by any oracle", found.unjudged)
    assert not found.faults, f"{len(found.faults)} faults:\n" + "\n".join(
        found.faults[:20]
    )
    assert not (missing if everything else None), (
        f"neither shown nor refused: {sorted(missing)}"
    )
