"""The numpy path draws what the shader draws. Oracle: frame_oracle.py, the GL host."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from frame_cases import request_of, varied_cases
from frame_oracle import Case, assert_within_bounds

from smart_viewer.render import cpu


@pytest.mark.parametrize("case", varied_cases())
def test_varied_views_without_gl_agree_with_the_standard(case):
    assert_within_bounds(cpu.draw(request_of(case)), case)


@pytest.mark.gl
def test_both_paths_give_the_same_bytes_of_a_chequered_ramp(gl):
    """Positions in halves and eighths are exact in 32 bits: no byte may differ."""
    ramp = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    view = (0.25, 0.125, 3.5, -0.125, 0.25, 9.0)
    case = Case(ramp, 12, 11, center=2000, width=3001, affine=view, size=(99, 77))
    for interpolation in ("nearest", "bilinear"):
        request = request_of(replace(case, interpolation=interpolation))
        assert np.array_equal(gl.draw(request), cpu.draw(request))
