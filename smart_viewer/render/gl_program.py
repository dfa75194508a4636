"""The programs of a pass: one a variant of its text, compiled at first use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from smart_viewer.errors import RenderUnavailable
from smart_viewer.render.gl_host import string_of

MAX_NAME_BYTES = 256
INACTIVE = -1  # GL ignores what is set there


@dataclass(frozen=True, slots=True)
class Program:
    """A linked program and its active uniforms by name."""

    gl: ModuleType
    handle: int
    uniforms: dict[str, int]

    def at(self, name: str) -> int:
        """Where the uniform is set; INACTIVE where this variant has none."""
        return self.uniforms.get(name, INACTIVE)


def create_program(
    gl: ModuleType, vertex: Path, fragment: Path, defines: Sequence[str]
) -> Program:
    """The program of two shader texts. RenderUnavailable where it does not link.

    defines: names that are put behind the first line of the fragment shader.
    """
    handle = gl.glCreateProgram()
    stages = [
        _compile(gl, gl.GL_VERTEX_SHADER, vertex, ()),
        _compile(gl, gl.GL_FRAGMENT_SHADER, fragment, defines),
    ]
    for stage in stages:
        gl.glAttachShader(handle, stage)
    gl.glLinkProgram(handle)
    for stage in stages:
        gl.glDeleteShader(stage)
    if not _program_number(gl, handle, gl.GL_LINK_STATUS):
        raise RenderUnavailable(f"{fragment.name} does not link: {_names(defines)}")
    return Program(gl, handle, _active_uniforms(gl, handle))


def _compile(gl: ModuleType, kind: int, source: Path, defines: Sequence[str]) -> int:
    shader = gl.glCreateShader(kind)
    gl.glShaderSource(shader, _text(source, defines))
    gl.glCompileShader(shader)
    compiled = gl.GLint()
    gl.glGetShaderiv(shader, gl.GL_COMPILE_STATUS, compiled)
    if not compiled.value:
        words = string_of(gl.glGetShaderInfoLog(shader))
        which = f"{source.name} does not compile ({_names(defines)})"
        raise RenderUnavailable(f"{which}: {words}")
    return int(shader)


def _names(defines: Sequence[str]) -> str:
    return " ".join(defines) or "plain"


def _text(source: Path, defines: Sequence[str]) -> str:
    """#version must stay the first line."""
    try:
        version, _, rest = source.read_text(encoding="ascii").partition("\n")
    except OSError as cause:
        raise RenderUnavailable(f"{source.name} cannot be read") from cause
    return "\n".join([version, *(f"#define {name}" for name in defines), rest])


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
