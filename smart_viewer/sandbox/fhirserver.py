"""The FHIR R4 server of the sandbox: read and search, one patient per token.

Refusals are OperationOutcomes: 401 without a living token, 403 outside scopes or
compartment, 404 unknown, 400 for a search that is not offered (FHIR R4 3.1.0).
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request

from smart_viewer.sandbox.capability import capability_statement
from smart_viewer.sandbox.compartment import Forbidden, access
from smart_viewer.sandbox.discovery import smart_configuration
from smart_viewer.sandbox.registration import EhrConfig
from smart_viewer.sandbox.resources import Resource, all_resources
from smart_viewer.sandbox.search import (
    PARAMETERS,
    BadSearch,
    Search,
    included,
    matches,
    parse_search,
)
from smart_viewer.sandbox.shelf import Shelf
from smart_viewer.sandbox.vault import AccessToken, Grant, Vault

FHIR_JSON = "application/fhir+json"
PAGE_LIFETIME_S = 600


class FhirError(Exception):
    """An answer that is no resource. code: of the value set issue-type."""

    def __init__(self, status: int, code: str, diagnostics: str) -> None:
        super().__init__(diagnostics)
        self.status = status
        self.code = code
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class _Rest:
    """What a search found and has not sent yet, for the token's grant alone."""

    grant: Grant
    search: Search
    found: tuple[Resource, ...]
    sent: int


class FhirServer:
    """The routes under `/fhir`."""

    def __init__(self, config: EhrConfig, vault: Vault) -> None:
        self._config = config
        self._vault = vault
        self._lock = threading.Lock()
        self._pages: Shelf[_Rest] = Shelf()
        resources = all_resources(config.people, config.base_url, config.dicomweb_url)
        self._by_reference = {f"{r['resourceType']}/{r['id']}": r for r in resources}

    def register(self, app: Flask) -> None:
        """Add the routes."""
        app.add_url_rule(
            "/fhir/.well-known/smart-configuration", view_func=self.configuration
        )
        app.add_url_rule("/fhir/metadata", view_func=self.metadata)
        app.add_url_rule("/fhir/<resource_type>", view_func=self.search)
        app.add_url_rule(
            "/fhir/<resource_type>/_search",
            view_func=self.search,
            methods=["POST"],
            endpoint="search_by_post",
        )
        app.add_url_rule("/fhir/<resource_type>/<resource_id>", view_func=self.read)
        app.register_error_handler(FhirError, _outcome)
        app.register_error_handler(Forbidden, _forbidden)
        app.register_error_handler(BadSearch, _bad_search)

    def configuration(self) -> Response:
        """SMART discovery; JSON whatever is accepted."""
        body = json.dumps(smart_configuration(self._config))
        return Response(body, content_type="application/json")

    def metadata(self) -> Response:
        """The CapabilityStatement; needs no token."""
        return _fhir(capability_statement(self._config))

    def read(self, resource_type: str, resource_id: str) -> Response:
        """One resource. FhirError, Forbidden."""
        token = self._token()
        _check_type(resource_type)
        allowed = access(token, resource_type, "r")
        resource = self._by_reference.get(f"{resource_type}/{resource_id}")
        if resource is None:
            raise FhirError(404, "not-found", f"no such {resource_type}")
        if not allowed.sees(resource):
            raise Forbidden("the resource is outside what the token opens")
        return _fhir(resource)

    def search(self, resource_type: str) -> Response:
        """A searchset of what matches and the token opens. FhirError, Forbidden."""
        token = self._token()
        _check_type(resource_type)
        allowed = access(token, resource_type, "s")
        if "_page" in request.args:
            return self._page(token, self._rest(token, request.args["_page"]))
        parameters = [*request.args.items(multi=True), *request.form.items(multi=True)]
        search = parse_search(resource_type, parameters, self._config.fhir_base)
        allowed.check_search(search)
        found = tuple(
            resource
            for resource in self._by_reference.values()
            if resource["resourceType"] == resource_type
            and matches(resource, search.criteria)
            and allowed.sees(resource)
        )
        return self._page(token, _Rest(token.grant, search, found, 0))

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
        links = [{"relation": "self", "url": self._self_url(rest.search)}]
        if shown and end < len(rest.found):
            links.append({"relation": "next", "url": self._next_url(rest, end)})
        entries = [self._entry(resource, "match") for resource in shown]
        entries += self._included(token, rest.search, shown)
        bundle: dict[str, Any] = {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(rest.found),
            "link": links,
        }
        return _fhir(bundle | ({"entry": entries} if entries else {}))

    def _included(
        self, token: AccessToken, search: Search, shown: tuple[Resource, ...]
    ) -> list[Resource]:
        """What `_include` brings along, each once, as far as the token may read it."""
        references = dict.fromkeys(
            reference for r in shown for reference in included(r, search.includes)
        )
        return [
            self._entry(self._by_reference[reference], "include")
            for reference in references
            if _may_read(token, self._by_reference[reference])
        ]

    def _entry(self, resource: Resource, mode: str) -> Resource:
        path = f"{resource['resourceType']}/{resource['id']}"
        return {
            "fullUrl": f"{self._config.fhir_base}/{path}",
            "resource": resource,
            "search": {"mode": mode},
        }

    def _self_url(self, search: Search) -> str:
        pairs = [(name, ",".join(values)) for name, values in search.criteria]
        pairs += [("_include", include) for include in search.includes]
        query = urlencode([*pairs, ("_count", str(search.count))])
        return f"{self._config.fhir_base}/{search.resource_type}?{query}"

    def _next_url(self, rest: _Rest, sent: int) -> str:
        now = self._config.clock()
        following = _Rest(rest.grant, rest.search, rest.found, sent)
        with self._lock:
            key = self._pages.add(following, now + PAGE_LIFETIME_S, now)
        return f"{self._config.fhir_base}/{rest.search.resource_type}?_page={key}"


def _may_read(token: AccessToken, resource: Resource) -> bool:
    try:
        return access(token, resource["resourceType"], "r").sees(resource)
    except Forbidden:
        return False


def _check_type(resource_type: str) -> None:
    if resource_type not in PARAMETERS:
        raise FhirError(404, "not-supported", "this resource type is not served")


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
    if error.status == 401:  # RFC 6750 3
        given = "Authorization" in request.headers
        challenge = 'Bearer realm="sandbox"'
        challenge += ', error="invalid_token"' if given else ""
        answer.headers["WWW-Authenticate"] = challenge
    return answer


def _forbidden(error: Forbidden) -> Response:
    answer = operation_outcome(403, "forbidden", str(error))
    answer.headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    return answer


def _bad_search(error: BadSearch) -> Response:
    return operation_outcome(400, "not-supported", str(error))
