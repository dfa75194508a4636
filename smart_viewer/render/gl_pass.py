"""The frame pass under PyOpenGL: the shader text of the browser, another host."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import RenderUnavailable
from smart_viewer.imaging.grayscale import VoiFunction
from smart_viewer.render.gl_host import GlHost, string_of
from smart_viewer.render.request import FrameRequest

VOI_FUNCTIONS = {  # the values of `voi_function` in the shader
    VoiFunction.LINEAR: 0,
    VoiFunction.LINEAR_EXACT: 1,
    VoiFunction.SIGMOID: 2,
}
MAX_NAME_BYTES = 256
INACTIVE = -1  # GL ignores what is set there


@dataclass(frozen=True, slots=True)
class FramePass:
    """A linked program and its active uniforms by name."""

    gl: ModuleType
    program: int
    uniforms: dict[str, int]
    max_size: int  # of frames and of pictures, in one direction


def create_frame_pass(host: GlHost, shaders: Path) -> FramePass:
    """The pass of `shaders`/frame.*.glsl. RenderUnavailable where it does not link."""
    gl = host.gl
    program = gl.glCreateProgram()
    stages = [
        _compile(gl, gl.GL_VERTEX_SHADER, shaders / "frame.vert.glsl"),
        _compile(gl, gl.GL_FRAGMENT_SHADER, shaders / "frame.frag.glsl"),
    ]
    for stage in stages:
        gl.glAttachShader(program, stage)
    gl.glLinkProgram(program)
    if not _program_number(gl, program, gl.GL_LINK_STATUS):
        raise RenderUnavailable("the shaders do not link")
    max_size = gl.GLint()
    gl.glGetIntegerv(gl.GL_MAX_TEXTURE_SIZE, max_size)
    return FramePass(gl, program, _active_uniforms(gl, program), max_size.value)


def draw_frame(frame_pass: FramePass, request: FrameRequest) -> NDArray[np.uint8]:
    """Grey levels (height, width), top row first.

    RenderUnavailable if it is too large or GL reports an error.
    """
    gl, grid = frame_pass.gl, request.grid
    largest = max(*request.bits.shape, grid.width, grid.height)
    if largest > frame_pass.max_size:
        raise RenderUnavailable(f"{largest} pixels: GL draws {frame_pass.max_size}")
    texture = _upload(gl, request.bits)
    target, framebuffer = _target(gl, grid.width, grid.height)
    try:
        _set_state(frame_pass, request, texture)
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)
        return _read(gl, grid.width, grid.height)
    finally:
        gl.glDeleteFramebuffers(1, [framebuffer])
        gl.glDeleteTextures(2, [texture, target])


def _compile(gl: ModuleType, kind: int, source: Path) -> int:
    shader = gl.glCreateShader(kind)
    gl.glShaderSource(shader, _text(source))
    gl.glCompileShader(shader)
    compiled = gl.GLint()
    gl.glGetShaderiv(shader, gl.GL_COMPILE_STATUS, compiled)
    if not compiled.value:
        raise RenderUnavailable(f"{source.name} does not compile: {_log(gl, shader)}")
    return int(shader)


def _text(source: Path) -> str:
    try:
        return source.read_text(encoding="ascii")
    except OSError as cause:
        raise RenderUnavailable(f"{source.name} cannot be read") from cause


def _log(gl: ModuleType, shader: int) -> str:
    return string_of(gl.glGetShaderInfoLog(shader))


def _program_number(gl: ModuleType, program: int, what: int) -> int:
    number = gl.GLint()
    gl.glGetProgramiv(program, what, number)
    return int(number.value)


def _active_uniforms(gl: ModuleType, program: int) -> dict[str, int]:
    count = _program_number(gl, program, gl.GL_ACTIVE_UNIFORMS)
    names = [_uniform_name(gl, program, index) for index in range(count)]
    return {name: int(gl.glGetUniformLocation(program, name)) for name in names}


def _uniform_name(gl: ModuleType, program: int, index: int) -> str:
    length, size = gl.GLsizei(), gl.GLint()
    kind, name = gl.GLenum(), (gl.GLchar * MAX_NAME_BYTES)()
    gl.glGetActiveUniform(program, index, MAX_NAME_BYTES, length, size, kind, name)
    return bytes(name[: length.value]).decode("ascii")


def _upload(gl: ModuleType, bits: NDArray[np.unsignedinteger]) -> int:
    """Stored bits as R16UI or R8UI, untouched, as in `engine/frameTexture.ts`."""
    wide = bits.dtype.itemsize == 2
    rows, columns = bits.shape
    texture = _texture(gl)
    gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
    layout = gl.GL_R16UI if wide else gl.GL_R8UI
    gl.glTexStorage2D(gl.GL_TEXTURE_2D, 1, layout, columns, rows)
    kind = gl.GL_UNSIGNED_SHORT if wide else gl.GL_UNSIGNED_BYTE
    where = (gl.GL_TEXTURE_2D, 0, 0, 0, columns, rows)
    gl.glTexSubImage2D(*where, gl.GL_RED_INTEGER, kind, np.ascontiguousarray(bits))
    return texture


def _target(gl: ModuleType, width: int, height: int) -> tuple[int, int]:
    """An RGBA8 texture and a bound framebuffer that draws into it."""
    texture = _texture(gl)
    gl.glTexStorage2D(gl.GL_TEXTURE_2D, 1, gl.GL_RGBA8, width, height)
    framebuffer = _name(gl.glGenFramebuffers(1))
    gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
    where = (gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0)
    gl.glFramebufferTexture2D(*where, gl.GL_TEXTURE_2D, texture, 0)
    status = gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER)
    if status != gl.GL_FRAMEBUFFER_COMPLETE:
        raise RenderUnavailable(f"framebuffer status {status:#x}")
    return texture, framebuffer


def _texture(gl: ModuleType) -> int:
    texture = _name(gl.glGenTextures(1))
    gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
    for which in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, which, gl.GL_NEAREST)
    return texture


def _name(generated: object) -> int:
    """PyOpenGL gives one name as a number or as an array of one, by its version."""
    return int(np.asarray(generated).reshape(-1)[0])


def _set_state(frame_pass: FramePass, request: FrameRequest, texture: int) -> None:
    gl = frame_pass.gl
    for capability in (gl.GL_BLEND, gl.GL_DITHER, gl.GL_DEPTH_TEST, gl.GL_SCISSOR_TEST):
        gl.glDisable(capability)
    gl.glViewport(0, 0, request.grid.width, request.grid.height)
    gl.glActiveTexture(gl.GL_TEXTURE0)
    gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
    gl.glUseProgram(frame_pass.program)
    _set_grayscale(frame_pass, request)
    _set_geometry(frame_pass, request)


def _set_grayscale(frame_pass: FramePass, request: FrameRequest) -> None:
    gl, at, transform = frame_pass.gl, frame_pass.uniforms, request.transform
    integers = {
        "stored_bits": 0,
        "bits_stored": transform.layout.bits_stored,
        "high_bit": transform.layout.high_bit,
        "is_signed": int(transform.layout.signed),
        "voi_function": VOI_FUNCTIONS[transform.voi.function],
        "invert": int(transform.invert),
        "interpolate": int(request.grid.interpolation == "bilinear"),
    }
    numbers = {
        "rescale_slope": transform.rescale_slope,
        "intercept_from_center": transform.rescale_intercept - transform.voi.center,
        "voi_width": transform.voi.width,
    }
    for name, value in integers.items():
        gl.glUniform1i(at.get(name, INACTIVE), value)
    for name, number in numbers.items():
        gl.glUniform1f(at.get(name, INACTIVE), number)


def _set_geometry(frame_pass: FramePass, request: FrameRequest) -> None:
    """Positions are taken from the picture's centre, as in `engine/framePass.ts`."""
    gl, at, grid = frame_pass.gl, frame_pass.uniforms, request.grid
    center = np.array([grid.width / 2, grid.height / 2])
    affine = grid.image_from_screen
    x, y = affine.apply(center[:1], center[1:])
    gl.glUniform2f(at.get("viewport_center_px", INACTIVE), *center)
    gl.glUniform2f(at.get("image_center_px", INACTIVE), x[0], y[0])
    right, down = "image_px_per_screen_px_right", "image_px_per_screen_px_down"
    gl.glUniform2f(at.get(right, INACTIVE), affine.xx, affine.yx)
    gl.glUniform2f(at.get(down, INACTIVE), affine.xy, affine.yy)


def _read(gl: ModuleType, width: int, height: int) -> NDArray[np.uint8]:
    rgba = np.empty((height, width, 4), dtype=np.uint8)
    gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
    gl.glReadPixels(0, 0, width, height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, rgba)
    return rgba[::-1, :, 0].copy()
