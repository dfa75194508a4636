"""The vocabulary from its tables: `tables/*.toml`, and a site's own exams.

CPT and RadLex codes are not shipped; a site adds a table in the shape of exams.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from smart_viewer.errors import SettingsInvalid
from smart_viewer.hanging.codes import Key, key_of_text, words_of
from smart_viewer.hanging.vocabulary import (
    CONTRASTS,
    Exam,
    Site,
    Vocabulary,
    place_of,
)

TABLES_FOLDER = Path(__file__).parent / "tables"
LANGUAGES = ("en",)
Table = Mapping[str, object]


@cache
def shipped_vocabulary() -> Vocabulary:
    """The tables of the package, read once."""
    return read_vocabulary(TABLES_FOLDER)


def read_vocabulary(
    folder: Path, more_exams: Sequence[Path] = (), languages: Sequence[str] = LANGUAGES
) -> Vocabulary:
    """The tables of a folder. SettingsInvalid says what is wrong with them.

    more_exams: a site's tables, in the shape of exams.toml; they win.
    """
    try:
        return _vocabulary(folder, more_exams, languages)
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as cause:
        raise SettingsInvalid(f"the tables of {folder.name}: {cause}") from cause


def _vocabulary(
    folder: Path, more_exams: Sequence[Path], languages: Sequence[str]
) -> Vocabulary:
    rows = _rows(folder / "sites.toml", "sites")
    views = _rows(folder / "views.toml", "views")
    sites = {_text(row, "term"): _site(row) for row in rows}
    placed = [(row, sites[_text(row, "term")]) for row in rows]
    exams = (folder / "exams.toml", *more_exams)
    return Vocabulary(
        site_codes={code: site for row, site in placed for code in _codes(row)},
        body_parts={
            part: site for row, site in placed for part in _texts(row, "body_parts")
        },
        site_words=tuple(
            (words_of(word), site)
            for row, site in placed
            for word in _words(row.get("words"), languages)
        ),
        exams={
            key_of_text(_text(row, "code")): _exam(row, sites)
            for file in exams
            for row in _rows(file, "exams")
        },
        views=_terms_of_codes(views),
        view_positions={
            position: _text(row, "term")
            for row in views
            for position in _texts(row, "positions")
        },
        modifiers=_terms_of_codes(_rows(folder / "views.toml", "modifiers")),
        words=_terms_of_words(folder / "words.toml", languages),
    )


def _read(file: Path) -> Table:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _rows(file: Path, name: str) -> list[Table]:
    return cast(list[Table], _read(file)[name])


def _terms_of_codes(rows: Sequence[Table]) -> dict[Key, str]:
    return {code: _text(row, "term") for row in rows for code in _codes(row)}


def _terms_of_words(
    file: Path, languages: Sequence[str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    return {
        attribute: tuple(
            (words_of(word), term)
            for term, by_language in cast(Table, terms).items()
            for word in _words(by_language, languages)
        )
        for attribute, terms in _read(file).items()
    }


def _text(row: Table, name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text")
    return value


def _texts(row: Table, name: str) -> tuple[str, ...]:
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise TypeError(f"{name} must be a list of texts")
    return tuple(value)


def _codes(row: Table) -> list[Key]:
    return [key_of_text(text) for text in _texts(row, "codes")]


def _words(by_language: object, languages: Iterable[str]) -> list[str]:
    if by_language is None:
        return []
    return [
        word
        for language in languages
        for word in _texts(cast(Table, by_language), language)
    ]


def _site(row: Table) -> Site:
    return Site(
        term=_text(row, "term"),
        regions=tuple(sorted(_texts(row, "regions"))),
        focus=_text(row, "focus"),
        is_joint=row.get("joint") is True,
    )


def _exam(row: Table, sites: Mapping[str, Site]) -> Exam:
    contrast = _text(row, "contrast")
    if contrast and contrast not in CONTRASTS:
        raise ValueError(f"contrast must be one of {', '.join(CONTRASTS)}: {contrast}")
    place = place_of([sites[term] for term in _texts(row, "sites")])
    return Exam(
        modality=_text(row, "modality"),
        regions=place.regions,
        focus=place.focus,
        is_joint=place.is_joint,
        laterality=_text(row, "laterality"),
        contrast=contrast,
        view=_text(row, "view"),
        purpose=_text(row, "purpose"),
    )
