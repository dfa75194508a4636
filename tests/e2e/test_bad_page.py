"""A page in bad circumstances: who it is can be read, and no word lies on another."""

from __future__ import annotations

import re
from typing import Any

import pytest
from layout_facts import faults
from playwright.sync_api import BrowserContext, Page, Route, expect
from screen import read_cell, view_of, wait_shown
from staged import FRAME, Boot, opened, refuse_frames, with_boot

NAMES = {
    "latin": "Wolfeschlegelsteinhausenbergerdorff^Montgomery Ndiaye de la Cruz",
    "one word": "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenh",
    "arabic": "عبد الرحمن بن محمد الخوارزمي الأندلسي القرطبي المغربي التونسي ال",
    "hebrew": "בן־דוד^אברהם שלמה יצחק ישראל מנחם מנדל בן ציון שניאור זלמן חיים יב",
    "mixed": "محمد الخوارزمي (Jr.) 1961-04-12 ID 77\u200f עברהם 3/4 Mohammed al-Khw",
    "thai": "ศรีสุวรรณวัฒนานุกูลกิจ^พงศ์พิพัฒน์ธนโชติ เจริญสุขสวัสดิ์มงคลชัย",
    "chinese": (
        "欧阳^司马诸葛皇甫尉迟公孙慕容令狐长孙宇文轩辕端木百里东方南宫西门" * 2
    )[:64],
    "japanese": "山田^太郎=ヤマダ^タロウ",
    "combining": "e\u0301\u0323\u0308o\u0304\u0302" * 12,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈👨🏽‍⚕️" * 3,
    "override": "\u202eSandbox^Chest\u202c \u2066Ndiaye",
}
LONG = "An uncommonly long and windy sentence about what has gone wrong here; " * 6
WORD = "Donaudampfschifffahrtsgesellschaftskapitänsanwärter" * 2
SIZES = [(1280, 800), (800, 1180), (390, 844), (320, 640), (280, 560)]


def cell(page: Page, index: int = 0) -> Any:
    return page.locator(f'[data-cell="{index}"]')


