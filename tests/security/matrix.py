"""docs/security.md from matrix.toml: `python -m security.matrix` writes it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
PAGE = ROOT / "docs" / "security.md"
HEAD = """# Attacks, and the tests that make them

Made from `tests/security/matrix.toml` by `make security`; do not edit. Each item of RFC
9700 and of OWASP ASVS 5.0 that can concern a viewer launched from an EHR: whether it
applies, what stands against it, and the tests. *Partly* says what is left. The
requirements behind them, each with a sabotage under which its test turns red, are in
[conformance.md](conformance.md).

Every route of the app is also asked at random (`tests/security/route_fuzz.py`), over
SQLite and PostgreSQL: some thousand requests in `make test`, 20,000 for each of four
seeds in `make test-slow`. No answer may be a 5xx, or show anything of a reading to who
has not proven to hold it.
"""


@dataclass(frozen=True)
class Item:
    """One attack or rule. tests: file::function or file, below tests/."""

    id: str
    name: str
    applies: str
    how: str
    tests: tuple[str, ...] = ()


def sections() -> list[tuple[str, list[Item]]]:
    """Title and items, in the order of the file."""
    table = tomllib.loads((FOLDER / "matrix.toml").read_text("utf-8"))
    return [
        (
            section["title"],
            [
                Item(**{**one, "tests": tuple(one.get("tests", ()))})
                for one in section["item"]
            ],
        )
        for section in table["section"]
    ]


def page() -> str:
    """The whole document."""
    parts = [HEAD]
    for title, items in sections():
        lines = [f"## {title}", "", "| | | applies | what | tests |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        lines += [
            f"| {one.id} | {one.name} | {one.applies} | {one.how} "
            f"| {'; '.join(map(_words, one.tests))} |"
            for one in items
        ]
        parts.append("\n".join([*lines, ""]))
    return "\n".join(parts)


def _words(test: str) -> str:
    """The test's name as the sentence that it is, and its file."""
    file, _, name = test.partition("::")
    said = name.removeprefix("test_").replace("_", " ")
    return f"{said} (`{file}`)" if said else f"`{file}`"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
