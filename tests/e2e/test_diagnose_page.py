"""`/diagnose` in a real browser: its form is taken, its report is read (R45, R34)."""

from __future__ import annotations

from pathlib import Path

import pytest
from odd_world import odd_world
from playwright.sync_api import BrowserContext, expect

SECRET = "the-secret-of-the-administrator"


@pytest.mark.requirement("R45")
def test_an_administrator_reads_the_report_of_an_ehr(
    samples: Path, tmp_path: Path, context: BrowserContext
):
    run = {"admin_secret": SECRET}
    with odd_world(tmp_path, samples / "mismatch", operation=run) as world:
        page = context.new_page()
        page.goto(f"{world.app_url}/diagnose")
        page.get_by_label("EHR", exact=True).select_option("epic")
        # a wrong secret first
        page.get_by_label("Administrator’s secret").fill("not this one")
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_role("alert")).to_contain_text("Nothing was asked")
        # then the right one, for the same EHR
        page.get_by_label("Administrator’s secret").fill(SECRET)
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_role("heading", level=2)).to_have_text("Nothing fails: epic")
        expect(page.locator("tbody tr")).not_to_have_count(0)
        expect(page.locator("tbody tr.fail")).to_have_count(0)
        # and where something fails, the rule and the line
        world.faults.discovery = "plain_only"
        page.get_by_label("Administrator’s secret").fill(SECRET)
        page.get_by_role("button", name="Ask").click()
        expect(page.locator("tr.fail").first).to_contain_text("R3")
        expect(page.locator("section")).to_contain_text("Change epic.toml: iss")
        assert SECRET not in page.content()
        assert page.url == f"{world.app_url}/diagnose"
        page.close()
