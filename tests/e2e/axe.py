"""axe-core in a page: what it breaks of WCAG 2.2 A and AA, and of good practice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page

VIEWER = Path(__file__).parent.parent.parent / "viewer"
SCRIPT = VIEWER / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rules that are not run, each with its reason.
OFF: dict[str, str] = {}
RUN = """async ([tags, off]) => {
  const rules = Object.fromEntries(off.map((rule) => [rule, { enabled: false }]));
  // 2.5.8 is of 2.2 AA and off by default.
  rules["target-size"] = { enabled: true };
  const options = { runOnly: { type: "tag", values: tags }, rules,
    iframes: false, resultTypes: ["violations"] };
  const { violations } = await axe.run(document, options);
  return violations;
}"""


def violations(page: Page | Frame) -> list[str]:
    """Each broken rule with the elements that break it; axe comes with the call."""
    if not page.evaluate("() => 'axe' in window"):
        if not SCRIPT.is_file():
            pytest.fail("missing: axe-core; run `npm ci` in viewer/", pytrace=False)
        page.evaluate(SCRIPT.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN, [TAGS, sorted(OFF)])
    return [_sentence(rule, node) for rule in found for node in rule["nodes"]]


def breaks_nothing(page: Page | Frame) -> None:
    """Fails with every broken rule in words."""
    found = violations(page)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def _sentence(rule: dict[str, Any], node: dict[str, Any]) -> str:
    why = " ".join(check["message"] for check in node["any"] + node["all"])
    why = why or " ".join(check["message"] for check in node["none"])
    return f"{rule['id']}: {node['target']} {node['html'][:160]} – {why}"
