"""The catalogue of sabotages: which defence is taken out, and who must notice."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
PACKAGE = ROOT / "smart_viewer"


@dataclass(frozen=True)
class Sabotage:
    """One defence, out of `file` of the package: `old` becomes `new`.

    what: the weakness, in a line. tests: node ids, relative to the project; one of
    them must turn red.
    """

    requirement: str
    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """`R5: the weakness`, for reports."""
        return f"{self.requirement}: {self.what}"

    def applied(self, text: str) -> str:
        """The file without the defence. ValueError unless that stands there once."""
        if text.count(self.old) != 1:
            raise ValueError(
                f"{self.name}: {self.file} has the lines {text.count(self.old)} times"
            )
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Requirement:
    """A requirement of launch.md. unproven: why no sabotage can show it, or nothing."""

    number: str
    rule: str
    unproven: str = ""


def requirements() -> tuple[Requirement, ...]:
    """Those that the document lists, by number."""
    table = tomllib.loads((FOLDER / "requirements.toml").read_text("utf-8"))
    return tuple(Requirement(number, **entry) for number, entry in table.items())


def sabotages() -> tuple[Sabotage, ...]:
    """All of them, in the order of the files."""
    found = []
    for file in sorted(FOLDER.glob("sabotage_*.toml")):
        for entry in tomllib.loads(file.read_text("utf-8"))["sabotage"]:
            tests = tuple(f"tests/{test}" for test in entry.pop("tests"))
            found.append(Sabotage(**entry, tests=tests))
    return tuple(found)
