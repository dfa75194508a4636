"""The page looks as it did when it was last looked at: `make looks` after a change."""

from __future__ import annotations

import pytest
from likeness import ALL_LOOKS, FOLDER, QUICK, seen, settle, style, unlike
from looks import views_of

PLANTED = {
    "a bar moved": ".tools { padding-left: 1.5rem; }",
    "larger type": ".overlay { font-size: 0.9375rem; }",
    "a tool less": '[data-tool="pan"] { visibility: hidden; }',
    "another colour": ":root { --accent: #4f8cff; --chrome-pressed: #1d3a6b; }",
    "words over tissue": ".corner { transform: translateX(2.5rem); }",
    "no patient": ".banner-name { visibility: hidden; }",
}


def reference(name: str, size: str) -> bytes:
    return (FOLDER / f"{name}_{size}.webp").read_bytes()


def assert_looks_as_before(browser, world, name, sizes):
    changed = {}
    for size, page in views_of(browser, world, name, sizes):
        settle(page)
        if places := unlike(seen(page, size), reference(name, size)):
            changed[size] = places
    assert changed == {}


@pytest.mark.parametrize("name", QUICK)
def test_it_looks_as_it_did(chromium, world, name):
    assert_looks_as_before(chromium, world, name, QUICK[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL_LOOKS)
def test_every_state_looks_as_it_did_in_every_size(chromium, world, name):
    assert_looks_as_before(chromium, world, name, ALL_LOOKS[name])


def test_planted_changes_are_seen(chromium, world):
    before = reference("mammogram", "1280x800")
    unseen = []
    for size, page in views_of(chromium, world, "mammogram", ["1280x800"]):
        settle(page)
        for change, css in PLANTED.items():
            with style(page, css):
                if not unlike(seen(page, size), before):
                    unseen.append(change)
    assert unseen == []


def test_all_pictures_together_stay_small():
    files = list(FOLDER.glob("*.webp"))
    assert {file.stem for file in files} == {
        f"{name}_{size}" for name, sizes in ALL_LOOKS.items() for size in sizes
    }
    assert sum(file.stat().st_size for file in files) <= 1_500_000
