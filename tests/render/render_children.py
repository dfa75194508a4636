"""Worker mains that misbehave, for the tests of the renderer."""

from __future__ import annotations

import os
from pathlib import Path


def dies_at_once(connection, host_name, shaders) -> None:
    """Leave without a word."""
    os._exit(3)


def says_nothing(connection, host_name, shaders) -> None:
    """Wait until the parent has enough."""
    connection.poll(None)


def dies_at_the_first_request(connection, host_name, shaders: Path) -> None:
    """Die once; the next process, which finds the mark, works."""
    from smart_viewer.render import gl_worker

    mark = Path(os.environ["RENDER_TEST_MARK"])
    if mark.exists():
        gl_worker.main(connection, host_name, shaders)
        return
    connection.send(gl_worker.Ready("doomed"))
    connection.recv()
    mark.touch()
    os._exit(4)


def dies_at_every_request(connection, host_name, shaders) -> None:
    """Open, take a request, die."""
    from smart_viewer.render import gl_worker

    connection.send(gl_worker.Ready("doomed"))
    connection.recv()
    os._exit(5)


def hangs_at_every_request(connection, host_name, shaders) -> None:
    """Open, take a request, never answer."""
    from smart_viewer.render import gl_worker

    connection.send(gl_worker.Ready("doomed"))
    connection.recv()
    connection.poll(None)


def draws_and_counts_textures(connection, host_name, shaders) -> None:
    """Draw, then refuse with the number of textures that are left."""
    import numpy as np

    from smart_viewer.render import gl_worker
    from smart_viewer.render.gl_host import open_host
    from smart_viewer.render.gl_pass import create_frame_pass, draw_frame

    host = open_host(host_name)
    frame_pass = create_frame_pass(host, shaders)
    connection.send(gl_worker.Ready("counting"))
    while (request := connection.recv()) is not None:
        draw_frame(frame_pass, request)
        newest = int(np.asarray(host.gl.glGenTextures(1)).reshape(-1)[0])
        left = sum(bool(host.gl.glIsTexture(name)) for name in range(1, newest + 1))
        connection.send(gl_worker.Refused(f"{left} textures of {newest} are left"))
