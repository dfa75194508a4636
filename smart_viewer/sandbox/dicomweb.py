"""A DICOMweb service over a folder, which counts what it is asked (PS3.18 10).

Independent of the viewer: it imports nothing of it. Strict by default.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from smart_viewer.sandbox.dicomweb_faults import (
    ArchiveCall,
    ArchiveLog,
    DicomwebFaults,
    Kind,
)
from smart_viewer.sandbox.dicomweb_match import BadQuery, filters_of, matches, without
from smart_viewer.sandbox.dicomweb_media import OCTETS, Wanted, fits, multipart, wanted
from smart_viewer.sandbox.dicomweb_objects import Held, Shelf
from smart_viewer.sandbox.dicomweb_search import Level, reduced, results
from smart_viewer.sandbox.dicomweb_stow import store

__all__ = ["DicomwebConfig", "DicomwebFaults", "create_archive"]

MAX_REQUEST_BYTES = 256 * 2**20
_DICOM = "application/dicom"
_DICOM_JSON = "application/dicom+json"


@dataclass(frozen=True, slots=True)
class DicomwebConfig:
    """How the service stands.

    prefix: path under which studies/ lies. bearer: whether this access token is
    good, where tokens are asked for. basic: user and password, where they are.
    one_part: whether a frame may be had outside of multipart.
    """

    prefix: str = "/dicom-web"
    bearer: Callable[[str], bool] | None = None
    basic: tuple[str, str] | None = None
    one_part: bool = True
    faults: DicomwebFaults = field(default_factory=DicomwebFaults)


def create_archive(folder: Path, config: DicomwebConfig | None = None) -> Flask:
    """The service as a Flask app over every Part 10 file below `folder`.

    `extensions["sandbox_dicomweb_log"]` is its ArchiveLog,
    `extensions["sandbox_dicomweb_faults"]` its DicomwebFaults.
    """
    config = config or DicomwebConfig()
    app = Flask("sandbox_dicomweb", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    service = _Service(config, Shelf(folder), ArchiveLog())
    service.register(app)
    app.extensions["sandbox_dicomweb_log"] = service.log
    app.extensions["sandbox_dicomweb_faults"] = config.faults
    return app


@dataclass(slots=True)
class _Service:
    """The routes: each logs first, asks for proof, then does wrong or right."""

    config: DicomwebConfig
    shelf: Shelf
    log: ArchiveLog
    _never: threading.Event = field(default_factory=threading.Event)

    def register(self, app: Flask) -> None:
        study = "/studies/<study>"
        series = f"{study}/series/<series>"
        instance = f"{series}/instances/<sop>"
        routes: list[tuple[str, Kind, Callable[..., Response]]] = [
            ("/studies", "qido", self._search_studies),
            (f"{study}/series", "qido", self._search_series),
            (f"{study}/instances", "qido", self._search_instances),
            (f"{series}/instances", "qido", self._search_instances),
            (f"{study}/metadata", "metadata", self._metadata),
            (f"{series}/metadata", "metadata", self._metadata),
            (f"{instance}/metadata", "metadata", self._metadata),
            (f"{instance}/frames/<numbers>", "frames", self._frames),
            (f"{instance}/bulk/<path:tag>", "bulk", self._bulk),
            (study, "study", self._whole),
            (series, "study", self._whole),
            (instance, "study", self._whole),
        ]
        for path, kind, answer in routes:
            self._route(app, path, kind, answer, "GET")
        self._route(app, "/studies", "stow", self._store, "POST")
        self._route(app, study, "stow", self._store, "POST")

    def _route(
        self,
        app: Flask,
        path: str,
        kind: Kind,
        answer: Callable[..., Response],
        method: str,
    ) -> None:
        def view(**names: str) -> Response:
            self._note(kind)
            return self._unproven() or self._fault(kind) or answer(**names)

        rule = self.config.prefix + path
        app.add_url_rule(
            rule, endpoint=f"{method} {rule}", view_func=view, methods=[method]
        )

    def _note(self, kind: Kind) -> None:
        keys, accept = tuple(request.args.keys()), request.headers.get("Accept", "")
        self.log.add(
            ArchiveCall(kind, keys, accept, "Authorization" in request.headers)
        )

    def _unproven(self) -> Response | None:
        """401 without the proof that is asked for."""
        given = request.authorization
        if self.config.basic is not None:
            pair = (given.username, given.password) if given is not None else None
            if pair != self.config.basic:
                return _says(401, {"WWW-Authenticate": 'Basic realm="sandbox"'})
        if self.config.bearer is not None:
            token = given.token if given is not None and given.type == "bearer" else ""
            if not token or not self.config.bearer(token):
                return _says(401, {"WWW-Authenticate": "Bearer"})
        return None

    def _fault(self, kind: Kind) -> Response | None:
        """The wrong answer that is switched on for this request."""
        faults = self.config.faults
        replaced = (faults.slow_s, faults.status, faults.html, faults.garbage)
        if not any(replaced) or not faults.hits(kind):
            return None
        if faults.slow_s:
            self._never.wait(faults.slow_s)
        if faults.status is not None:
            again = {"Retry-After": faults.retry_after} if faults.retry_after else {}
            return _says(faults.status, again)
        if faults.html:
            return Response(
                "<!doctype html><title>Sign in</title>", mimetype="text/html"
            )
        if faults.garbage:
            return Response('[{"0020000D": {"vr": "UI", "Va', mimetype=_DICOM_JSON)
        return None

    def _search_studies(self) -> Response:
        return self._search("study", self.shelf.instances())

    def _search_series(self, study: str) -> Response:
        return self._search("series", self.shelf.instances(study))

    def _search_instances(self, study: str, series: str = "") -> Response:
        return self._search("instance", self.shelf.instances(study, series))

    def _search(self, level: Level, held: list[Held]) -> Response:
        faults = self.config.faults
        try:
            filters = filters_of(list(request.args.items(multi=True)))
            found = [
                reduced(d, level, request.args.getlist("includefield"))
                for d in results(level, held)
                if faults.filter_ignored
                or matches(d, without(filters, faults.filter_unknown))
            ]
        except BadQuery as cause:
            return Response(str(cause), 400, mimetype="text/plain")
        kept = [
            {t: v for t, v in d.items() if t not in faults.attributes_dropped}
            for d in found
        ]
        return self._page(kept)

    def _page(self, found: list[dict[str, Any]]) -> Response:
        """limit, offset, and the server's own maximum (PS3.18 8.3.4.4)."""
        faults = self.config.faults
        offset = 0 if faults.offset_ignored else request.args.get("offset", 0, int)
        rest = found[offset:]
        limit = request.args.get("limit", len(rest), int)
        page, headers = rest[:limit], {}
        most = faults.truncate_at
        if most is not None and len(page) > most:
            page = page[:most]
            headers["Warning"] = (
                "299 sandbox: The number of results exceeded the maximum supported "
                "by the server. Additional results can be requested."
            )
        return self._json(page, headers)

    def _json(
        self, found: list[dict[str, Any]], headers: dict[str, str] | None = None
    ) -> Response:
        faults = self.config.faults
        if not found and faults.no_content:
            return _says(204)
        twice = [*found, *found] if faults.duplicated else found
        body = json.dumps(twice)
        return Response(body, 200, headers, mimetype=_DICOM_JSON)

    def _metadata(self, study: str, series: str = "", sop: str = "") -> Response:
        held = self.shelf.instances(study, series, sop)
        if self.config.faults.wrong_study:
            held = [one for one in self.shelf.instances() if one.study_uid != study]
        if not held:
            return _says(404)
        return self._json([self._told(one) for one in held])

    def _told(self, held: Held) -> dict[str, Any]:
        base = (
            f"{request.url_root.rstrip('/')}{self.config.prefix}/studies/{held.study_uid}"
            f"/series/{held.series_uid}/instances/{held.sop_uid}/bulk/"
        )
        muted = {"00083002"} if self.config.faults.mute_syntax else set()
        told = _pointing(held.metadata, base)
        return {tag: value for tag, value in told.items() if tag not in muted}

    def _frames(self, study: str, series: str, sop: str, numbers: str) -> Response:
        held = self.shelf.instances(study, series, sop)
        if not held:
            return _says(404)
        frames = held[0].frames()
        asked = [int(number) for number in numbers.split(",") if number.isdecimal()]
        if not asked or len(asked) != numbers.count(",") + 1 or min(asked) < 1:
            return _says(400)
        if max(asked) > len(frames):
            return _says(404)
        if self.config.faults.wrong_frame_count:
            asked = list(range(1, len(frames) + 1))
        chosen = [frames[number - 1] for number in asked]
        return self._chosen_frames(chosen, held[0].transfer_syntax_uid)

    def _chosen_frames(self, frames: list[bytes], syntax: str) -> Response:
        for one in wanted(request.headers.get("Accept", "")):
            if fits(one, syntax) and (one.multipart or self._may_be_one(frames)):
                return self._octets(one, frames, syntax)
        return _says(406)

    def _may_be_one(self, frames: list[bytes]) -> bool:
        return self.config.one_part and len(frames) == 1

    def _octets(self, one: Wanted, frames: list[bytes], syntax: str) -> Response:
        faults = self.config.faults
        named = "" if faults.mute_syntax else f"; transfer-syntax={syntax}"
        kind, body = OCTETS + named, frames[0]
        if one.multipart:
            kind, body = multipart(frames, kind, OCTETS)
        length = len(body) + faults.length_error
        sent = body[: len(body) // 2] if faults.cut_frame else body
        must_end = faults.cut_frame or faults.length_error != 0
        response = Response(_ended(sent) if must_end else body, 200)
        response.headers["Content-Type"] = kind
        response.headers["Content-Length"] = str(length)
        return response

    def _bulk(self, study: str, series: str, sop: str, tag: str) -> Response:
        held = self.shelf.instances(study, series, sop)
        value = held[0].binary(tag) if held else None
        if value is None:
            return _says(404)
        kind, body = multipart([value], OCTETS, OCTETS)
        return Response(body, 200, content_type=kind)

    def _whole(self, study: str, series: str = "", sop: str = "") -> Response:
        held = self.shelf.instances(study, series, sop)
        if not held:
            return _says(404)
        kind, body = multipart([one.part10() for one in held], _DICOM, _DICOM)
        return Response(body, 200, content_type=kind)

    def _store(self, study: str = "") -> Response:
        faults = self.config.faults
        kind = request.headers.get("Content-Type", "")
        status, document = store(
            self.shelf, kind, request.get_data(), study, faults.stow_refused
        )
        if faults.stow_silent:
            return _says(200)
        return Response(document, status, mimetype=_DICOM_JSON)


def _pointing(dataset: dict[str, Any], base: str) -> dict[str, Any]:
    """The metadata with whole URIs, of values in sequences too."""
    told: dict[str, Any] = {}
    for tag, attribute in dataset.items():
        told[tag] = attribute
        if "BulkDataURI" in attribute:
            told[tag] = {**attribute, "BulkDataURI": base + tag}
        elif attribute.get("vr") == "SQ":
            items = [
                _pointing(item, f"{base}{tag}/{number}/")
                for number, item in enumerate(attribute.get("Value", []), start=1)
            ]
            told[tag] = {**attribute, "Value": items}
    return told


def _ended(body: bytes) -> Iterator[bytes]:
    """The body, after which the connection is cut."""
    yield body
    raise ConnectionAbortedError("the archive ends the connection")


def _says(status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(b"", status, headers)
