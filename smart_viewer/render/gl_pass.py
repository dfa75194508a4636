"""The frame pass under PyOpenGL: the shader text of the browser, another host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import RenderUnavailable
from smart_viewer.imaging.grayscale import GrayscaleTransform
from smart_viewer.render.gl_host import GlHost
from smart_viewer.render.gl_program import Program, create_program
from smart_viewer.render.gl_texture import read, target, upload
from smart_viewer.render.pass_inputs import PassInputs, pass_inputs, shapes
from smart_viewer.render.request import FrameRequest

UNITS = {  # texture units of the samplers
    "stored_bits": 0,
    "modality_lut": 1,
    "voi_lut": 2,
    "palette": 3,
    "mask": 4,
}


@dataclass(frozen=True, slots=True)
class FramePass:
    """The pass's shader texts and the programs made of them, by their defines."""

    gl: ModuleType
    shaders: Path
    max_size: int  # of textures and of pictures, in one direction
    programs: dict[tuple[str, ...], Program] = field(default_factory=dict)

    def program(self, defines: list[str]) -> Program:
        """The variant with these names defined. RenderUnavailable."""
        key = tuple(defines)
        if key not in self.programs:
            vertex = self.shaders / "frame.vert.glsl"
            fragment = self.shaders / "frame.frag.glsl"
            self.programs[key] = create_program(self.gl, vertex, fragment, key)
        return self.programs[key]


def create_frame_pass(host: GlHost, shaders: Path) -> FramePass:
    """The pass of `shaders`/frame.*.glsl. RenderUnavailable where it does not link."""
    max_size = host.gl.GLint()
    host.gl.glGetIntegerv(host.gl.GL_MAX_TEXTURE_SIZE, max_size)
    frame_pass = FramePass(host.gl, shaders, max_size.value)
    frame_pass.program([])
    return frame_pass


def draw_frame(frame_pass: FramePass, request: FrameRequest) -> NDArray[np.uint8]:
    """Grey levels (height, width), of colour (height, width, 3), top row first.

    RenderUnavailable if it is too large or GL reports an error.
    """
    gl, grid, inputs = frame_pass.gl, request.grid, pass_inputs(request)
    largest = max(grid.width, grid.height, *map(max, shapes(inputs)))
    if largest > frame_pass.max_size:
        raise RenderUnavailable(f"{largest} pixels: GL draws {frame_pass.max_size}")
    program = frame_pass.program(inputs.defines)
    with _textures(gl, inputs), _framebuffer(gl, grid.width, grid.height):
        _set_state(gl, grid.width, grid.height)
        gl.glUseProgram(program.handle)
        _set_uniforms(program, inputs)
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)
        rgb = read(gl, grid.width, grid.height)
    in_grey = isinstance(request.transform, GrayscaleTransform)
    return (rgb[..., 0] if in_grey else rgb).copy()


@contextmanager
def _textures(gl: ModuleType, inputs: PassInputs) -> Iterator[None]:
    """The request's textures at their units, deleted at the end."""
    made: list[int] = []
    try:
        for name, texels in inputs.textures.items():
            gl.glActiveTexture(gl.GL_TEXTURE0 + UNITS[name])
            made.append(upload(gl, texels))
        gl.glActiveTexture(gl.GL_TEXTURE0 + len(UNITS))  # what follows disturbs none
        yield
    finally:
        if made:
            gl.glDeleteTextures(len(made), made)


@contextmanager
def _framebuffer(gl: ModuleType, width: int, height: int) -> Iterator[None]:
    texture, framebuffer = target(gl, width, height)
    try:
        yield
    finally:
        gl.glDeleteFramebuffers(1, [framebuffer])
        gl.glDeleteTextures(1, [texture])


def _set_state(gl: ModuleType, width: int, height: int) -> None:
    for capability in (gl.GL_BLEND, gl.GL_DITHER, gl.GL_DEPTH_TEST, gl.GL_SCISSOR_TEST):
        gl.glDisable(capability)
    gl.glViewport(0, 0, width, height)


def _set_uniforms(program: Program, inputs: PassInputs) -> None:
    gl = program.gl
    for name in inputs.textures:
        gl.glUniform1i(program.at(name), UNITS[name])
    for name, integer in inputs.integers.items():
        gl.glUniform1i(program.at(name), integer)
    for name, unsigned in inputs.unsigned.items():
        gl.glUniform1ui(program.at(name), unsigned)
    for name, number in inputs.numbers.items():
        gl.glUniform1f(program.at(name), number)
    for name, vector in inputs.vectors.items():
        gl.glUniform2f(program.at(name), *vector)
