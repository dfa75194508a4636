"""Granted scopes, as servers really write them (R10; SMART 2.2, Scopes)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_V1_VERBS = {"read": "rs", "write": "cud", "*": "cruds"}
_V2_VERBS = re.compile(r"c?r?u?d?s?")  # in this order only
_RESOURCE = re.compile(r"(?:(patient|user|system)/)?([A-Z][A-Za-z]*|\*)\.([A-Za-z*]+)")


@dataclass(frozen=True, slots=True)
class ResourceScope:
    """One scope on resources.

    context: patient, user, system, or empty where the server left it out.
    resource: a resource type or `*`. verbs: letters of "cruds".
    query: the part after `?` of a v2 scope, empty where there is none.
    """

    context: str
    resource: str
    verbs: frozenset[str]
    query: str = ""

    def allows(self, resource: str, verbs: str) -> bool:
        """This scope alone covers all `verbs` on `resource`."""
        return self.resource in {resource, "*"} and self.verbs.issuperset(verbs)


@dataclass(frozen=True, slots=True)
class Scopes:
    """What was granted. `others`: launch, openid, online_access, unknown ones."""

    resources: tuple[ResourceScope, ...]
    others: frozenset[str]

    def __contains__(self, word: str) -> bool:
        return word in self.others

    def allows(self, resource: str, verbs: str) -> bool:
        """The grant covers `verbs` (letters of "cruds") on `resource`.

        A scope narrowed by a query counts: the server decides which ones are
        shown. `system/` does not: it is not for a user at a screen.
        """
        return any(
            scope.allows(resource, verbs)
            for scope in self.resources
            if scope.context != "system"
        )


def parse(text: str) -> Scopes:
    """Scopes of a token response: v1, v2, verbs in any case, wildcards, queries.

    What cannot be read, as verbs out of order, grants nothing.
    """
    words = dict.fromkeys(text.split())
    found = {word: _resource_scope(word) for word in words}
    return Scopes(
        resources=tuple(scope for scope in found.values() if scope is not None),
        others=frozenset(word for word, scope in found.items() if scope is None),
    )


def _resource_scope(word: str) -> ResourceScope | None:
    name, _, query = word.partition("?")
    match = _RESOURCE.fullmatch(name)
    if match is None:
        return None
    context, resource, spelled = match.groups()
    verbs = _verbs(spelled.lower())
    if not verbs:
        return None
    return ResourceScope(context or "", resource, verbs, query)


def _verbs(spelled: str) -> frozenset[str]:
    if spelled in _V1_VERBS:
        return frozenset(_V1_VERBS[spelled])
    return frozenset(spelled if _V2_VERBS.fullmatch(spelled) else "")