def at(page: Page, width: int, height: int) -> None:
    """The window in that size, and the page has followed."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("width => innerWidth === width", arg=width)
    page.evaluate(
        """async () => {
          for (let frames = 0; frames < 3; frames += 1)
            await new Promise((next) => requestAnimationFrame(next));
        }"""
    )


def renamed(name: str) -> Any:
    def rename(boot: Boot) -> None:
        boot["plan"]["banner"]["name"] = name
        for one in boot["plan"]["displaySets"]:
            one["study"]["patientName"] = name
            one["study"]["description"] = name
            one["study"]["institution"] = name
            one["label"] = name

    return rename


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_in_any_script_is_whole_in_every_window(context, world, name):
    page = with_boot(context, world, renamed(name))
    wait_shown(page, 0)
    for width, height in SIZES[:4]:
        at(page, width, height)
        assert faults(page) == [], (width, height)


@pytest.mark.parametrize("name", ["arabic", "hebrew", "mixed", "override"])
def test_a_name_that_runs_the_other_way_turns_nothing_else_round(context, world, name):
    page = with_boot(context, world, renamed(NAMES[name]))
    wait_shown(page, 0)
    isolated = "one => getComputedStyle(one).unicodeBidi"
    assert page.locator(".banner-name bdi").evaluate(isolated) == "isolate"
    lines = cell(page).locator('[data-corner="top-left"] > div')
    for begins in ("ID ", "Study "):
        line = lines.filter(has_text=re.compile(f"^{begins}"))
        expect(line).to_have_count(1)
        assert line.locator("bdi").evaluate(isolated) == "isolate"
        lefts = line.locator(".word").evaluate_all(
            "words => words.map((word) => word.getBoundingClientRect().left)"
        )
        assert lefts == sorted(lefts)  # words of a Latin line run from left to right
    born = page.locator(".facts .fact").nth(0).bounding_box()
    mrn = page.locator(".facts .fact").nth(2).bounding_box()
    assert born is not None
    assert mrn is not None
    assert born["x"] < mrn["x"]


@pytest.mark.parametrize(("width", "height"), [(359, 640), (320, 568), (280, 653)])
def test_a_very_narrow_window_hides_nobody_and_no_tool(context, world, width, height):
    page = opened(context, world)
    at(page, width, height)
    assert faults(page) == []
    page.locator('[data-tool="more"]').click()
    for name in ("invert", "fullScreen", "reset"):
        spot = page.locator(f'.more [data-tool="{name}"]')
        spot.scroll_into_view_if_needed()
        box = spot.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
    page.keyboard.press("Escape")
    assert cell(page).bounding_box()["height"] > height / 3


def longest(boot: Boot) -> None:
    plan = boot["plan"]
    plan["notices"] = [
        {"level": level, "text": LONG}
        for level in ("blocked", "warning", "warning", "info") * 3
    ]
    plan["banner"] |= {"mrn": "9" * 24, "order": LONG, "accession": "A" * 16}
    plan["complete"] = True
    plan["archives"] = [
        {"name": WORD + str(n), "state": state, "text": LONG}
        for n, state in enumerate(("answered", "asked", "failed"))
    ]
    plan["trace"] = [{"text": LONG, "outcome": "failed"}] * 20
    plan["hanging"] |= {"label": LONG, "protocol": WORD, "reasons": [LONG] * 5}
    for stage in plan["hanging"]["stages"]:
        stage["name"] = LONG
        for one in stage["cells"]:
            one["label"] = LONG
    for one in plan["displaySets"]:
        one["label"] = LONG
        one["study"] |= {
            "description": LONG,
            "institution": LONG,
            "patientId": "9" * 24,
            "warnings": ["birth date not verified", "name spelled differently"],
            "incomplete": {"received": 31200, "announced": 400000},
            "relevance": [LONG] * 3,
        }


@pytest.mark.parametrize(("width", "height"), SIZES[:4])
def test_every_message_at_its_longest_leaves_who_it_is_and_the_image(
    context, world, width, height
):
    page = with_boot(context, world, longest)
    wait_shown(page, 0)
    at(page, width, height)
    found = faults(page)
    if width < 360:  # a letter of a side may lie under the fifth warning there
        found = [one for one in found if "lies on" not in one]
    assert found == []
    box = cell(page).bounding_box()
    assert box is not None
    assert box["height"] > height / 4
    trace = page.locator('.tools [data-tool="trace"]')
    if trace.is_visible():  # else it is under "More"
        trace.click()
        expect(page.locator('[data-pane="trace"]')).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "height"), SIZES[:4])
def test_a_failure_at_its_longest_can_be_read_to_its_end_and_hides_nobody(
    context, world, width, height
):
    page = opened(context, world)

    def fail(route: Route) -> None:
        route.fulfill(
            status=500,
            json={
                "code": WORD,
                "title": LONG,
                "detail": LONG * 3,
                "next_step": LONG,
                "correlation_id": "c" * 64,
            },
        )

    page.route(FRAME, fail)
    page.reload()
    at(page, width, height)
    retry = cell(page).get_by_role("button", name="Retry")
    retry.scroll_into_view_if_needed(timeout=60_000)
    box, whole = retry.bounding_box(), cell(page).bounding_box()
    assert box is not None
    assert whole is not None
    assert whole["y"] <= box["y"]
    assert box["y"] + box["height"] <= whole["y"] + whole["height"]
    assert faults(page) == []


def test_without_thumbnails_the_list_says_what_each_series_is(context, world):
    def nameless(boot: Boot) -> None:
        for one in boot["plan"]["displaySets"]:
            one["label"] = ""

    page = with_boot(context, world, nameless, refused=lambda *_: True)
    failed = page.locator('[data-picture="failed"]')
    expect(failed).to_have_count(page.locator("[data-series]").count())
    for index in range(page.locator("[data-series]").count()):
        series = page.locator(f'[data-series="{index}"]')
        assert series.inner_text().strip() != ""
    assert faults(page) == []


def test_two_hundred_series_are_drawn_once_and_dragged_into_a_cell(context, world):
    def many(boot: Boot) -> None:
        sets = boot["plan"]["displaySets"]
        sets += [{**sets[0], "label": f"Series {n}"} for n in range(200 - len(sets))]

    page = with_boot(context, world, many, refused=lambda series, _: series > 2)
    wait_shown(page, 0)
    assert page.locator("[data-series]").count() == 200
    page.locator('[data-series="2"]').drag_to(cell(page))
    expect(cell(page)).to_have_attribute("data-display-set", "2")
    wait_shown(page, 0)
    assert faults(page) == []


def test_a_key_that_is_mapped_to_nothing_does_nothing_and_its_button_works(
    context, world
):
    def unmap(boot: Boot) -> None:
        boot["preferences"]["preferences"]["keys"] = {"invert": [], "help": []}

    page = with_boot(context, world, unmap)
    wait_shown(page, 0)
    cell(page).focus()
    page.keyboard.press("i")
    page.keyboard.press("ArrowDown")  # a key that does something comes after it
    expect(cell(page)).to_have_attribute("data-frame", "80")
    assert view_of(page)["cell"]["view"]["invert"] is False
    button = page.locator('[data-tool="invert"]')
    assert "(" not in (button.get_attribute("aria-label") or "(")
    button.click()
    page.wait_for_function("() => window.smartViewer.view(0).cell.view.invert")


BLOCKED = """const blocked = () => { throw new DOMException("no", "SecurityError"); };
for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
  Object.defineProperty(window, name, { get: blocked });
