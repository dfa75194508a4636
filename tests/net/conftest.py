"""A raw TCP server that answers whatever a test wants, and counts connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, Origin

Script = Callable[[socket.socket, str], None]


class RawServer:
    """One thread per connection; `script` gets the socket and the request's head."""

    def __init__(self) -> None:
        self.script: Script = lambda sock, head: None
        self.heads: list[str] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def outbound(self, **kwargs: object) -> Outbound:
        origin = Origin("http", "localhost", self.port)
        policy = HostPolicy(frozenset({origin}), loopback_allowed=True)
        return Outbound(policy, **kwargs)  # type: ignore[arg-type]  # test doubles

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with sock:
            try:
                while head := _head(sock):
                    self.heads.append(head)
                    self.script(sock, head)
            except OSError:
                return  # the client went away

    def close(self) -> None:
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(5)


def _head(sock: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        part = sock.recv(4096)
        if not part:
            return ""
        data += part
    return data.decode("latin-1")


def reply(
    body: bytes = b"{}", status: str = "200 OK", headers: dict[str, str] | None = None
) -> Script:
    """A script that sends one whole answer."""
    lines = {"Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())

    def script(sock: socket.socket, _: str) -> None:
        sock.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    return script


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.close()


@pytest.fixture
def say() -> Callable[..., Script]:
    """Makes a script that sends one whole answer."""
    return reply
