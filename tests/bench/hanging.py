"""The plan of a study of 40 series with 30 studies to compare with."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from smart_viewer.hanging.plan import hang
from smart_viewer.hanging.read_protocol import LIBRARY_FOLDER, load_library
from smart_viewer.hanging.read_vocabulary import shipped_vocabulary
from smart_viewer.hanging.table import OrderFacts, StudyTable
from tests.bench.report import say, timed

RUNS = 200
SERIES, PRIORS = 40, 30


def measure() -> None:
    """Median over runs; the library and the vocabulary are read before."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "hanging"))
    from hanging_studies import MR_BRAIN, study

    library = load_library(LIBRARY_FOLDER)
    shipped_vocabulary()
    series = (MR_BRAIN * SERIES)[:SERIES]
    order = OrderFacts(codings=(("http://loinc.org", "24587-8", "MR brain"),))
    listed = [
        replace(
            study(first=100 * n, study_date=f"20{10 + n % 14:02}0601"),
            study_description="MR BRAIN WITH AND WITHOUT CONTRAST",
            modalities=("MR",),
        )
        for n in range(1, PRIORS + 1)
    ]
    fetched = [
        study(*series, first=100 * n, study_date=p.study_date)
        for n, p in enumerate(listed, start=1)
    ]
    for what, others in (("as listed", listed), ("with metadata", fetched)):
        table = StudyTable((study(*series),), tuple(others))
        plan = partial(hang, table, order, library, today=date(2024, 6, 1))
        runs = [timed(plan).wall_s for _ in range(RUNS)]
        name = f"plan of {SERIES} series, {PRIORS} priors {what}"
        say(name, [1000 * run for run in runs], "ms", "under 10 ms")
