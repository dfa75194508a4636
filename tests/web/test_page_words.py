"""Pages that the server makes, in the browser's language. Oracle: the file of words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from test_image_routes import radiograph
from world import World, running_world

from smart_viewer.settings import asset_root
from smart_viewer.web.words import LANGUAGES, read_words

TEMPLATES = asset_root() / "templates"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    state = tmp_path_factory.mktemp("words")
    (state / "images").mkdir()
    radiograph(1).save_as(state / "images" / "1.dcm", enforce_file_format=True)
    with running_world(state, state / "images") as one:
        yield one


def page(world: World, path: str, language: str) -> requests.Response:
    headers = {"Accept": "text/html", "Accept-Language": language}
    return requests.get(world.app_url + path, headers=headers, timeout=30)


def test_every_word_is_there_in_every_language():
    for key, by_language in read_words(TEMPLATES).items():
        known = set(by_language) | {"en"}  # of problems, English is in web/problems.py
        assert known == set(LANGUAGES), key


def test_every_word_that_a_template_asks_for_is_there():
    words = read_words(TEMPLATES)
    for template in Path(TEMPLATES).glob("*.html"):
        for key in re.findall(r'say\("(\w+)"\)', template.read_text("utf-8")):
            assert "en" in words[key], (template.name, key)


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [
        ("de-CH, en;q=0.5", "de", "Öffnen Sie ihn aus Ihrer Patientenakte"),
        ("fr", "fr", "Ouvrez-la depuis votre dossier médical"),
        ("pt, es;q=0.8", "es", "Ábralo desde su historia clínica electrónica"),
        ("ja", "en", "Open it from your EHR"),
        ("", "en", "Open it from your EHR"),
    ],
)
def test_the_front_page_speaks_the_browser_s_language(world, asked, language, title):
    answer = page(world, "/", asked)
    assert f'<html lang="{language}">' in answer.text
    assert title in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_problem_s_page_speaks_it_too_and_its_json_stays_english(world):
    answer = page(world, "/r/a-nobody", "de")
    assert "Hier ist nichts für diesen Browser" in answer.text
    assert "Was tun" in answer.text
    asked = {"Accept": "application/json", "Accept-Language": "de"}
    told = requests.get(f"{world.app_url}/r/a-nobody", headers=asked, timeout=30)
    assert told.json()["title"] == "There is nothing here for this browser"
