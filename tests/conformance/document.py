"""The account of a run as a table and as docs/display-conformance.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from conformance.rules import DISAGREEMENTS, RULES, Rule

Row = dict[str, Any]
HEAD = """# Display conformance

Made by `make conformance`; do not edit. Each case is a file that goes the product's
whole way: folder archive, plan, routes, the page's decoding and drawing in Chromium,
read back by `readPixels`; beside it PyOpenGL with the same shader, and numpy. The
oracles are not ours: dcmtk, pydicom, SimpleITK, OpenJPEG and LittleCMS (in Pillow),
highdicom, or a computation by hand from the clause, in `tests/conformance/`. Allowed:
one grey level of 255; identity windows exactly. What is said in words and numbers
(millimetres, letters, SUV) must be equal.

Largest difference: of pictures in grey levels, against unrounded values half a level
is the least that 8 bits can give; of numbers relative. Images of the shared data that
name no patient are blocked by the identity gate; here it lets them pass.

"""


RULE_HEADS = (
    "Hazard",
    "Rule",
    "Comparisons",
    "Largest difference",
    "Oracles",
    "Tests",
    "Remarks",
)
ROW_HEADS = (
    "Cases",
    "Oracle (and renderer, where not Chromium)",
    "Comparisons",
    "Largest difference",
)
DIFFERENCE_HEADS = ("What differs", "What decides")
FILE_HEADS = ("File", "Words")


def table(rows: Sequence[Row]) -> str:
    """Hazard, cases, largest difference, oracles; one line each."""
    lines = [f"{'':10}{'compared':>9} {'largest':>8}  oracles"]
    for rule in RULES:
        compared, largest, oracles = _sums(rule, rows)
        lines.append(
            f"{rule.hazard:10}{compared:>9} {largest:>8}  {', '.join(oracles)}"
        )
    total = sum(row["pictures"] for row in rows)
    return "\n".join([*lines, f"{'together':10}{total:>9}"])


def document(told: dict[str, Any]) -> str:
    """The whole document."""
    rows, refused = told["rows"], told["remarks"].get("refused", {})
    words = {f"`{name}`": " ".join(said.split()) for name, said in refused.items()}
    return HEAD + "\n".join(
        [
            _sheet("", RULE_HEADS, [_rule(rule, rows) for rule in RULES]),
            _sheet("By cases and oracle", ROW_HEADS, [_row(row) for row in rows]),
            _sheet("Where oracles disagree", DIFFERENCE_HEADS, DISAGREEMENTS),
            _sheet("Refused, and the words on the tile", FILE_HEADS, words.items()),
        ]
    )


def _sheet(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"## {title}", ""] if title else []
    lines += [_line(heads), _line(["---"] * len(heads))]
    return "\n".join([*lines, *map(_line, rows)]) + "\n"


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _rule(rule: Rule, rows: Sequence[Row]) -> list[object]:
    compared, largest, oracles = _sums(rule, rows)
    tests = ", ".join(f"`{name}`" for name in rule.tests)
    said = ", ".join(oracles)
    return [rule.hazard, rule.text, compared, largest, said, tests, rule.remark]


def _row(row: Row) -> list[object]:
    return [row["family"], row["oracle"], row["pictures"], f"{row['largest']:.2f}"]


def _sums(rule: Rule, rows: Sequence[Row]) -> tuple[int, str, list[str]]:
    mine = [row for row in rows if row["family"] in rule.families]
    oracles = sorted({row["oracle"].split(" (")[0] for row in mine})
    largest = max((row["largest"] for row in mine), default=0.0)
    return sum(row["pictures"] for row in mine), f"{largest:.2f}", oracles
