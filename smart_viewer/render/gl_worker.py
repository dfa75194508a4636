"""The process that owns a GL context: requests in, pictures out, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import RenderUnavailable
from smart_viewer.render.gl_host import GlHost, open_host
from smart_viewer.render.gl_pass import FramePass, create_frame_pass, draw_frame
from smart_viewer.render.request import FrameRequest


@dataclass(frozen=True, slots=True)
class Ready:
    """The context is open; `renderer` is GL's own name of what draws."""

    renderer: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no context, or no picture of this request."""

    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Grey levels (height, width), of colour (height, width, 3), top row first."""

    levels: NDArray[np.uint8]


Answer = Ready | Refused | Picture


def main(connection: Connection, host_name: str, shaders: Path) -> None:
    """Answer Ready or Refused, then one answer a request until None or EOF."""
    try:
        host = open_host(host_name)
        frame_pass = _frame_pass(host, shaders)
    except RenderUnavailable as cause:
        connection.send(Refused(str(cause)))
        return
    connection.send(Ready(f"{host.name}: {host.renderer}"))
    while (request := _next(connection)) is not None:
        connection.send(_answer(host, frame_pass, request))


def _frame_pass(host: GlHost, shaders: Path) -> FramePass:
    try:
        return create_frame_pass(host, shaders)
    except host.error as cause:
        raise RenderUnavailable(f"{host.name}: {cause}") from cause


def _next(connection: Connection) -> FrameRequest | None:
    try:
        request: FrameRequest | None = connection.recv()
    except EOFError:  # the parent is gone
        return None
    return request


def _answer(host: GlHost, frame_pass: FramePass, request: FrameRequest) -> Answer:
    """PyOpenGL asks for GL errors after every call and raises them."""
    try:
        return Picture(draw_frame(frame_pass, request))
    except (RenderUnavailable, host.error) as cause:
        return Refused(f"{host.name}: {cause}")
