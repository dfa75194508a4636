"""Where we may connect to: origins by name, addresses after resolution (R1, R18).

The name is checked before a socket exists, the address in the connect step: a
listed name that resolves to an inner address is refused all the same.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from smart_viewer.errors import RequestForbidden

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
DEFAULT_PORTS = {"http": 80, "https": 443}
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host (lower case, no brackets) and port of a URL (RFC 6454)."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """The host is spelled as this machine itself."""
        return self.host in LOOPBACK_HOSTS


def origin_of(url: str) -> Origin:
    """The origin of an absolute http(s) URL. RequestForbidden for anything else.

    Credentials, backslashes, blanks and control characters are refused: readers
    of URLs disagree about them, and the guard must not be one of two opinions.
    """
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise RequestForbidden("a URL holds a blank, a backslash or a control sign")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise RequestForbidden("a URL has a host or port that cannot be read") from None
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise RequestForbidden("only absolute http and https URLs are requested")
    if "@" in parts.netloc:
        raise RequestForbidden(f"a URL for {host} holds credentials")
    default = DEFAULT_PORTS[parts.scheme]
    return Origin(parts.scheme, host.lower(), default if port is None else port)


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """The origins that may be asked, and which of them may be on an inner network.

    loopback_allowed: listed origins on localhost may be asked (development).
    private_origins: listed origins that may resolve to a private address (a
    hospital's own network); link-local and the like stay refused.
    local_origins: listed origins on localhost that may be asked in production too
    (an archive on the viewer's own machine).
    """

    allowed: frozenset[Origin]
    loopback_allowed: bool = False
    private_origins: frozenset[Origin] = frozenset()
    local_origins: frozenset[Origin] = frozenset()

    def check_url(self, url: str) -> Origin:
        """The origin of `url` where it may be asked, else RequestForbidden."""
        origin = origin_of(url)
        self.check_origin(origin)
        return origin

    def check_origin(self, origin: Origin) -> None:
        """RequestForbidden unless listed, and https outside loopback."""
        if origin not in self.allowed:
            raise RequestForbidden(f"{origin} is not among the configured origins")
        if origin.is_loopback and not self._may_be_local(origin):
            raise RequestForbidden(f"{origin}: loopback is not allowed here")
        if origin.scheme != "https" and not origin.is_loopback:
            raise RequestForbidden(f"{origin}: http is allowed on loopback only")

    def check_address(self, origin: Origin, address: str) -> None:
        """RequestForbidden where a resolved address is not for this origin."""
        ip = _unmapped(ipaddress.ip_address(address.partition("%")[0]))
        if not self._fits(origin, ip):
            raise RequestForbidden(f"{origin} resolves to an address that is refused")

    def _may_be_local(self, origin: Origin) -> bool:
        return self.loopback_allowed or origin in self.local_origins

    def _fits(self, origin: Origin, ip: _Address) -> bool:
        if ip.is_loopback or origin.is_loopback:
            return ip.is_loopback and origin.is_loopback and self._may_be_local(origin)
        if ip.is_link_local or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
            return False
        if _is_tunnel(ip):
            return False
        return ip.is_global or (ip.is_private and origin in self.private_origins)


def _unmapped(ip: _Address) -> _Address:
    """An IPv4 address written as IPv6 (::ffff:a.b.c.d) is judged as IPv4."""
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return ip if mapped is None else mapped


def _is_tunnel(ip: _Address) -> bool:
    """6to4 and Teredo carry an IPv4 address of their own inside."""
    if isinstance(ip, ipaddress.IPv4Address):
        return False
    return ip.sixtofour is not None or ip.teredo is not None
