"""The catalogue is in step with the package and its tests; slow: each turns red.

A named test that stays green while its defence is out proves nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sabotage.bench_copy import copied, tried
from sabotage.catalogue import PACKAGE, ROOT, Sabotage, requirements, sabotages

ALL = sabotages()
NUMBERS = [*range(1, 14), *range(25, 39), *range(45, 48)]


def name_of(sabotage: Sabotage) -> str:
    return sabotage.name


def test_every_requirement_of_the_front_door_is_listed():
    assert [one.number for one in requirements()] == [f"R{n}" for n in NUMBERS]


def test_every_requirement_has_a_sabotage_or_a_reason_why_not():
    sabotaged = {one.requirement for one in ALL}
    assert sabotaged <= {one.number for one in requirements()}
    for one in requirements():
        assert (one.number in sabotaged) is (not one.unproven), one.number


@pytest.mark.parametrize("sabotage", ALL, ids=name_of)
def test_the_lines_to_take_out_stand_in_the_package(sabotage):
    text = (PACKAGE / sabotage.file).read_text("utf-8")
    changed = sabotage.applied(text)
    assert changed != text
    ast.parse(changed)  # it must run to prove something


@pytest.mark.parametrize("sabotage", ALL, ids=name_of)
def test_the_tests_that_must_notice_exist(sabotage):
    for test in sabotage.tests:
        file, _, function = test.partition("::")
        path = ROOT / file
        assert path.exists(), test
        assert not function or f"def {function}(" in path.read_text("utf-8"), test


def test_no_two_sabotages_have_one_name():
    names = [one.name for one in ALL]
    assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with copied(tmp_path_factory.mktemp("sabotage")) as folder:
        yield folder


@pytest.mark.slow
@pytest.mark.parametrize("sabotage", ALL, ids=name_of)
def test_without_its_defence_a_named_test_turns_red(copy, sabotage):
    outcome = tried(copy, sabotage)
    assert outcome.is_red, outcome.broken or f"stayed green: {outcome.green}"
