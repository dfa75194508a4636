"""A sandbox EHR per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ehr_walk import Ehr, running_ehr


@pytest.fixture
def ehr(tmp_path: Path) -> Iterator[Ehr]:
    with running_ehr(tmp_path) as running:
        yield running
