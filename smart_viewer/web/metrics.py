"""What Prometheus is told: counts and durations by route template and by archive.

Nothing of a patient, of a reading or of a user is a label. Each app has a registry of
its own. The page is served on a port of its own (`serve_metrics`), never beside the
readings.
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    make_wsgi_app,
)

from smart_viewer import __version__

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
OF_THE_EHR = "of_the_ehr"  # archives that a launch named: their ids are its own
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CLIENT_S = 5.0


class Metrics:
    """The numbers of one replica; safe for several threads."""

    def __init__(self, replica: str, archives: Collection[str]) -> None:
        self.registry = CollectorRegistry()
        self._archives = frozenset(archives)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        about = Gauge(
            "smart_viewer_build",
            "Version and replica; always 1.",
            ("version", "replica"),
            registry=self.registry,
        )
        about.labels(__version__, replica).set(1)
        self._requests = Counter(
            "smart_viewer_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "smart_viewer_request_seconds",
            "From the request to the last byte of its answer.",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._archive_seconds = Histogram(
            "smart_viewer_archive_seconds",
            "What an archive was asked, until it was answered.",
            ("archive", "errand", "outcome"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._limited = Counter(
            "smart_viewer_limited",
            "Requests refused because a limit was reached.",
            ("limit",),
            registry=self.registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request is over. route: the rule, with its placeholders."""
        known = method if method in METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def archive(
        self, archive_id: str, errand: str, outcome: str, seconds: float
    ) -> None:
        """An archive was asked: `search` or `frame`; it `answered` or `failed`."""
        name = archive_id if archive_id in self._archives else OF_THE_EHR
        self._archive_seconds.labels(name, errand, outcome).observe(seconds)

    def limited(self, limit: str) -> None:
        """A limit of that name was reached."""
        self._limited.labels(limit).inc()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = CLIENT_S

    def log_message(self, format: str, *args: object) -> None:
        """Scrapes are not logged."""


def serve_metrics(metrics: Metrics, bind: str) -> None:
    """Serve them at `host:port`, or at the socket `fd://N`, on threads of their own.

    OSError where the port is taken.
    """
    server = _Server(("", 0), _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = _socket(bind)
    host, server.server_port = server.socket.getsockname()[:2]
    server.server_name = str(host)
    server.setup_environ()
    server.set_app(make_wsgi_app(metrics.registry))
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def _socket(bind: str) -> socket.socket:
    if bind.startswith("fd://"):
        return socket.socket(fileno=int(bind.removeprefix("fd://")))
    host, _, port = bind.rpartition(":")
    return socket.create_server((host.strip("[]"), int(port)))
