"""The page in Spanish, French and German: nothing of the chrome stays English.

Server texts (names of protocols, notices, the trace) stay as they are and are marked
with their language or are data of the study; the oracle is the English page itself:
what can be seen in both, and is neither data nor marked, was not translated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from screen import wait_shown
from test_keys import forget
from world import World

# Every text that is shown or read aloud, but what is marked as another language.
TEXTS = r"""() => {
  const found = new Set();
  const add = (text) => {
    const plain = (text ?? "").replace(/\s+/g, " ").trim();
    if (/\p{L}{3}/u.test(plain)) found.add(plain);
  };
  const marked = (element) => element.closest("[lang]:not(html), [translate=no], bdi");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!marked(parent) && !parent.closest("script, style, noscript"))
      add(walk.currentNode.data);
  }
  const names = ["aria-label", "aria-roledescription", "title", "placeholder"];
  for (const element of document.querySelectorAll("*"))
    if (!marked(element))
      for (const name of names) add(element.getAttribute(name));
  return [...found];
}"""
# Words that are the same in the other language, and names of things.
NAMES = {"Zoom", "SUV", "OHIF", "Sectra", "OsiriX", "Visage", "8 h 0 min"}
SAME = {
    "es": {"Cine", "Series", "esc"} | NAMES,
    "fr": {
        "Accession",
        "Allergies",
        "113 images",
        "160 images",
        "Archives",
        "Image",
        "Images",
        "Page",
        "menu",
    }
    | NAMES,
    "de": {"Cine", "Name", "Status"} | NAMES,
}
# As it is on the keyboard.
CONTROL = {"es": "ctrl + ", "fr": "ctrl + ", "de": "Strg + "}
LOCALES = {"es": "es-ES", "fr": "fr-FR", "de": "de-DE"}
DATES = {"es": "05/03/2024", "fr": "05/03/2024", "de": "05.03.2024"}
PANES = ("", "help", "settings", "hanging", "trace", "tags")


@contextmanager
def opened(chromium: Browser, world: World, locale: str) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800}, locale=locale
    )
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    expect(page.locator("[data-ready]")).to_have_attribute("data-total", "320")
    yield page
    context.close()
    assert errors == []


def show(page: Page, pane: str) -> None:
    """Opens this pane; the keys are the same in every language."""
    page.keyboard.press("Escape")
    page.locator('[data-cell="0"]').focus()
    if pane in {"help", "settings"}:
        page.keyboard.press("?")
    if pane == "settings":
        page.locator(".help-head button").click()
    if pane == "tags":
        page.keyboard.press("Shift+T")
    if pane == "hanging":
        page.locator(".tool-why").click()
    if pane == "trace":
        page.locator("[data-tool=trace]").click()
    if pane:
        expect(page.locator(f"[data-pane={pane}]")).to_be_visible()
    if pane == "tags":
        expect(page.locator("[data-found]")).to_be_visible()


def texts(page: Page) -> set[str]:
    found: set[str] = set()
    for pane in PANES:
        show(page, pane)
        if pane in {"help", "settings"}:
            expect(page.locator("[data-pane] [data-action=invert]")).to_be_visible()
        found |= set(page.evaluate(TEXTS))
    return found


@pytest.fixture(scope="module")
def english(chromium: Browser, world: World) -> set[str]:
    with opened(chromium, world, "en-GB") as page:
        return texts(page)


@pytest.mark.parametrize("language", ["es", "fr", "de"])
def test_no_english_is_left_in_the_chrome(chromium, world, english, language):
    with opened(chromium, world, LOCALES[language]) as page:
        expect(page.locator("html")).to_have_attribute("lang", language)
        both = texts(page) & english
        left = {
            text
            for text in both
            if not is_data(text) and not text.startswith(CONTROL[language])
        }
        untranslated = sorted(left - SAME[language])
        assert not untranslated, "\n".join(untranslated)


# The sandbox's own study: names, descriptions, labels of series and stages, tags.
DATA = (
    "Chest", "CHEST", "Sandbox", "SBX", "CONTRAST", "Thorax", "Lung and", "Axial",
    "Smart Viewer", "prior report", "same region", "LUNG", "SOFT", "Mediastinum",
    "SwiftShader", "ANGLE", "English", "Español", "Français", "Deutsch",
    "Basic Image Review",
)  # fmt: skip


def is_data(text: str) -> bool:
    return any(word in text for word in DATA)


@pytest.mark.parametrize("language", ["es", "fr", "de"])
def test_dates_and_tenths_are_written_as_the_reader_does(chromium, world, language):
    with opened(chromium, world, LOCALES[language]) as page:
        cell = page.locator('[data-cell="0"]')
        expect(cell).to_contain_text(DATES[language])
        expect(cell).to_contain_text(",0 mm")
        expect(cell).not_to_contain_text("2024-03-05")


def test_english_keeps_the_iso_date_and_the_point(chromium, world):
    with opened(chromium, world, "en-US") as page:
        cell = page.locator('[data-cell="0"]')
        expect(cell).to_contain_text("2024-03-05")
        expect(cell).to_contain_text(".0 mm")


def test_the_reader_s_choice_is_spoken_at_once_and_counts_more_than_the_browser(
    chromium, world
):
    try:
        with opened(chromium, world, "fr-FR") as page:
            show(page, "settings")
            page.locator("select[name=language]").select_option("de")
            expect(page.locator("[data-pane] h2")).to_have_text("Einstellungen")
            expect(page.locator("html")).to_have_attribute("lang", "de")
            expect(page.locator("[data-keeping=user]")).to_be_visible()
        with opened(chromium, world, "es-ES") as page:
            expect(page.locator("html")).to_have_attribute("lang", "de")
            show(page, "help")
            expect(page.locator("[data-pane] h2")).to_have_text("Tasten und Maus")
    finally:
        forget(world)


def test_only_the_language_that_is_spoken_is_fetched(chromium, world):
    context = chromium.new_context(locale="de-DE")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    assert [name for name in asked if name.startswith("words-")] == ["words-de.js"]
    context.close()


def test_without_the_words_the_page_speaks_english(chromium, world):
    context = chromium.new_context(locale="de-DE")
    page = context.new_page()
    page.route("**/words-de.js", lambda route: route.abort())
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator('[data-cell="0"]')).to_contain_text("Study 2024-03-05")
    context.close()
