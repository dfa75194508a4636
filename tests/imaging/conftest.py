"""What the tests of this folder share."""

from __future__ import annotations

from functools import partial

import pytest
from dcmtk_pictures import Shown, dcmtk_draws


@pytest.fixture
def dcmtk(need, tmp_path) -> Shown:
    """`dcmtk(image, *options)`: the grey levels that dcmtk's dcm2pnm gives."""
    need("dcmtk")
    return partial(dcmtk_draws, tmp_path)
