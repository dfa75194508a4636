"""The page in a state: opened, its start changed, its frames held or refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route
from screen import wait_shown
from world import World, running_world

BOOT = re.compile(
    r'(<script type="application/json" id="boot">)(.*?)(</script>)', re.DOTALL
)
READING = re.compile(r"/r/[^/]+$")
FRAME = re.compile(r"/r/[^/]+/d/(\d+)/f/(\d+)$")
Boot = dict[str, Any]


def opened(
    context: BrowserContext, world: World, order: int = 0, cells: int = 1
) -> Page:
    """The page of that order; so many cells show their images."""
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[order]))
    for cell in range(cells):
        wait_shown(page, cell)
    return page


def with_boot(
    context: BrowserContext,
    world: World,
    change: Callable[[Boot], None],
    order: int = 0,
    refused: Callable[[int, int], bool] | None = None,
) -> Page:
    """The page of that order whose HTML's own JSON is changed on its way.

    Opened twice: a request that follows a redirect cannot be changed.
    """

    def answer(route: Route) -> None:
        answered = route.fetch()
        text = answered.text()

        def changed(found: re.Match[str]) -> str:
            boot = json.loads(found[2])
            change(boot)
            safe = json.dumps(boot).replace("<", "\\u003c")
            return found[1] + safe + found[3]

        route.fulfill(response=answered, body=BOOT.sub(changed, text, count=1))

    page = opened(context, world, order)
    page.route(READING, answer)
    if refused is not None:
        refuse_frames(page, refused)
    page.reload()
    return page


def refuse_frames(
    page: Page,
    wanted: Callable[[int, int], bool],
    status: int = 500,
    code: str = "archive_failed",
) -> Callable[[], None]:
    """Those frames are answered by a problem of the server; call to end that."""
    problem = {
        "type": "about:blank",
        "title": "The archive did not answer",
        "status": status,
        "code": code,
        "detail": "It was asked three times.",
        "next_step": "Try again in a minute.",
        "correlation_id": "c0ffee-42",
    }

    def answer(route: Route) -> None:
        display_set, frame = map(int, FRAME.search(route.request.url).groups())
        if wanted(display_set, frame):
            route.fulfill(
                status=status,
                content_type="application/problem+json",
                body=json.dumps(problem),
            )
        else:
            route.fallback()

    page.route(FRAME, answer)
    return lambda: page.unroute(FRAME, answer)


def hold_frames(
    page: Page, wanted: Callable[[int, int], bool] = lambda *_: True
) -> Callable[[], None]:
    """None of those frames arrives until the answer is called."""
    held: list[Route] | None = []

    def hold(route: Route) -> None:
        display_set, frame = map(int, FRAME.search(route.request.url).groups())
        if held is None or not wanted(display_set, frame):
            route.continue_()
        else:
            held.append(route)

    def let_go() -> None:
        nonlocal held
        waiting, held = held or [], None
        for route in waiting:
            route.continue_()

    page.route(FRAME, hold)
    return let_go


@contextmanager
def posting_world(samples: Path, tmp_path: Path) -> Iterator[World]:
    """Its scopes are too long for the URL of an authorize request (R4)."""
    many = tuple(f"patient/Observation.rs?category=cat-{n:03d}" for n in range(60))
    with running_world(tmp_path, samples / "mismatch") as plain:
        scopes = (*plain.settings.ehrs[0].scopes, *many)
    state = tmp_path / "posted"
    state.mkdir()
    with running_world(
        state, samples / "mismatch", profile_changes={"scopes": scopes}
    ) as world:
        yield world
