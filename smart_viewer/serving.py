"""gunicorn around the app: one process, N threads (DESIGN, decision 5)."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import TConn, ThreadWorker

from smart_viewer.settings import Settings

KEEP_ALIVE_S = 30
GRACE_S = 20
REQUEST_LINE_BYTES = 8190  # gunicorn's largest; some EHRs launch with a JWT


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a client may let a thread wait, seconds, for each read and write.

    A client that sends half a request, or stops reading a frame, would otherwise
    keep one of the threads for as long as it likes.
    """

    read_s: float = 15.0
    write_s: float = 60.0


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from smart_viewer.app import create_app  # in the worker only

        return create_app(self._settings)


def serve_app(
    settings: Settings, bind: str, threads: int, timeouts: Timeouts | None = None
) -> None:
    """Serve until a signal ends it; requests under way get 20 s to finish."""
    options = {
        "bind": bind,
        "workers": 1,
        "threads": threads,
        "worker_class": _impatient(timeouts or Timeouts()),
        "keepalive": KEEP_ALIVE_S,
        "graceful_timeout": GRACE_S,
        "limit_request_line": REQUEST_LINE_BYTES,
        "proc_name": "smart-viewer",
        "control_socket_disable": True,
        "loglevel": "warning",
    }
    _Server(settings, options).run()


def _impatient(timeouts: Timeouts) -> type[ThreadWorker]:
    """A gthread worker whose connections time out in the kernel.

    gunicorn makes its sockets blocking before each request, which undoes a time-out
    set in Python; SO_RCVTIMEO and SO_SNDTIMEO stay.
    """
    options = (
        (socket.SO_RCVTIMEO, _timeval(timeouts.read_s)),
        (socket.SO_SNDTIMEO, _timeval(timeouts.write_s)),
    )

    class ImpatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
        def handle(self, conn: TConn) -> Any:
            for option, value in options:
                conn.sock.setsockopt(socket.SOL_SOCKET, option, value)
            return super().handle(conn)

    return ImpatientWorker


def _timeval(seconds: float) -> bytes:
    """A C `struct timeval`."""
    return struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
