"""FHIR R4 read and search on one base, with tolerance (R17-R21)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from smart_viewer.errors import RequestForbidden, UpstreamUnavailable
from smart_viewer.fhir.json_reading import Resource, objects_of, text_of
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import Origin, origin_of

MAX_PAGES = 20
MAX_ENTRIES = 1000
MAX_PAGE_BYTES = 16 * 1024 * 1024
MAX_DOCUMENT_BYTES = 8 * 1024 * 1024
DOCUMENT_AGE_S = 3600.0
TIMEOUT_S = 30.0
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


class FhirReader:
    """Reads one FHIR base with one launch's token.

    base_url: the `iss`. bearer: gives a token that is valid now. extra_query:
    parameters that this EHR wants on every request. The token goes to the
    origin of base_url alone.
    """

    def __init__(
        self,
        base_url: str,
        bearer: Callable[[], str],
        outbound: Outbound,
        extra_query: Mapping[str, str] | None = None,
    ) -> None:
        self._base = base_url.rstrip("/") + "/"
        self._bearer = bearer
        self._outbound = outbound
        self._extra = dict(extra_query or {})

    @property
    def base(self) -> str:
        """The FHIR base, with a slash at its end."""
        return self._base

    def at(self, base_url: str, allowed: Collection[Origin]) -> FhirReader:
        """The same launch's reader on another FHIR base (R17, R18).

        RequestForbidden unless its origin is `allowed` to see the token.
        """
        if origin_of(base_url) not in allowed:
            raise RequestForbidden("an imaging server that is not configured")
        return FhirReader(base_url, self._bearer, self._outbound, self._extra)

    def document(self, path: str) -> Resource:
        """A public document below the base, asked without the token once an hour.

        UpstreamUnavailable.
        """
        return self._outbound.remembered_json(
            f"{self._base}{path}",
            max_age_s=DOCUMENT_AGE_S,
            max_bytes=MAX_DOCUMENT_BYTES,
        )

    def read(self, resource_type: str, resource_id: str) -> Resource:
        """One resource. UpstreamUnavailable, with the status where one came.

        Also where the server answers with another resource than was asked for.
        """
        if not _TYPE.fullmatch(resource_type) or not _ID.fullmatch(resource_id):
            raise UpstreamUnavailable(f"not a reference to a {resource_type[:64]}")
        found = self._get(self._url(f"{resource_type}/{resource_id}", {}))
        same_id = found.get("id") == resource_id
        if found.get("resourceType") != resource_type or not same_id:
            raise UpstreamUnavailable(
                f"the EHR answered with another resource than the {resource_type}"
            )
        return found

    def search(
        self, resource_type: str, params: Mapping[str, str]
    ) -> tuple[tuple[Resource, ...], tuple[str, ...]]:
        """The matches of a search over all its pages, and warnings.

        Entries of other types (`_include`) come along; entries that are no
        resources, OperationOutcomes and foreign pages become warnings.
        """
        if not _TYPE.fullmatch(resource_type):
            raise UpstreamUnavailable("not a resource type")
        entries: list[Resource] = []
        warnings: list[str] = []
        url: str | None = self._url(resource_type, params)
        seen: set[str] = set()
        while url is not None:
            if len(seen) == MAX_PAGES or len(entries) >= MAX_ENTRIES:
                warnings.append(f"{resource_type}: more results than are read")
                break
            if url in seen:
                warnings.append(f"{resource_type}: pages that lead in a circle")
                break
            seen.add(url)
            try:
                bundle = self._get(url)
            except UpstreamUnavailable:
                if len(seen) == 1:
                    raise
                warnings.append(f"{resource_type}: a further page could not be read")
                break  # it hides nothing of the pages before
            _take_entries(bundle, entries, warnings)
            url = self._next(url, bundle, warnings)
        return tuple(_once_each(entries)[:MAX_ENTRIES]), tuple(warnings)

    def _get(self, url: str) -> Resource:
        headers = {
            "Accept": "application/fhir+json",
            "Authorization": f"Bearer {self._bearer()}",
        }
        return self._outbound.json(
            url, headers=headers, timeout_s=TIMEOUT_S, max_bytes=MAX_PAGE_BYTES
        )

    def _url(self, path: str, params: Mapping[str, str]) -> str:
        query = urlencode({**params, **self._extra})
        return f"{self._base}{path}{'?' if query else ''}{query}"

    def _next(self, url: str, bundle: Resource, warnings: list[str]) -> str | None:
        """The next page, of the same origin only (R20)."""
        links = objects_of(bundle.get("link"))
        spelled = next(
            (k.get("url") for k in links if k.get("relation") == "next"), None
        )
        if text_of(spelled) is None:
            return None
        target = urljoin(url, str(spelled))
        try:
            same = origin_of(target) == origin_of(self._base)
        except RequestForbidden:
            same = False
        if not same:
            warnings.append("a next page on another server was not followed")
            return None
        return self._with_extra(target)

    def _with_extra(self, url: str) -> str:
        """The server's own link, with what this EHR wants on every request."""
        parts = urlsplit(url)
        present = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        missing = {k: v for k, v in self._extra.items() if k not in present}
        if not missing:
            return url
        query = "&".join(part for part in (parts.query, urlencode(missing)) if part)
        return urlunsplit(parts._replace(query=query))


def _take_entries(
    bundle: Resource, entries: list[Resource], warnings: list[str]
) -> None:
    """Sort one page's entries; one bad entry never hides the others (R19)."""
    if bundle.get("resourceType") != "Bundle":
        warnings.append("a search was not answered with a Bundle")
        return
    listed = bundle.get("entry")
    for entry in listed if isinstance(listed, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not resource.get("resourceType"):
            warnings.append("an entry without resource was skipped")
        elif resource["resourceType"] == "OperationOutcome":
            warnings.append("the EHR left out part of a search (OperationOutcome)")
        else:
            entries.append(resource)


def _once_each(entries: list[Resource]) -> list[Resource]:
    """Without what another page brought already; what has no id is kept."""
    seen: set[tuple[object, str]] = set()
    kept = []
    for resource in entries:
        resource_id = text_of(resource.get("id"))
        key = (resource.get("resourceType"), resource_id or "")
        if resource_id is None or key not in seen:
            kept.append(resource)
            seen.add(key)
    return kept
