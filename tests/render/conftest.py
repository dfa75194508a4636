"""One GL worker for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smart_viewer.render.worker import GlRenderer
from smart_viewer.settings import asset_root


@pytest.fixture(scope="session")
def shaders():
    """The folder of the shader texts."""
    return asset_root() / "static" / "shaders"


@pytest.fixture(scope="session")
def gl(need, shaders) -> Iterator[GlRenderer]:
    """A renderer on EGL; its worker refuses a picture whose calls left a GL error."""
    need("egl")
    with GlRenderer(shaders, hosts=("egl",)) as renderer:
        yield renderer
