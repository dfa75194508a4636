"""The pages in Chromium: the policies let through what a launch needs, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page
from sandbox_app import CHALLENGE, STANDALONE, Clock, ehr_config

from smart_viewer.sandbox.ehr import AppRegistration, create_ehr
from smart_viewer.sandbox.serve import listen, start_server

pytestmark = pytest.mark.browser


@dataclass
class Town:
    """An EHR and an app of another origin, running."""

    ehr: str
    app: str


def an_app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    body = b"<!doctype html><title>App</title><h1>The app</h1>"
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    ehr_door, app_door = listen(), listen("127.0.0.1")
    app = AppRegistration(
        "one", "One app", f"{app_door.url}/launch", (f"{app_door.url}/callback",)
    )
    config = replace(ehr_config(Clock(), ehr_door.url), apps=(app,))
    with (
        start_server(an_app, listener=app_door),
        start_server(create_ehr(config), listener=ehr_door),
    ):
        yield Town(ehr_door.url, app_door.url)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of Chromium; every complaint of its console fails the test."""
    complaints: list[str] = []
    context = chromium.new_context()
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    yield page
    context.close()
    assert complaints == []


def test_launch_opens_the_app_in_a_new_tab(page, town):
    page.goto(town.ehr)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Launch", exact=True).first.click()
    tab = opened.value
    tab.wait_for_selector("text=The app")
    assert tab.url.startswith(f"{town.app}/launch?iss=")
    assert tab.evaluate("window.opener") is None


def test_launch_in_frame_shows_the_app_below_the_patient(page, town):
    page.goto(town.ehr)
    page.get_by_role("link", name="Launch in frame").first.click()
    page.frame_locator("iframe").get_by_text("The app").wait_for()
    assert page.get_by_text("SANDBOX, Chest").is_visible()


def test_the_pickers_form_reaches_the_app_of_another_origin(page, town):
    query = {
        "response_type": "code",
        "client_id": "one",
        "redirect_uri": f"{town.app}/callback",
        "scope": STANDALONE,
        "state": "state-of-at-least-122-bits",
        "aud": f"{town.ehr}/fhir",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    page.goto(f"{town.ehr}/oauth/authorize?{urlencode(query)}")
    page.get_by_role("button", name="SANDBOX, Chest").click()
    page.wait_for_selector("text=The app")
    assert page.url.startswith(f"{town.app}/callback?code=")
