"""The FHIR R4 server of the sandbox: read and search, one patient per token.

Refusals are OperationOutcomes: 401 without a living token, 403 outside scopes or
compartment, 404 unknown, 400 for a search that is not offered (FHIR R4 3.1.0).
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request

from smart_viewer.sandbox.capability import IMAGING_TYPES, capability_statement, served
from smart_viewer.sandbox.charts import People
from smart_viewer.sandbox.compartment import Access, Forbidden, access
from smart_viewer.sandbox.discovery import smart_configuration
from smart_viewer.sandbox.personalities import PLAIN
from smart_viewer.sandbox.registration import EhrConfig
from smart_viewer.sandbox.resources import Resource, all_resources
from smart_viewer.sandbox.search import (
    BadSearch,
    Search,
    included,
    matches,
    parse_search,
)
from smart_viewer.sandbox.shelf import Shelf
from smart_viewer.sandbox.variants import RETRY_AFTER_S, altered, disturbed
from smart_viewer.sandbox.vault import AccessToken, Grant, Vault

FHIR_JSON = "application/fhir+json"
PAGE_LIFETIME_S = 600
ELSEWHERE = "https://another.example/.well-known/smart-configuration"
OUTCOME_TEXT = "Some resources were left out of this answer"


OMITTED: Resource = {
    "search": {"mode": "outcome"},
    "resource": {
        "resourceType": "OperationOutcome",
        "issue": [
            {"severity": "warning", "code": "suppressed", "diagnostics": OUTCOME_TEXT}
        ],
    },
}


class FhirError(Exception):
    """An answer that is no resource. code: of the value set issue-type."""

    def __init__(
        self, status: int, code: str, diagnostics: str, retry_after_s: int | None = None
    ) -> None:
        super().__init__(diagnostics)
        self.status = status
        self.code = code
        self.diagnostics = diagnostics
        self.retry_after_s = retry_after_s


class NoFhir(Exception):
    """An answer that is not even FHIR."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """What a search found and has not sent yet, for the token's grant alone."""

    grant: Grant
    base: str
    search: Search
    found: tuple[Resource, ...]
    sent: int


