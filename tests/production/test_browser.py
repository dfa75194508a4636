"""The way over TLS and HTTP/2 in Chromium, which trusts the throw-away authority."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e.screen import read_cell, wait_shown
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserError
from production_site import Site

pytestmark = pytest.mark.browser

PROTOCOLS = """() => [...performance.getEntriesByType("navigation"),
  ...performance.getEntriesByType("resource")].map((one) => one.nextHopProtocol)"""


@pytest.fixture(scope="module")
def trusting(
    site: Site,
    need: Callable[[str], Path],
    start_chromium: Callable[..., Browser],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Browser]:
    """A Chromium of a user who installed the authority, as an administrator would."""
    home = tmp_path_factory.mktemp("home")
    folder = home / ".pki" / "nssdb"
    folder.mkdir(parents=True)
    certutil, where = str(need("certutil")), f"sql:{folder}"
    for words in (
        ["-N", "--empty-password"],
        ["-A", "-t", "C,,", "-n", "throw-away", "-i", str(site.authority)],
    ):
        subprocess.run([certutil, "-d", where, *words], check=True)
    browser = start_chromium(home=home)
    yield browser
    browser.close()


def launched(browser: Browser, site: Site) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(site.launch_url())
    return page


def test_a_launch_ends_in_pixels_over_tls_and_http_2(trusting, site):
    errors: list[str] = []
    page = launched(trusting, site)
    page.context.on("weberror", lambda error: errors.append(str(error.error)))
    wait_shown(page, 0)
    assert page.url.startswith(f"{site.url}/r/")
    assert read_cell(page).max() > read_cell(page).min()
    protocols = page.evaluate(PROTOCOLS)
    assert set(protocols) == {"h2"}
    assert len(protocols) > 5
    (cookie,) = page.context.cookies(f"{site.url}/")
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (
        True,
        True,
        "None",
    )
    assert page.evaluate("() => window.isSecureContext")
    page.context.close()
    assert errors == []


def test_the_page_goes_on_when_its_replica_is_killed(trusting, site):
    page = launched(trusting, site)
    wait_shown(page, 0)
    tag = page.url.rsplit("/r/", 1)[1].split("-", 1)[0]
    site.replicas[tag].kill()
    try:
        page.reload()
        wait_shown(page, 0)
        assert read_cell(page).max() > read_cell(page).min()
    finally:
        page.context.close()
        site.replicas[tag].start()


def test_a_browser_that_does_not_know_the_authority_is_shown_nothing(chromium, site):
    context = chromium.new_context()
    page = context.new_page()
    with pytest.raises(BrowserError, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(site.launch_url())
    context.close()
