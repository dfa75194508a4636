"""What a search brought, and what has to be said of it on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from smart_viewer.archive.port import Archive, StudyFound, StudyQuery

NoticeCode = Literal[
    "filter_ignored", "attribute_missing", "unreadable", "duplicate", "partial"
]
_WORDS: dict[NoticeCode, str] = {
    "filter_ignored": "studies that were not asked for came back and were dropped",
    "attribute_missing": "studies came back without what was asked for and were "
    "dropped",
    "unreadable": "answers could not be read and were dropped",
    "duplicate": "studies came back more than once",
    "partial": "the archive has more studies than it would tell",
}


@dataclass(frozen=True, slots=True)
class SearchNotice:
    """One thing about a search; `count` studies it is about, 0 where unknown."""

    code: NoticeCode
    count: int = 0

    @property
    def text(self) -> str:
        """The notice in words, without anything of a patient."""
        words = _WORDS[self.code]
        return f"{words} ({self.count})" if self.count else words


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """Studies that meet every filter, and notices."""

    found: tuple[StudyFound, ...]
    notices: tuple[SearchNotice, ...] = ()

    @property
    def is_partial(self) -> bool:
        """There may be studies that the archive did not tell."""
        return any(notice.code == "partial" for notice in self.notices)


@runtime_checkable
class NotedSearch(Protocol):
    """An archive that tells how its search went."""

    def search_noted(self, query: StudyQuery) -> SearchAnswer:
        """As `Archive.search`, with notices instead of an error for `partial`."""
        ...


def ask(archive: Archive, query: StudyQuery) -> SearchAnswer:
    """The archive's answer, with its notices where it has any. UpstreamUnavailable."""
    if isinstance(archive, NotedSearch):
        return archive.search_noted(query)
    return SearchAnswer(archive.search(query))