class FhirServer:
    """The routes under `/fhir`, and under `/imaging/fhir` for SMART Imaging Access."""

    def __init__(self, config: EhrConfig, vault: Vault) -> None:
        self._config = config
        self._vault = vault
        self._lock = threading.Lock()
        self._pages: Shelf[_Rest] = Shelf()
        self._resources = all_resources(
            config.people, config.base_url, config.dicomweb_url
        )
        self._joined = _joined(config.people)
        self._put_off: set[str] = set()

    def register(self, app: Flask) -> None:
        """Add the routes."""
        name, base = self._config.endpoint, self._config.personality.fhir_path
        one, kind = "/<resource_type>/<resource_id>", "/<resource_type>"
        well_known = f"{base}/.well-known/smart-configuration"
        app.add_url_rule(well_known, name("configuration"), self.configuration)
        app.add_url_rule(f"{base}/metadata", name("metadata"), self.metadata)
        app.add_url_rule(f"{base}{kind}", name("search"), self.search)
        app.add_url_rule(
            f"{base}{kind}/_search",
            name("search_by_post"),
            self.search,
            methods=["POST"],
        )
        app.add_url_rule(f"{base}{one}", name("read"), self.read)
        if self._config.personality is PLAIN:
            app.add_url_rule(f"/imaging/fhir{kind}", "imaging_search", self.search)
            app.add_url_rule(f"/imaging/fhir{one}", "imaging_read", self.read)
        app.register_error_handler(NoFhir, _page_instead)
        app.register_error_handler(FhirError, _outcome)
        app.register_error_handler(Forbidden, _forbidden)
        app.register_error_handler(BadSearch, _bad_search)

    def configuration(self) -> Response:
        """SMART discovery; JSON whatever is accepted."""
        match self._config.faults.discovery:
            case "absent":
                raise FhirError(404, "not-found", "no such document here")
            case "elsewhere":
                return Response(status=302, headers={"Location": ELSEWHERE})
        body = json.dumps(smart_configuration(self._config))
        return Response(body, content_type="application/json")

    def metadata(self) -> Response:
        """The CapabilityStatement; needs no token."""
        return _fhir(capability_statement(self._config))

    def read(self, resource_type: str, resource_id: str) -> Response:
        """One resource. FhirError, Forbidden."""
        token = self._token()
        allowed = self._access(token, resource_type, "r")
        resource = self._by_reference().get(f"{resource_type}/{resource_id}")
        if resource is None:
            raise FhirError(404, "not-found", f"no such {resource_type}")
        if not allowed.sees(resource):
            raise Forbidden("the resource is outside what the token opens")
        return _fhir(resource)

    def search(self, resource_type: str) -> Response:
        """A searchset of what matches and the token opens. FhirError, Forbidden."""
        token = self._token()
        allowed = self._access(token, resource_type, "s")
        if "_page" in request.args:
            return self._page(token, self._rest(token, request.args["_page"]))
        parameters = [
            (name, value)
            for name, value in (
                *request.args.items(multi=True),
                *request.form.items(multi=True),
            )
            if (name, value) != self._config.personality.query
        ]
        base = self._base()
        search = parse_search(resource_type, parameters, base)
        if "paged" in self._config.faults.upstream:
            search = replace(search, count=1)
        allowed.check_search(search)
        found = tuple(
            resource
            for resource in self._by_reference().values()
            if resource["resourceType"] == resource_type
            and matches(resource, search.criteria)
            and allowed.sees(resource)
        )
        return self._page(token, _Rest(token.grant, base, search, found, 0))

    def _by_reference(self) -> dict[str, Resource]:
        """`Type/id` -> resource, in the state that the switches say."""
        resources = altered(self._resources, self._config.faults)
        return {f"{r['resourceType']}/{r['id']}": r for r in resources}

    def _base(self) -> str:
        """The FHIR base that this request came to."""
        imaging = request.path.startswith("/imaging/")
        return self._config.imaging_base if imaging else self._config.fhir_base

    def _access(self, token: AccessToken, resource_type: str, letter: str) -> Access:
        """What the token opens of a type that is served. FhirError, Forbidden."""
        faults = self._config.faults
        at_fhir_base = self._base() == self._config.fhir_base
        types = served(self._config) if at_fhir_base else IMAGING_TYPES
        off = not at_fhir_base and faults.imaging_access != "associated"
        self._demand_query()
        if resource_type not in types or off:
            raise FhirError(404, "not-supported", "this resource type is not served")
        if resource_type in faults.upstream_types:
            self._disturb()
        if resource_type == "ImagingStudy":
            self._forbid_imaging()
        merged = {} if "merged_forbidden" in faults.upstream else self._joined
        return access(token, resource_type, letter, merged)

    def _demand_query(self) -> None:
        """The parameter that every request of this personality carries. FhirError."""
        wanted = self._config.personality.query
        if wanted is not None and request.args.getlist(wanted[0]) != [wanted[1]]:
            raise FhirError(
                403, "forbidden", "cannot tell the practice of this request"
            )

    def _forbid_imaging(self) -> None:
        if "imaging_study_forbidden" in self._config.faults.upstream:
            raise Forbidden("this app may not see ImagingStudy")

    def _disturb(self) -> None:
        """Answer with an error instead, as the switches say. FhirError, NoFhir."""
        variants = self._config.faults.upstream
        if "unauthorized" in variants:
            raise FhirError(401, "login", "the token is not good enough any more")
        if "broken" in variants:
            raise FhirError(500, "exception", "something went wrong")
        if "busy" in variants:
            raise FhirError(429, "throttled", "too many requests", RETRY_AFTER_S)
        if "html" in variants:
            raise NoFhir
        if "slow" in variants:
            self._put_off_once()

    def _put_off_once(self) -> None:
        """503 the first time that a URL is asked for. FhirError."""
        with self._lock:
            known = request.full_path in self._put_off
            self._put_off ^= {request.full_path}
        if not known:
            raise FhirError(503, "transient", "ask again shortly", RETRY_AFTER_S)

    def _token(self) -> AccessToken:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise FhirError(401, "login", "a bearer token is needed")
        token = self._vault.find_access(value)
        if token is None:
            raise FhirError(401, "login", "the token is unknown, expired or revoked")
        return token

    def _rest(self, token: AccessToken, key: str) -> _Rest:
        with self._lock:
            rest = self._pages.find(key, self._config.clock())
        if rest is None or rest.grant is not token.grant:
            raise FhirError(404, "not-found", "this page is unknown or has expired")
        return rest

    def _page(self, token: AccessToken, rest: _Rest) -> Response:
        """One page of results, with a link to the next where there is one."""
        end = rest.sent + rest.search.count
        shown = rest.found[rest.sent : end]
        links = [{"relation": "self", "url": _self_url(rest)}]
        if shown and end < len(rest.found):
            links.append({"relation": "next", "url": self._next_url(rest, end)})
        entries = [self._entry(resource, "match", rest.base) for resource in shown]
        entries += self._included(token, rest, shown)
        entries += [OMITTED] if self._config.personality.outcomes else []
        bundle: dict[str, Any] = {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(rest.found),
            "link": links,
        }
        bundle |= {"entry": entries} if entries else {}
        if rest.search.resource_type == "ImagingStudy":
            url = f"{self._config.base_url}{request.full_path}"
            bundle = disturbed(bundle, url, self._config.faults)
        return _fhir(bundle)

    def _included(
        self, token: AccessToken, rest: _Rest, shown: tuple[Resource, ...]
    ) -> list[Resource]:
        """What `_include` brings along, each once, as far as the token may read it."""
        by_reference = self._by_reference()
        references = dict.fromkeys(
            reference
            for r in shown
            for reference in included(r, rest.search.includes)
            if not reference.startswith("#")
        )
        return [
            self._entry(by_reference[reference], "include", rest.base)
            for reference in references
            if self._may_read(token, by_reference[reference])
        ]

    def _may_read(self, token: AccessToken, resource: Resource) -> bool:
        try:
            allowed = access(token, resource["resourceType"], "r", self._joined)
        except Forbidden:
            return False
        return allowed.sees(resource)

    def _entry(self, resource: Resource, mode: str, base: str) -> Resource:
        path = f"{resource['resourceType']}/{resource['id']}"
        return {
            "fullUrl": f"{base}/{path}",
            "resource": resource,
            "search": {"mode": mode},
        }

    def _next_url(self, rest: _Rest, sent: int) -> str:
        now = self._config.clock()
        following = replace(rest, sent=sent)
        with self._lock:
            key = self._pages.add(following, now + PAGE_LIFETIME_S, now)
        return f"{rest.base}/{rest.search.resource_type}?_page={key}"


