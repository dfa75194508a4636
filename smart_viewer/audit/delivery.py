"""Audit events are sent on to a FHIR server, each once (launch.md R38).

The trail is the outbox: what the server does not take stays in it, and is tried again
with growing pauses, by whichever replica comes first; also after a restart.

PUT (`AuditEvent/<hash of the line>`) makes a repeated event the same resource. POST has
`If-None-Exist` with a tag of that hash: a server that knows conditional creation takes
each event once; one that does not may get an event twice whose answer was lost.
"""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, Literal
from urllib.parse import quote

from smart_viewer.audit.event import ACTION_SYSTEM
from smart_viewer.errors import SmartViewerError, UpstreamUnavailable
from smart_viewer.net.answer import Answer
from smart_viewer.net.outbound import Outbound
from smart_viewer.store.deliveries import Deliveries, DeliveryState
from smart_viewer.store.trail import TrailRow, TrailStore

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
LEASE_S = 30.0  # longer than one event may take; each that is taken prolongs it
LOOK_AGAIN_S = 5.0  # another replica's lines ring no bell here
LONGEST_PAUSE_S = 300.0
AGAIN_S = 3600.0  # for an event that was refused
REFUSED_AT_ONCE = 100
ANSWER_BYTES = 64 * 1024
UNREADABLE = 0  # the status of a line that could not be opened here
# What the server says of the event, not of us or of itself: others may go on.
_REFUSES = frozenset({400, 406, 409, 410, 413, 415, 422})
_SEVERAL_EXIST = 412  # of If-None-Exist: it is there already, more than once


@dataclass(frozen=True, slots=True)
class Repository:
    """The FHIR server that takes the events. `bearer`: empty for none."""

    base_url: str
    method: Literal["put", "post"] = "put"
    bearer: str = ""

    def send(self, outbound: Outbound, row: TrailRow, body: str) -> Answer:
        """One event. UpstreamUnavailable, RequestForbidden."""
        url = f"{self.base_url.rstrip('/')}/AuditEvent"
        event: dict[str, Any] = json.loads(body)
        headers = {
            "Accept": "application/fhir+json",
            "Content-Type": "application/fhir+json",
            "Prefer": "return=minimal",
        }
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        if self.method == "put":
            event["id"] = row.hash
            return outbound.send_json(
                "PUT",
                f"{url}/{row.hash}",
                event,
                headers=headers,
                timeout_s=TIMEOUT_S,
                max_bytes=ANSWER_BYTES,
            )
        tag = {"system": ACTION_SYSTEM, "code": row.hash}
        event["meta"] = {**event.get("meta", {}), "tag": [tag]}
        token = quote(f"{ACTION_SYSTEM}|{row.hash}", safe=":|")
        headers["If-None-Exist"] = f"_tag={token}"
        return outbound.send_json(
            "POST",
            url,
            event,
            headers=headers,
            timeout_s=TIMEOUT_S,
            max_bytes=ANSWER_BYTES,
        )


class Courier:
    """Sends what the trail has more than the server; one of each replica."""

    def __init__(
        self,
        trail: TrailStore,
        deliveries: Deliveries,
        repository: Repository,
        outbound: Outbound,
    ) -> None:
        self._trail = trail
        self._deliveries = deliveries
        self._repository = repository
        self._outbound = outbound
        self._owner = secrets.token_hex(16)
        self._bell = Event()
        self._closing = False

    def start(self) -> None:
        """Send from a thread beside the requests; the end of the process ends it."""
        Thread(target=self._run, name="audit delivery", daemon=True).start()

    def ring(self) -> None:
        """There is a new line."""
        self._bell.set()

    def close(self) -> None:
        """Send nothing more: the next one to start goes on from there."""
        self._closing = True
        self._bell.set()

    def deliver(self) -> bool:
        """Send what there is to send; whether all that was due is with the server.

        False too where another replica sends, or all are to wait. UpstreamUnavailable
        where the store does not answer.
        """
        state = self._deliveries.take(self._owner, LEASE_S)
        if state is None:
            return False
        try:
            done = self._send_new(state) and self._send_refused()
        except SmartViewerError as error:
            self._back_off(error)
            return False
        self._deliveries.let_go(self._owner)
        return done

    def _run(self) -> None:
        while not self._closing:
            self._bell.clear()
            try:
                self.deliver()
            except SmartViewerError as error:
                log.warning("audit events are not delivered: %s", error.code)
            except Exception as error:  # the thread must live; the trail keeps the rest
                log.error("audit delivery failed: %s", type(error).__name__)
            self._bell.wait(LOOK_AGAIN_S)

    def _send_new(self, state: DeliveryState) -> bool:
        for row in self._trail.lines(state.delivered):
            if self._closing or not self._pass_on(row):
                return False
        return True

    def _pass_on(self, row: TrailRow) -> bool:
        """Whether this is still ours to go on with."""
        status = self._status(row)
        if status is None:
            return self._deliveries.advance(self._owner, row.sequence, LEASE_S)
        log.error("an audit event was refused: status %s", status)
        return self._deliveries.set_aside(
            self._owner, row.sequence, status, AGAIN_S, LEASE_S
        )

    def _send_refused(self) -> bool:
        for sequence in self._deliveries.refused_due(REFUSED_AT_ONCE):
            if self._closing or not self._deliveries.hold(self._owner, LEASE_S):
                return False
            row = next(self._trail.lines(sequence - 1), None)
            status = self._status(row) if row else UNREADABLE
            if status is None:
                self._deliveries.taken_after_all(sequence)
                continue
            self._deliveries.refused_again(sequence, status, AGAIN_S)
        return True

    def _status(self, row: TrailRow) -> int | None:
        """None where the server has it; else why it will not take it."""
        if row.body is None:
            return UNREADABLE
        answer = self._repository.send(self._outbound, row, row.body)
        if answer.ok or answer.status == _SEVERAL_EXIST:
            return None
        if answer.status in _REFUSES:
            return answer.status
        raise UpstreamUnavailable(
            f"the audit repository answered with status {answer.status}", answer.status
        )

    def _back_off(self, error: SmartViewerError) -> None:
        attempts = self._deliveries.state().attempts + 1
        pause_s = min(2.0 ** (attempts - 1), LONGEST_PAUSE_S)
        log.warning("audit events wait, as %s: %s", error.code, error)
        self._deliveries.back_off(self._owner, attempts, pause_s)
