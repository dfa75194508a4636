"""Words of the pages that the server makes, in the language that the browser asks for.

The viewer's own page has its words in `viewer/src/words`; problems as JSON stay
English, with a code by which the page says them in its reader's language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, request

LANGUAGES = ("en", "es", "fr", "de")
Words = Mapping[str, Mapping[str, str]]


def install(app: Flask, templates: Path) -> None:
    """`say(key)` and `language` in every template. The file is read once."""
    words = read_words(templates)

    def say(key: str, otherwise: str = "") -> str:
        """The words of this key; `otherwise` where there are none in this language."""
        return words.get(key, {}).get(_language(), otherwise)

    app.context_processor(lambda: {"say": say, "language": _language()})
    app.after_request(_vary)


def read_words(templates: Path) -> Words:
    """By key and language."""
    return tomllib.loads((templates / "words.toml").read_text("utf-8"))


def _language() -> str:
    """The first that there are words for: "de-CH" is German."""
    asked = (tag.lower().split("-")[0] for tag in request.accept_languages.values())
    return next((language for language in asked if language in LANGUAGES), "en")


def _vary(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")
    return response
