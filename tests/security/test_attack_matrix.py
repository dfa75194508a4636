"""The matrix is the document, and every test that it names exists."""

from __future__ import annotations

import re

import pytest
from security.matrix import PAGE, ROOT, Item, page, sections

ITEMS = [item for _, items in sections() for item in items]


def test_the_document_is_the_one_that_the_matrix_makes():
    assert PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_what_applies_is_proven_by_tests_that_exist(item: Item):
    assert item.applies in {"yes", "partly", "no"}
    assert item.how
    assert item.tests or item.applies == "no"
    for test in item.tests:
        file, _, function = test.partition("::")
        text = (ROOT / "tests" / file).read_text("utf-8")
        assert not function or re.search(rf"^def {function}\(", text, re.M), test


def test_every_test_of_this_folder_stands_in_the_matrix():
    named = {test.partition("::")[0] for item in ITEMS for test in item.tests}
    here = {
        f"security/{one.name}"
        for one in PAGE.parent.parent.glob("tests/security/test_*.py")
    }
    assert here - named == {"security/test_attack_matrix.py"}
