"""A limit on a whole exchange, which socket time-outs alone do not give.

A read time-out is per read: a server that sends one byte a second never trips
it. Here a timer shuts the socket down when the time for the exchange is over.
"""

from __future__ import annotations

import socket
import threading
from contextvars import ContextVar
from types import TracebackType


class Deadline:
    """Context of one exchange; `expired` says whether the timer had to end it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.expired = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._token = _current.set(self)
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _current.reset(self._token)
        self._timer.cancel()
        with self._lock:
            self._socket = None

    def attach(self, sock: socket.socket) -> None:
        """From now on it is `sock` that is shut down when time is over."""
        with self._lock:
            self._socket = sock
            if self.expired:
                _shut_down(sock)

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            if self._socket is not None:
                _shut_down(self._socket)


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def attach_socket(sock: socket.socket | None) -> None:
    """Put `sock` under the deadline of the running exchange, if there is one."""
    deadline = _current.get()
    if deadline is not None and sock is not None:
        deadline.attach(sock)


def _shut_down(sock: socket.socket) -> None:
    try:
        # the plain method: that of SSLSocket would forget its TLS state first
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # it was closed already, which is what we want
