"""axe-core over the pages that are not the viewer: the sandbox EHR's, the server's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe import breaks_nothing, violations
from playwright.sync_api import Browser, BrowserContext, Page, expect
from screen import wait_shown
from staged import posting_world
from world import World

Visit = Callable[[Page, World], None]


def patients(page: Page, world: World) -> None:
    page.goto(f"{world.ehr_url}/")


def nobody_found(page: Page, world: World) -> None:
    page.goto(f"{world.ehr_url}/?q=nobody+of+this+name")


def picker(page: Page, world: World) -> None:
    page.goto(f"{world.ehr_url}/")
    page.locator(".foot .button").first.evaluate("one => one.removeAttribute('target')")
    page.locator(".foot .button").first.click()
    page.locator("details summary").click()
    expect(page.locator("h1")).to_contain_text("Choose a patient")


def refused_by_the_ehr(page: Page, world: World) -> None:
    page.goto(f"{world.ehr_url}/oauth/authorize?client_id=nobody")
    expect(page.locator("h1")).to_contain_text("refused")


def front(page: Page, world: World) -> None:
    page.goto(f"{world.app_url}/")


def another_s_reading(page: Page, world: World) -> None:
    page.goto(f"{world.app_url}/r/a-nobody")


def launch_without_ehr(page: Page, world: World) -> None:
    page.goto(f"{world.app_url}/launch?iss=https://elsewhere.example&launch=x")


def launch_denied(page: Page, world: World) -> None:
    faults = world.ehr.extensions["sandbox_faults"]
    faults.auth_error = "access_denied"
    try:
        page.goto(world.launch_url(world.order_ids()[0]))
    finally:
        faults.clear()
    expect(page.locator(".detail")).to_contain_text("Access was declined")


def nowhere(page: Page, world: World) -> None:
    page.goto(f"{world.app_url}/no/such/page")


VISITS = [
    patients,
    nobody_found,
    picker,
    refused_by_the_ehr,
    front,
    another_s_reading,
    launch_without_ehr,
    launch_denied,
    nowhere,
]


@pytest.fixture(params=["dark", "light"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["en-GB", "de-DE"])
def visitor(
    request: pytest.FixtureRequest, chromium: Browser, scheme: str
) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800},
        color_scheme=scheme,
        locale=request.param,
    )
    yield context
    context.close()


def test_every_page_of_the_servers_breaks_no_rule(visitor, world):
    page = visitor.new_page()
    found: list[str] = []
    for visit in VISITS:
        visit(page, world)
        found += [f"{visit.__name__}: {one}" for one in violations(page)]
    assert not found, "\n".join(found)


def test_the_chart_with_the_viewer_in_its_frame_breaks_no_rule(context, world):
    page = context.new_page()
    page.goto(f"{world.ehr_url}/chart/{world.order_ids()[0]}?app=smart-viewer")
    frame = page.frame_locator("iframe.app")
    expect(frame.locator('[data-cell="0"][data-status="shown"]')).to_be_visible(
        timeout=30_000
    )
    breaks_nothing(page)
    (inside,) = (one for one in page.frames if one.parent_frame is not None)
    breaks_nothing(inside)


def test_the_page_that_posts_an_authorize_request_breaks_no_rule(
    samples, context, tmp_path
):
    with posting_world(samples, tmp_path) as world:
        page = context.new_page()
        page.route("**/launch_post.js", lambda route: route.abort())
        page.goto(world.launch_url(world.order_ids()[0]))
        breaks_nothing(page)
        page.get_by_role("button").click()  # by hand, where scripts are blocked
        wait_shown(page)
