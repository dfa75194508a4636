"""Order, letters, spacing, SUV, statistics, time: the page's words and numbers.

Oracles: SimpleITK for geometry; else hand computations from the clauses.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from conformance.judge import Ledger
from conformance.question import Question, ask_all
from conformance.questions_enhanced import ENHANCED
from conformance.questions_measure import MEASURE
from conformance.questions_pixels import PIXELS
from conformance.questions_plane import PLANE
from conformance.questions_suv import SUV

pytestmark = pytest.mark.browser
MAKERS = (*PLANE, *MEASURE, *PIXELS, *SUV, *ENHANCED)
SHARES = (
    pytest.param(0.15, id="selection"),
    pytest.param(1.0, id="all", marks=pytest.mark.slow),
)
SEED = 5


@pytest.mark.parametrize("share", SHARES)
def test_what_is_said_is_what_the_clauses_say(
    chromium: Browser, harness: Path, ledger: Ledger, tmp_path: Path, share: float
) -> None:
    chosen = random.Random(SEED)
    questions = [one for make in MAKERS for one in _some(list(make()), share, chosen)]
    faults = ask_all(chromium, harness, tmp_path, questions, ledger)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:20])


def _some(
    questions: list[Question], share: float, chosen: random.Random
) -> list[Question]:
    count = max(2, round(share * len(questions)))
    return questions if count >= len(questions) else chosen.sample(questions, count)
