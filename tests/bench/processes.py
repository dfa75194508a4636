"""CPU time of a browser: of all its processes, as the kernel counts it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import CHROMIUM_FLAGS
from playwright.sync_api import Browser, Playwright

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
USER_TICKS, KERNEL_TICKS, PARENT = 11, 12, 1  # fields behind the name in /proc/*/stat


class CountedBrowser:
    """A Chromium and the processes below it."""

    def __init__(self, browser: Browser, mark: str) -> None:
        self.browser = browser
        self._root = _with_mark(mark)

    def cpu_s(self) -> float:
        """CPU seconds that its living processes have used so far, together."""
        stats = dict(_stats())
        family, grown = {self._root}, True
        while grown:
            more = {
                pid for pid, fields in stats.items() if int(fields[PARENT]) in family
            }
            grown = not more <= family
            family |= more
        ticks = (
            int(stats[pid][USER_TICKS]) + int(stats[pid][KERNEL_TICKS])
            for pid in family
            if pid in stats
        )
        return sum(ticks) / TICKS_A_SECOND


@contextmanager
def counted_browser(playwright: Playwright, path: str) -> Iterator[CountedBrowser]:
    """Chromium with the flags of the tests, so marked that its processes are found."""
    mark = f"--counted={secrets.token_hex(8)}"
    browser = playwright.chromium.launch(
        executable_path=path,
        args=[*CHROMIUM_FLAGS, mark],
        ignore_default_args=["--headless"],
    )
    try:
        yield CountedBrowser(browser, mark)
    finally:
        browser.close()


def _with_mark(mark: str) -> int:
    """The first process whose command line has the mark: the browser itself."""
    marked = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has ended since
            continue
        if mark.encode() in words:
            marked.append(int(folder.name))
    parents = {pid: int(fields[PARENT]) for pid, fields in _stats()}
    return next(pid for pid in sorted(marked) if parents.get(pid) not in marked)


def _stats() -> Iterator[tuple[int, list[str]]]:
    """Each process and the fields of its /proc/*/stat behind the name."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text()
        except OSError:
            continue
        yield int(folder.name), text.rpartition(")")[2].split()
