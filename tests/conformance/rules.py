"""The rows of docs/display-conformance.md, as rules.toml has them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

_TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@dataclass(frozen=True)
class Rule:
    """A hazard's rule in brief; `families` of cases in the account; `tests` by file."""

    hazard: str
    text: str
    families: tuple[str, ...]
    tests: tuple[str, ...]
    remark: str = ""


RULES = tuple(
    Rule(
        one["hazard"],
        one["text"],
        tuple(one["families"]),
        tuple(one["tests"]),
        one.get("remark", ""),
    )
    for one in _TOLD["rule"]
)
DISAGREEMENTS = tuple((one["what"], one["decides"]) for one in _TOLD["disagreement"])
