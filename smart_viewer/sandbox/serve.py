"""A threaded HTTP/1.1 server for loopback: bound first, then given its app.

An app that must know its own URL is made between `listen()` and `start_server()`,
so that no port is ever guessed. Werkzeug's own handler closes every connection;
this one keeps them, as a browser and a connection pool expect.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, cast

from werkzeug.exceptions import ClientDisconnected
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wsgi import LimitedStream

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOOPBACK = "127.0.0.1"
IDLE_S = 60.0
POLL_S = 0.05
STOP_S = 5.0
BACKLOG = 128
MAX_DRAIN_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Listener:
    """A bound socket and the URL that it will answer, without a trailing slash."""

    url: str
    socket: socket.socket


def listen(host: str = "localhost", port: int = 0) -> Listener:
    """Bind; port 0 takes a free one. OSError where the port is taken.

    `localhost` binds the IPv4 loopback address only.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((LOOPBACK if host == "localhost" else host, port))
        bound.listen(BACKLOG)
    except OSError:
        bound.close()
        raise
    return Listener(f"http://{host}:{bound.getsockname()[1]}", bound)


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server on its own thread."""

    url: str
    _server: _Server = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def stop(self) -> None:
        """Stop listening, end the open connections, and wait for all threads."""
        self._server.shutdown()
        self._thread.join(STOP_S)
        self._server.end_connections()

    def __enter__(self) -> RunningServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_server(
    app: WSGIApplication,
    host: str = "localhost",
    port: int = 0,
    *,
    listener: Listener | None = None,
) -> RunningServer:
    """Serve `app` in the background; it answers when this returns.

    listener: from `listen()`, where the app had to know its URL before.
    """
    bound = listener or listen(host, port)
    server = _Server(bound, app)
    thread = threading.Thread(
        target=server.serve_forever, args=(POLL_S,), name=f"serve {bound.url}"
    )
    thread.daemon = True
    thread.start()
    return RunningServer(bound.url, server, thread)


class _Handler(WSGIRequestHandler):
    """One connection, many requests; silent."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_S

    def run_wsgi(self) -> None:
        """Answer one request and leave the connection ready for the next."""
        self.environ = environ = self.make_environ()
        try:
            body = _request_body(self)
        except ValueError:
            self.send_error(HTTPStatus.BAD_REQUEST)  # which ends the connection
            return
        environ["wsgi.input"] = body or environ["wsgi.input"]
        _Answer(self).send(self.server.app, environ)
        if body is None:  # a chunked body: its end is not known here
            self.close_connection = True
        elif body.tell() < body.limit:
            self._drain(body)

    def _drain(self, body: LimitedStream) -> None:
        if body.limit - body.tell() > MAX_DRAIN_BYTES:
            self.close_connection = True
            return
        try:
            body.exhaust()
        except ClientDisconnected:
            self.close_connection = True

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: addresses may hold what belongs in no log."""


def _request_body(handler: _Handler) -> LimitedStream | None:
    """The body as far as its stated length; None if chunked. ValueError."""
    if "chunked" in handler.headers.get("Transfer-Encoding", "").lower():
        return None
    length = handler.headers.get("Content-Length", "0")
    if not length.isdecimal():
        raise ValueError("Content-Length is no number")
    return LimitedStream(cast(IO[bytes], handler.rfile), int(length))


class _Answer:
    """One WSGI answer on its way out, chunked where it has no length."""

    def __init__(self, handler: _Handler) -> None:
        self._handler = handler
        self._head: tuple[str, list[tuple[str, str]]] | None = None
        self._sent = False
        self._chunked = False
        self._bodiless = False

    def send(self, app: WSGIApplication, environ: dict[str, Any]) -> None:
        """Run the app and write what it yields."""
        parts: Iterable[bytes] = app(environ, self._start)
        try:
            for part in parts:
                self._write(part)
            self._write(b"")
            if self._chunked:
                self._handler.wfile.write(b"0\r\n\r\n")
        except BaseException:
            self._handler.close_connection = True
            raise
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Any:
        self._head = (status, headers)
        return self._write

    def _write(self, data: bytes) -> None:
        if not self._sent:
            self._send_head()
        if not data or self._bodiless:
            return
        if self._chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        self._handler.wfile.write(data)

    def _send_head(self) -> None:
        if self._head is None:
            raise AssertionError("the app wrote before start_response")
        status, headers = self._head
        code, _, reason = status.partition(" ")
        self._handler.send_response(int(code), reason)
        for name, value in headers:
            self._handler.send_header(name, value)
        has_length = any(name.lower() == "content-length" for name, _ in headers)
        head_only = self._handler.command == "HEAD"
        self._bodiless = head_only or int(code) in {204, 304}  # RFC 9110 6.4.1
        self._chunked = not has_length and not self._bodiless
        if self._chunked:
            self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()
        self._sent = True


class _Server(ThreadedWSGIServer):
    """Knows its open connections, so that `stop` leaves neither thread nor socket."""

    daemon_threads = True

    def __init__(self, bound: Listener, app: WSGIApplication) -> None:
        address, port = bound.socket.getsockname()
        super().__init__(address, port, app, _Handler, fd=bound.socket.fileno())
        bound.socket.close()  # the server has a duplicate of its own
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection on a thread of its own."""
        thread = threading.Thread(
            target=self._serve_connection, args=(request, client_address), daemon=True
        )
        with self._lock:
            self._open[request] = thread
        thread.start()

    def _serve_connection(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._open.pop(request, None)

    def end_connections(self) -> None:
        """Close what is still open and wait for its threads."""
        with self._lock:
            still_open = dict(self._open)
        for connection, thread in still_open.items():
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # it was just closed by the other side
                pass
            thread.join(STOP_S)
