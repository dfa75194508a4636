"""A FHIR server that takes AuditEvents, and can be down, deaf or choosy. For tests.

It imports nothing of ours; fhirclient's model says whether an event is FHIR R4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from fhirclient.models.auditevent import AuditEvent
from fhirclient.models.fhirabstractbase import FHIRValidationError
from flask import Flask, Response, request

ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


@dataclass
class AuditRepository:
    """What it holds and how it behaves.

    status: what it answers instead of working. deaf: it takes an event, and its answer
    is an error all the same. refuses: words in the subtype that it answers 422 to.
    conditional: whether it heeds If-None-Exist.
    """

    status: int = 0
    deaf: bool = False
    refuses: set[str] = field(default_factory=set)
    conditional: bool = True
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def app(self) -> Flask:
        """Its HTTP side."""
        app = Flask(__name__)
        app.add_url_rule("/fhir/AuditEvent", "post", self._post, methods=["POST"])
        app.add_url_rule("/fhir/AuditEvent/<name>", "put", self._put, methods=["PUT"])
        return app

    def wait_for(self, count: int, timeout_s: float = 60.0) -> bool:
        """Until it holds so many events."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.events) >= count, timeout_s)

    def _put(self, name: str) -> Response:
        event = request.get_json()
        if event.get("id") != name or not ID.fullmatch(name):
            return self._answer(400)
        return self._take(name, event)

    def _post(self) -> Response:
        event = request.get_json()
        wanted = request.headers.get("If-None-Exist", "")
        if self.conditional and self._has(wanted):
            return self._answer(200)
        return self._take(f"made-{len(self.events)}", event)

    def _has(self, query: str) -> bool:
        system, _, code = query.removeprefix("_tag=").partition("|")
        tag = {"system": system, "code": code}
        return any(tag in one["meta"].get("tag", ()) for one in self.events.values())

    def _take(self, name: str, event: dict[str, Any]) -> Response:
        words = {coding["code"] for coding in event["subtype"]}
        if self.status:
            return self._answer(self.status)
        if words & self.refuses or not is_fhir(event):
            return self._answer(422)
        with self.changed:
            known = name in self.events
            self.events[name] = event
            self.changed.notify_all()
        return self._answer(500 if self.deaf else 200 if known else 201)

    def _answer(self, status: int) -> Response:
        self.asked.append((request.method, request.headers.get("Authorization")))
        self.answered.append(status)
        return Response(status=status)


def is_fhir(event: dict[str, Any]) -> bool:
    """Whether the model of FHIR R4 takes it."""
    try:
        AuditEvent(event, strict=True)
    except FHIRValidationError:
        return False
    return True
