"""SMART scopes, v1 and v2, read strictly (SMART App Launch 2.2, Scopes).

The sandbox's own parser, so that a mistake of the viewer's cannot hide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

PLAIN_SCOPES = frozenset(
    {
        "launch",
        "launch/patient",
        "openid",
        "fhirUser",
        "profile",
        "online_access",
        "offline_access",
    }
)
V1_LETTERS = {"read": "rs", "write": "cud", "*": "cruds"}
_CLINICAL = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]+)\.([a-z*]+)(\?.+)?")
_V2_LETTERS = re.compile(r"c?r?u?d?s?")


@dataclass(frozen=True, slots=True)
class ClinicalScope:
    """`level/resource.letters?query`, as granted or asked.

    level: patient, user or system. resource: a type or `*`.
    letters: a subset of "cruds", in this order. query: the fine-grained part.
    text: the spelling to answer with, v1 or v2.
    """

    level: str
    resource: str
    letters: str
    query: tuple[tuple[str, str], ...] = ()
    text: str = ""

    def covers(self, resource: str, letter: str) -> bool:
        """Whether this scope lets `letter` happen to that resource type."""
        return self.resource in {"*", resource} and letter in self.letters

    def met(self, other: ClinicalScope) -> ClinicalScope | None:
        """What this scope and `other` both allow; None where that is nothing."""
        letters = "".join(letter for letter in self.letters if letter in other.letters)
        types = {self.resource, other.resource} - {"*"}
        if self.level != other.level or not letters or len(types) > 1:
            return None
        resource = types.pop() if types else "*"
        if (resource, letters) == (self.resource, self.letters) and not other.query:
            return self
        query = self.query + tuple(q for q in other.query if q not in self.query)
        return replace(
            self,
            resource=resource,
            letters=letters,
            query=query,
            text=_v2_text(self.level, resource, letters, query),
        )


@dataclass(frozen=True, slots=True)
class ScopeSet:
    """Parsed scopes; what cannot be read is left out (allowed by RFC 6749 3.3)."""

    plain: frozenset[str]
    clinical: tuple[ClinicalScope, ...]
    order: tuple[str, ...]

    @property
    def text(self) -> str:
        """The scopes as the member `scope` of a token response spells them."""
        return " ".join(self.order)

    def covering(self, resource: str, letter: str) -> tuple[ClinicalScope, ...]:
        """The scopes that let `letter` happen to that resource type."""
        return tuple(s for s in self.clinical if s.covers(resource, letter))

    def within(self, limit: ScopeSet) -> ScopeSet:
        """These scopes as far as `limit` allows them, v1 spelling kept if whole."""
        words: list[str] = []
        for word in self.order:
            words += _within(word, limit)
        return parse_scopes(" ".join(words))


def parse_scopes(text: str) -> ScopeSet:
    """The scopes in `text`, each once, in the order given."""
    plain: list[str] = []
    clinical: list[ClinicalScope] = []
    order: list[str] = []
    for word in dict.fromkeys(text.split()):
        scope = parse_clinical(word)
        if word in PLAIN_SCOPES:
            plain.append(word)
        elif scope is not None:
            clinical.append(scope)
        else:
            continue
        order.append(word)
    return ScopeSet(frozenset(plain), tuple(clinical), tuple(order))


def parse_clinical(word: str) -> ClinicalScope | None:
    """One clinical scope; None where it is none, or its letters are out of order."""
    match = _CLINICAL.fullmatch(word)
    if match is None:
        return None
    level, resource, verb, query = match.groups()
    letters = V1_LETTERS.get(verb, verb)
    if not letters or not _V2_LETTERS.fullmatch(letters):
        return None
    pairs = tuple(parse_qsl(query[1:], keep_blank_values=True)) if query else ()
    return ClinicalScope(level, resource, letters, pairs, word)


def _within(word: str, limit: ScopeSet) -> Iterable[str]:
    if word in PLAIN_SCOPES:
        return [word] if word in limit.plain else []
    scope = parse_clinical(word)
    if scope is None:
        return []
    met = [scope.met(other) for other in limit.clinical]
    if scope in met:
        return [scope.text]
    return [part.text for part in met if part is not None]


def _v2_text(
    level: str, resource: str, letters: str, query: tuple[tuple[str, str], ...]
) -> str:
    suffix = urlencode(query, safe=":/|,")
    return f"{level}/{resource}.{letters}" + (f"?{suffix}" if suffix else "")
