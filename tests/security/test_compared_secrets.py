"""Secrets are compared in constant time, or looked up by their hash (ASVS 11.2.4)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import smart_viewer

PACKAGE = Path(smart_viewer.__file__).parent
ROOMS = ("launch", "reading", "store", "audit", "web", "net")
SECRET_WORDS = {
    "secret",
    "signature",
    "token",
    "digest",
    "hash",
    "state",
    "verifier",
    "mac",
    "password",
    "key",
}
# What only looks like one.
ALLOWED = {
    ("launch/refresh.py", "fresh.refresh_token == grant.refresh_token"): "both ours",
    ("store/seal.py", "len(master_key) != KEY_BYTES"): "a length",
}


def compared(path: Path) -> list[str]:
    """Every `==` and `!=` in Python (not in a query) between words of secrets."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Compare):
            continue
        if not all(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            continue
        sides = [node.left, *node.comparators]
        if any(isinstance(side, ast.Constant) for side in sides):
            continue
        text = ast.unparse(node)
        if ".c." in text or "table." in text:  # SQLAlchemy
            continue
        names = {_last(side) for side in sides}
        if any(SECRET_WORDS & set(name.lower().split("_")) for name in names):
            found.append(text)
    return found


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("room", ROOMS)
def test_no_secret_is_compared_by_equality(room):
    found = {
        (str(path.relative_to(PACKAGE)), text)
        for path in (PACKAGE / room).rglob("*.py")
        for text in compared(path)
    }
    assert found <= set(ALLOWED)


def test_the_search_finds_what_it_is_for(tmp_path):
    file = tmp_path / "weak.py"
    file.write_text("a.secret_hash == given\nx == 1\nstate != b.state\n", "utf-8")
    assert compared(file) == ["a.secret_hash == given", "state != b.state"]