def _joined(people: People) -> dict[str, frozenset[str]]:
    """Patient id -> ids of the records that were joined with it, both ways."""
    found: dict[str, frozenset[str]] = {}
    for person in people.patients:
        if person.replaced_by:
            pair = frozenset({person.id, person.replaced_by})
            for one in pair:
                found[one] = found.get(one, frozenset()) | pair
    return found


def _self_url(rest: _Rest) -> str:
    search = rest.search
    pairs = [(name, ",".join(values)) for name, values in search.criteria]
    pairs += [("_include", include) for include in search.includes]
    query = urlencode([*pairs, ("_count", str(search.count))])
    return f"{rest.base}/{search.resource_type}?{query}"


def _fhir(body: Resource, status: int = 200) -> Response:
    answer = Response(json.dumps(body), status, content_type=FHIR_JSON)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def operation_outcome(status: int, code: str, diagnostics: str) -> Response:
    """An OperationOutcome with one issue."""
    issue = {"severity": "error", "code": code, "diagnostics": diagnostics}
    return _fhir({"resourceType": "OperationOutcome", "issue": [issue]}, status)


def _outcome(error: FhirError) -> Response:
    answer = operation_outcome(error.status, error.code, error.diagnostics)
    if error.retry_after_s is not None:
        answer.headers["Retry-After"] = str(error.retry_after_s)
    if error.status == 401:  # RFC 6750 3
        given = "Authorization" in request.headers
        challenge = 'Bearer realm="sandbox"'
        challenge += ', error="invalid_token"' if given else ""
        answer.headers["WWW-Authenticate"] = challenge
    return answer


def _page_instead(_: NoFhir) -> Response:
    page = "<!doctype html><title>Sign in</title><p>Please sign in.</p>"
    return Response(page, content_type="text/html; charset=utf-8")


def _forbidden(error: Forbidden) -> Response:
    answer = operation_outcome(403, "forbidden", str(error))
    answer.headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    return answer


def _bad_search(error: BadSearch) -> Response:
    return operation_outcome(400, "not-supported", str(error))
