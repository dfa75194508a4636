"""urllib3 connections that check the resolved address and connect to that very one.

Between check and connect no name is resolved again, so DNS rebinding cannot swap
the address. TLS still verifies the certificate against the name.
"""

from __future__ import annotations

import socket

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
)

from smart_viewer.net.deadline import attach_socket
from smart_viewer.net.policy import HostPolicy, Origin

_Target = tuple[socket.AddressFamily, tuple[object, ...]]


def guarded_pools(policy: HostPolicy) -> dict[str, type[HTTPConnectionPool]]:
    """Connection pools for http and https that obey `policy` when they connect."""

    class GuardedHTTP(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(policy, "http", self)

        def putrequest(
            self,
            method: str,
            url: str,
            skip_host: bool = False,
            skip_accept_encoding: bool = False,
        ) -> None:
            attach_socket(self.sock)  # of a kept connection
            super().putrequest(method, url, skip_host, skip_accept_encoding)

    class GuardedHTTPS(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(policy, "https", self)

        def putrequest(
            self,
            method: str,
            url: str,
            skip_host: bool = False,
            skip_accept_encoding: bool = False,
        ) -> None:
            attach_socket(self.sock)  # urllib3 finishes TLS before the request
            super().putrequest(method, url, skip_host, skip_accept_encoding)

    class HTTPPool(HTTPConnectionPool):
        ConnectionCls = GuardedHTTP

    class HTTPSPool(HTTPSConnectionPool):
        ConnectionCls = GuardedHTTPS

    return {"http": HTTPPool, "https": HTTPSPool}


def _connect(
    policy: HostPolicy, scheme: str, made_for: HTTPConnection
) -> socket.socket:
    host, port = made_for.host.strip("[]").lower(), int(made_for.port or 0)
    origin = Origin(scheme, host, port)
    policy.check_origin(origin)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as cause:
        raise NameResolutionError(
            host, made_for, socket.gaierror(str(cause))
        ) from cause
    for entry in found:  # all of them: one inner address condemns the name
        policy.check_address(origin, str(entry[4][0]))
    sock = _first_open([(entry[0], entry[4]) for entry in found], made_for)
    attach_socket(sock)
    return sock


def _first_open(targets: list[_Target], made_for: HTTPConnection) -> socket.socket:
    """A socket to the first of the checked addresses that answers."""
    failure: OSError = OSError("the name has no address")
    for family, address in targets:
        try:
            return _open(family, address, made_for)
        except OSError as cause:
            failure = cause
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(made_for, "connect timed out") from failure
    raise NewConnectionError(made_for, type(failure).__name__) from failure


def _open(
    family: socket.AddressFamily, address: tuple[object, ...], made_for: HTTPConnection
) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        for option in made_for.socket_options or ():
            sock.setsockopt(*option)
        if isinstance(made_for.timeout, int | float):
            sock.settimeout(made_for.timeout)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock
