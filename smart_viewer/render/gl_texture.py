"""Arrays as textures, untouched, and the target that a picture is drawn into."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import RenderUnavailable

ROWS_AND_COLUMNS = 2  # dimensions; one more where there are channels


def upload(gl: ModuleType, texels: NDArray[Any]) -> int:
    """A texture of (rows, columns) or (rows, columns, 3); as `engine/texture.ts`.

    R8UI, R16UI, R32UI, R32F or RGB8UI, by the type and the channels of `texels`.
    """
    rows, columns = texels.shape[:2]
    texture = create(gl)
    layout, channels, kind = _format(gl, texels)
    gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
    gl.glTexStorage2D(gl.GL_TEXTURE_2D, 1, layout, columns, rows)
    where = (gl.GL_TEXTURE_2D, 0, 0, 0, columns, rows)
    gl.glTexSubImage2D(*where, channels, kind, np.ascontiguousarray(texels))
    return texture


def target(gl: ModuleType, width: int, height: int) -> tuple[int, int]:
    """An RGBA8 texture and a bound framebuffer that draws into it."""
    texture = create(gl)
    gl.glTexStorage2D(gl.GL_TEXTURE_2D, 1, gl.GL_RGBA8, width, height)
    framebuffer = _name(gl.glGenFramebuffers(1))
    gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
    where = (gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0)
    gl.glFramebufferTexture2D(*where, gl.GL_TEXTURE_2D, texture, 0)
    status = gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER)
    if status != gl.GL_FRAMEBUFFER_COMPLETE:
        raise RenderUnavailable(f"framebuffer status {status:#x}")
    return texture, framebuffer


def read(gl: ModuleType, width: int, height: int) -> NDArray[np.uint8]:
    """RGB (height, width, 3) of the bound framebuffer, top row first."""
    rgba = np.empty((height, width, 4), dtype=np.uint8)
    gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
    gl.glReadPixels(0, 0, width, height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, rgba)
    return rgba[::-1, :, :3]


def create(gl: ModuleType) -> int:
    """A bound texture without filtering: integers know none."""
    texture = _name(gl.glGenTextures(1))
    gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
    for which in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, which, gl.GL_NEAREST)
    return texture


def _format(gl: ModuleType, texels: NDArray[Any]) -> tuple[int, int, int]:
    """Internal format, format and type."""
    if texels.ndim > ROWS_AND_COLUMNS:
        return gl.GL_RGB8UI, gl.GL_RGB_INTEGER, gl.GL_UNSIGNED_BYTE
    formats = {
        "uint8": (gl.GL_R8UI, gl.GL_RED_INTEGER, gl.GL_UNSIGNED_BYTE),
        "uint16": (gl.GL_R16UI, gl.GL_RED_INTEGER, gl.GL_UNSIGNED_SHORT),
        "uint32": (gl.GL_R32UI, gl.GL_RED_INTEGER, gl.GL_UNSIGNED_INT),
        "float32": (gl.GL_R32F, gl.GL_RED, gl.GL_FLOAT),
    }
    return formats[texels.dtype.name]


def _name(generated: object) -> int:
    """PyOpenGL gives one name as a number or as an array of one, by its version."""
    return int(np.asarray(generated).reshape(-1)[0])