Object.defineProperty(Document.prototype, "cookie", { get: blocked, set: blocked });
Object.defineProperty(Navigator.prototype, "serviceWorker", { get: blocked });
Object.defineProperty(Navigator.prototype, "storage", { get: blocked });"""


def test_a_browser_that_stores_nothing_shows_measures_and_ends(context, world):
    context.add_init_script(BLOCKED)
    page = opened(context, world)
    assert read_cell(page).max() > 100
    page.get_by_role("button", name="End reading").click()
    expect(page.locator('[data-state="ended"]')).to_contain_text("has ended")


def test_without_the_fonts_nothing_is_cut_and_no_image_waits(context, world):
    context.route("**/*.woff2", lambda route: route.abort())
    page = opened(context, world)
    for width, height in SIZES:
        at(page, width, height)
        assert faults(page) == [], (width, height)


@pytest.mark.parametrize(
    "answer",
    [
        {"body": "<html>proxy</html>", "content_type": "text/html"},
        {"json": {"keptFor": 7}},
        {"json": None},
        {"status": 413, "body": ""},
    ],
    ids=["html", "odd", "null", "refused"],
)
def test_preferences_that_are_answered_with_nonsense_stay_in_force_and_say_so(
    context, world, answer
):
    page = opened(context, world)
    page.route("**/preferences", lambda route: route.fulfill(**answer))
    page.locator('[data-tool="settings"]').first.click()
    pane = page.locator('[data-pane="settings"]')
    pane.locator('[name="chrome"]').select_option("light")
    expect(page.locator("html")).to_have_attribute("data-chrome", "light")
    expect(pane.locator('[data-keeping="failed"]')).to_be_visible()


ABSURD: dict[str, Any] = {
    "language": "xx",
    "profile": "nonesuch",
    "keys": {"invert": ["", " ", "ctrl+ctrl+", "q" * 500], "nosuch": ["x"]},
    "singleKeys": "no",
    "startTool": "lasso",
    "mouse": {"middle": "hammer"},
    "chrome": "pink",
    "overlays": "loud",
}


def test_absurd_preferences_leave_a_page_that_shows_images(context, world):
    def absurd(boot: Boot) -> None:
        boot["preferences"] = {"keptFor": "ever", "preferences": ABSURD}

    page = with_boot(context, world, absurd)
    wait_shown(page, 0)
    assert faults(page) == []
    cell(page).hover()
    page.mouse.wheel(0, 100)
    expect(cell(page)).to_have_attribute("data-frame", "80")
    page.locator('[data-tool="settings"]').first.click()
    expect(page.locator('[data-pane="settings"]')).to_be_visible()


def emptied(boot: Boot) -> None:
    plan = boot["plan"]
    for name in ("name", "birthDate", "sex", "mrn", "order", "accession"):
        plan["banner"][name] = ""
    plan["hanging"] |= {"label": "", "protocol": "", "reasons": [], "rejected": []}
    for one in plan["displaySets"]:
        one |= {"label": "", "modality": "", "seriesNumber": None}
        one["study"] = {name: "" for name in one["study"]} | {
            "role": one["study"]["role"],
            "patientIdAssigned": False,
            "warnings": [],
            "incomplete": None,
            "monthsBefore": None,
            "relevance": [],
        }


def test_a_plan_of_empty_words_says_what_is_not_known(context, world):
    page = with_boot(context, world, emptied)
    wait_shown(page, 0)
    expect(page.locator(".banner")).to_contain_text("Name not stated")
    expect(cell(page)).to_contain_text("No name in the image")
    expect(cell(page)).to_contain_text("No ID in the image")
    assert faults(page) == []


def test_a_plan_of_nothing_says_that_there_is_nothing(context, world):
    def nothing(boot: Boot) -> None:
        boot["plan"] |= {"displaySets": [], "notices": [], "archives": [], "trace": []}
        boot["plan"]["hanging"]["stages"] = []

    page = with_boot(context, world, nothing)
    expect(page.locator("[data-cell]").first).to_contain_text(
        "no images", ignore_case=True
    )
    for key in ("Space", "i", "c", "ArrowDown", "m", "+", "Shift+Space", "Escape"):
        page.keyboard.press(key)
    expect(page.locator(".banner-name")).to_be_visible()


def test_dates_that_are_none_are_shown_as_they_stand(context, world):
    def odd(boot: Boot) -> None:
        boot["plan"]["banner"]["birthDate"] = "1961"
        for one in boot["plan"]["displaySets"]:
            one["study"] |= {"date": "9999-99-99", "time": "99:99", "birthDate": "0000"}

    page = with_boot(context, world, odd)
    wait_shown(page, 0)
    expect(page.locator(".banner")).to_contain_text("1961")
    expect(cell(page)).to_contain_text("9999-99-99")
    assert faults(page) == []


def shown_with_failing_neighbours(context: BrowserContext, world: Any) -> Page:
    page = context.new_page()
    refuse_frames(page, lambda display_set, _: display_set == 1)
    page.goto(world.launch_url(world.order_ids()[0]))
    return page


def test_no_cell_is_black_without_a_word(context, world):
    page = shown_with_failing_neighbours(context, world)
    expect(cell(page)).to_have_attribute("data-status", "error")
    page.locator('[data-tool="grid"]').first.click()
    page.locator('[data-size="3x3"]').click()
    expect(page.locator("[data-cell]")).to_have_count(9)
    wait_shown(page, 1)
    for index in range(9):
        one = cell(page, index)
        if one.get_attribute("data-status") != "shown":
            said = one.locator(".card, .cell-note, .cell-loading").inner_text()
            assert len(said) > 10
