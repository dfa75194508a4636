"""A trail in a fresh SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from audit_children import MASTER_KEY, a_trail

from smart_viewer.audit import Trail
from smart_viewer.store import Store, open_store


@pytest.fixture
def audit_url(tmp_path: Path) -> str:
    """A database file that is not there yet."""
    return f"sqlite:///{tmp_path / 'audit.sqlite'}"


@pytest.fixture
def audit_store(audit_url: str) -> Iterator[Store]:
    """A fresh store."""
    store = open_store(audit_url, MASTER_KEY)
    yield store
    store.close()


@pytest.fixture
def audit_trail(audit_store: Store) -> Trail:
    """Its trail, empty."""
    return a_trail(audit_store)
