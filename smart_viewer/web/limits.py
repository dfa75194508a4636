"""Limits of what comes in: how often (by address, by reading) and how much (R35).

Launches, callbacks and refusals are counted in the store for all replicas, by
address. Frames and pictures are counted by reading, once possession is proven; for
them a replica takes a block from the store and then counts by itself.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from threading import Lock

from flask import Flask, request
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

from smart_viewer.errors import TooManyRequests, UpstreamUnavailable
from smart_viewer.operation import Operation
from smart_viewer.reading.house import House

log = logging.getLogger(__name__)
BODY_BYTES = 65_536  # no route takes more; nginx is told the same
BLOCK = 50  # so many are taken from the store at once, where they are many
BLOCKS_KEPT = 4096
AUDITED_EVERY_S = 60.0
OF_ENDPOINT = {"launch.launch": "launches", "launch.callback": "callbacks"}
AGAIN = "This is more than the viewer answers in so short a time."


class Limits:
    """Who has had enough for now; safe for several threads."""

    def __init__(self, house: House, limited: Callable[[str], None]) -> None:
        """limited: told the limit's name each time that one is met."""
        self._house = house
        self._limited = limited
        self._blocks: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._lock = Lock()

    def count(self, name: str, who: str) -> None:
        """One more of that name. TooManyRequests, UpstreamUnavailable."""
        self._take(name, who, 1)

    def count_in_blocks(self, name: str, who: str) -> None:
        """The same, with one look into the store for many. TooManyRequests.

        Where the store takes no note, they go on uncounted: whoever is counted here
        has proven that the reading is theirs, and a database that is locked or full
        must not stop it.
        """
        if self._from_block(name, who):
            return
        block = min(BLOCK, self._operation.rate(name).count)
        try:
            self._take(name, who, block)
        except UpstreamUnavailable:
            log.warning("%s are not counted: the store takes no note", name)
        with self._lock:
            left = self._blocks.pop((name, who), 0)  # the newest stands last
            self._blocks[name, who] = left + block - 1
            while len(self._blocks) > BLOCKS_KEPT:
                self._blocks.popitem(last=False)

    def may_be_audited(self, name: str, who: str) -> bool:
        """Whether this refusal is the first in a while: a flood fills no trail."""
        key = f"audited {name} {who}"
        return not self._house.store.rates.spend(key, 1, AUDITED_EVERY_S)

    @property
    def _operation(self) -> Operation:
        return self._house.settings.operation

    def _from_block(self, name: str, who: str) -> bool:
        with self._lock:
            left = self._blocks.get((name, who), 0)
            if left > 0:
                self._blocks[name, who] = left - 1
            return left > 0

    def _take(self, name: str, who: str, cost: int) -> None:
        rate = self._operation.rate(name)
        key = f"{name} {who}"
        wait_s = self._house.store.rates.spend(key, rate.count, rate.seconds, cost)
        if not wait_s:
            return
        self._limited(name)
        log.warning("the limit of %s is reached", name)
        raise TooManyRequests(AGAIN, wait_s)


def install(app: Flask, house: House, limits: Limits) -> None:
    """Before anything else of a request: its size, and how many there were."""

    def check() -> None:
        _check_size()
        name = OF_ENDPOINT.get(request.endpoint or "")
        if name is None:
            return
        who = client_address(house.settings.operation)
        try:
            limits.count(name, who)
        except TooManyRequests as error:
            if limits.may_be_audited(name, who):
                house.report("refuse", "refused", reason=error.code)
            raise

    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.before_request(check)


def client_address(operation: Operation) -> str:
    """Whom a limit counts: the peer, or whom a trusted proxy says that it serves.

    X-Forwarded-For is read from its end, as far as the proxies are trusted, so that
    a client cannot choose; of an IPv6 address its network counts.
    """
    address = request.remote_addr or ""
    said = request.headers.get("X-Forwarded-For", "").split(",")
    while said and _is_proxy(address, operation):
        forwarded = said.pop().strip()
        if not _is_address(forwarded):
            break
        address = forwarded
    return _network(address)


def _check_size() -> None:
    length = request.content_length
    if length is not None and length > BODY_BYTES:
        raise RequestEntityTooLarge
    if length is None and "Transfer-Encoding" in request.headers:
        raise LengthRequired


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_proxy(address: str, operation: Operation) -> bool:
    if not _is_address(address):
        return False
    ip = ip_address(address)
    return any(ip in network for network in operation.trusted_proxies)


def _network(address: str) -> str:
    """The address, or the /64 of an IPv6 one: that is what one site has."""
    if not _is_address(address):
        return "unknown"
    ip = ip_address(address)
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped) if ip.ipv4_mapped else ip.exploded[:19]
