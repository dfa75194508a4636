"""A pytest plugin that writes down which requirement a test proves, and how it ended.

`-p sabotage.recorder --requirements=FILE`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

Results = dict[str, dict[str, list[str]]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements", help="where to write the results, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    target = config.getoption("--requirements")
    if target:
        config.pluginmanager.register(_Recorder(Path(target)), "requirement recorder")


class _Recorder:
    """Requirement -> test -> the outcomes of its cases."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._of: dict[str, set[str]] = {}
        self._results: Results = defaultdict(lambda: defaultdict(list))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            marks = item.iter_markers("requirement")
            self._of[item.nodeid] = {str(mark.args[0]) for mark in marks}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ended_early = report.when == "setup" and report.outcome != "passed"
        if report.when != "call" and not ended_early:
            return
        test = report.nodeid.partition("[")[0]
        for number in self._of.get(report.nodeid, ()):
            self._results[number][test].append(report.outcome)

    def pytest_sessionfinish(self) -> None:
        self._target.write_text(json.dumps(self._results), "utf-8")
