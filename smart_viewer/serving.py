"""gunicorn around the app: one process, N threads (DESIGN, decision 5).

On SIGTERM nothing new is accepted, requests under way are finished, event streams end
at once so that pages ask another replica, and archives that are still being asked may
answer: their revisions are kept in the store. Readings lie there all along.
"""

from __future__ import annotations

import logging
import math
import socket
import struct
import time
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker

from smart_viewer.settings import Settings

if TYPE_CHECKING:
    from smart_viewer.reading.house import House

log = logging.getLogger(__name__)

KEEP_ALIVE_S = 30
LEFT_S = 2.0  # of the grace, for the process itself to end
REQUEST_LINE_BYTES = 8190  # gunicorn's largest; some EHRs launch with a JWT


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long, seconds, a client may let a thread wait for each read and write.

    grace_s: how long requests and archives may go on once the replica is to end.

    A client that sends half a request, or stops reading a frame, would otherwise
    keep one of the threads for as long as it likes.
    """

    read_s: float = 15.0
    write_s: float = 60.0
    grace_s: float = 30.0


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
        from smart_viewer.web.metrics import serve_metrics

        app = create_app(self._settings)
        if self._settings.operation.metrics:
            metrics = app.extensions["smart_viewer_metrics"]
            serve_metrics(metrics, self._settings.operation.metrics)
        return app


class _Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's words go where ours go, in our form."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def serve_app(
    settings: Settings, bind: str, threads: int, timeouts: Timeouts | None = None
) -> None:
    """Serve until a signal ends it; what is under way may be finished."""
    timeouts = timeouts or Timeouts()
    options = {
        "bind": bind,
        "workers": 1,
        "threads": threads,
        "worker_class": _impatient(timeouts),
        "keepalive": KEEP_ALIVE_S,
        "graceful_timeout": math.ceil(timeouts.grace_s),
        "limit_request_line": REQUEST_LINE_BYTES,
        "proc_name": "smart-viewer",
        "control_socket_disable": True,
        "loglevel": "warning",
        "logger_class": _Log,
        # Whoever is near may claim anything: no header of a proxy is believed here.
        "forwarded_allow_ips": "",
        "secure_scheme_headers": {},
        "forwarder_headers": "",
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

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            super().handle_exit(sig, frame)
            self._until = time.monotonic() + timeouts.grace_s - LEFT_S
            _begin_nothing_more(self.wsgi)

        def set_accept_enabled(self, enabled: bool) -> None:
            super().set_accept_enabled(enabled)
            if not self.alive:  # else the kernel goes on accepting, for nobody
                for listener in self.sockets:
                    listener.close()

        def run(self) -> None:
            super().run()
            left_s = getattr(self, "_until", 0.0) - time.monotonic()
            if left_s > 0 and not self._house.lanes.finish(left_s):
                log.warning("ended while an archive was still being asked")

        @property
        def _house(self) -> House:
            house: House = self.wsgi.extensions["smart_viewer"]
            return house

    return ImpatientWorker


def _begin_nothing_more(app: Any) -> None:
    """Event streams end; what is not delivered of the audit is left to the next one."""
    app.extensions["smart_viewer"].news.close()
    courier = app.extensions["smart_viewer_courier"]
    if courier is not None:
        courier.close()


def _timeval(seconds: float) -> bytes:
    """A C `struct timeval`."""
    return struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
