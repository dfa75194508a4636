"""GL contexts without a screen. Import only in a process of its own.

PyOpenGL binds its platform at the first import and a context is bound to one
thread: so each host is opened in a fresh process, and stays there.
"""

from __future__ import annotations

import ctypes
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from smart_viewer.errors import RenderUnavailable

EGL_PLATFORM_SURFACELESS_MESA = 0x31DD  # EGL_MESA_platform_surfaceless
OSMESA_CONTEXT_SIZE_PX = 1  # frames are drawn into framebuffer objects


@dataclass(frozen=True, slots=True)
class GlHost:
    """A current context: its functions and the name of what draws."""

    name: str
    gl: ModuleType
    renderer: str
    error: type[Exception]  # what PyOpenGL raises when a call leaves a GL error


def open_host(name: str) -> GlHost:
    """Make the context of host `name` current. RenderUnavailable where it cannot.

    name: "egl" or "osmesa".
    """
    if name not in _OPENERS:
        raise RenderUnavailable(f"there is no GL host {name!r}")
    os.environ["PYOPENGL_PLATFORM"] = name
    try:
        gl = _OPENERS[name]()
        renderer = string_of(gl.glGetString(gl.GL_RENDERER))
    except Exception as cause:  # PyOpenGL and ctypes raise all kinds here
        raise RenderUnavailable(f"{name}: {cause}") from cause
    error: type[Exception] = importlib.import_module("OpenGL.error").Error
    return GlHost(name, gl, renderer, error)


def string_of(returned: Any) -> str:
    """Text that PyOpenGL gives as str, bytes or a C pointer, by function and host."""
    if isinstance(returned, str):
        return returned
    raw = returned if isinstance(returned, bytes) else ctypes.string_at(returned)
    return raw.decode("ascii", errors="replace")


def _open_egl() -> ModuleType:
    """A GLES 3 context without a surface."""
    egl = importlib.import_module("OpenGL.EGL")
    platform = importlib.import_module("OpenGL.EGL.EXT.platform_base")
    display = platform.eglGetPlatformDisplayEXT(
        EGL_PLATFORM_SURFACELESS_MESA, egl.EGL_DEFAULT_DISPLAY, None
    )
    major, minor = egl.EGLint(), egl.EGLint()
    _demand(egl.eglInitialize(display, major, minor), "eglInitialize")
    _demand(egl.eglBindAPI(egl.EGL_OPENGL_ES_API), "eglBindAPI")
    config = _egl_config(egl, display)
    attributes = (egl.EGLint * 3)(egl.EGL_CONTEXT_CLIENT_VERSION, 3, egl.EGL_NONE)
    context = egl.eglCreateContext(display, config, egl.EGL_NO_CONTEXT, attributes)
    none = egl.EGL_NO_SURFACE
    _demand(egl.eglMakeCurrent(display, none, none, context), "eglMakeCurrent")
    return importlib.import_module("OpenGL.GLES3")


def _egl_config(egl: ModuleType, display: object) -> object:
    wanted = (egl.EGLint * 5)(
        *(egl.EGL_SURFACE_TYPE, 0),
        *(egl.EGL_RENDERABLE_TYPE, egl.EGL_OPENGL_ES3_BIT),
        egl.EGL_NONE,
    )
    configs, count = (egl.EGLConfig * 1)(), egl.EGLint()
    found = egl.eglChooseConfig(display, wanted, configs, 1, count)
    _demand(found and count.value == 1, "eglChooseConfig")
    return configs[0]


def _open_osmesa() -> ModuleType:
    """A desktop context, which compiles GLSL ES by ARB_ES3_compatibility."""
    osmesa = importlib.import_module("OpenGL.osmesa")
    gl = importlib.import_module("OpenGL.GL")
    arrays = importlib.import_module("OpenGL.arrays")
    context = osmesa.OSMesaCreateContextExt(osmesa.OSMESA_RGBA, 0, 0, 0, None)
    _demand(context, "OSMesaCreateContextExt")
    size = OSMESA_CONTEXT_SIZE_PX
    buffer = arrays.GLubyteArray.zeros((size, size, 4))
    _KEPT_ALIVE.append(buffer)
    made = osmesa.OSMesaMakeCurrent(context, buffer, gl.GL_UNSIGNED_BYTE, size, size)
    _demand(made, "OSMesaMakeCurrent")
    return gl


def _demand(outcome: object, call: str) -> None:
    if not outcome:
        raise RenderUnavailable(f"{call} failed")


_OPENERS: dict[str, Callable[[], ModuleType]] = {
    "egl": _open_egl,
    "osmesa": _open_osmesa,
}
_KEPT_ALIVE: list[object] = []  # OSMesa draws into memory that we own
