"""docs/conformance.md: requirement -> tests -> result -> what breaks it. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sabotage.bench_copy import Outcome
from sabotage.catalogue import Requirement, requirements

HEAD = """# Conformance of the front door

Made by `make launch-conformance`; do not edit. For each requirement of the launch, of
identity, isolation, audit and operation: the tests that say they prove it
(`@pytest.mark.requirement`), how they ended, and the **sabotages** under which a named
test turns red: the defence is taken out of a copy of the package, in the line that
`tests/sabotage/*.toml` shows, and the tests are run. A requirement whose sabotage
nobody notices is not proven, and stands here as such.
"""


@dataclass(frozen=True)
class Proven:
    """Requirement -> test -> outcomes of its cases, as the recorder wrote them."""

    results: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, text: str) -> Proven:
        return cls(json.loads(text))

    def tests(self, number: str) -> dict[str, list[str]]:
        """The tests of one requirement."""
        return self.results.get(number, {})

    def counts(self, number: str) -> Counter[str]:
        """How its cases ended."""
        return Counter(o for ends in self.tests(number).values() for o in ends)

    @property
    def failed(self) -> bool:
        """Whether any case failed."""
        return any(self.counts(number)["failed"] for number in self.results)


def page(proven: Proven, outcomes: Sequence[Outcome]) -> str:
    """The whole document."""
    listed = requirements()
    parts = [HEAD, _table(listed, proven, outcomes), _open_ends(listed, outcomes)]
    parts += [_section(one, proven, _of(one, outcomes)) for one in listed]
    return "\n".join(parts).rstrip() + "\n"


def _of(one: Requirement, outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [o for o in outcomes if o.sabotage.requirement == one.number]


def _table(
    listed: Sequence[Requirement], proven: Proven, outcomes: Sequence[Outcome]
) -> str:
    lines = [
        "| | requirement | tests | cases | result | sabotages noticed |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for one in listed:
        counts, own = proven.counts(one.number), _of(one, outcomes)
        red = sum(outcome.is_red for outcome in own)
        noticed = f"{red} of {len(own)}" if own else "none"
        lines.append(
            f"| {one.number} | {one.rule} | {len(proven.tests(one.number))} "
            f"| {counts.total()} | {_result(counts)} | {noticed} |"
        )
    return "\n".join(lines) + "\n"


def _result(counts: Counter[str]) -> str:
    if not counts.total():
        return "**no test**"
    said = [f"{counts[o]} {o}" for o in ("failed", "skipped") if counts[o]]
    return ", ".join(said) if said else "passed"


def _open_ends(listed: Sequence[Requirement], outcomes: Sequence[Outcome]) -> str:
    lines = [f"- {one.number}: {one.unproven}" for one in listed if one.unproven]
    lines += [
        f"- {outcome.sabotage.name}: not noticed"
        for outcome in outcomes
        if not outcome.is_red
    ]
    return "\n".join(["## Not proven", "", *(lines or ["Nothing."]), ""])


def _section(one: Requirement, proven: Proven, own: Sequence[Outcome]) -> str:
    lines = [f"## {one.number} {one.rule}", ""]
    for test, ends in sorted(proven.tests(one.number).items()):
        file = test.partition("::")[0]
        cases = f", {len(ends)} cases" if len(ends) > 1 else ""
        odd = [o for o in ("failed", "skipped") if o in ends]
        said = f" **{', '.join(odd)}**" if odd else ""
        lines.append(f"- {_words(test)} (`{file.removeprefix('tests/')}`{cases}){said}")
    if own:
        lines += ["", "| sabotage | in | turns red |", "| --- | --- | --- |"]
        lines += [_sabotage_line(outcome) for outcome in own]
    return "\n".join([*lines, ""])


def _words(test: str) -> str:
    """The test's name as the sentence that it is, or its file."""
    file, _, name = test.partition("::")
    return name.removeprefix("test_").replace("_", " ") or f"`{file}`"


def _sabotage_line(outcome: Outcome) -> str:
    sabotage = outcome.sabotage
    said = "; ".join(map(_words, outcome.red)) or "**nothing**"
    if outcome.green:
        said += f"; **not** {'; '.join(map(_words, outcome.green))}"
    return f"| {sabotage.what} | `{sabotage.file}` | {said} |"
