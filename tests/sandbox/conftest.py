"""One sandbox EHR for all tests of this folder, conforming again before each."""

from __future__ import annotations

import pytest
from flask import Flask
from sandbox_app import Clock, Smart, ehr_config

from smart_viewer.sandbox.ehr import create_ehr

_clock = Clock()


@pytest.fixture(scope="session")
def one_ehr() -> Flask:
    return create_ehr(ehr_config(_clock))


@pytest.fixture
def smart(one_ehr: Flask) -> Smart:
    """A public app that talks to a conforming EHR with an empty log."""
    one_ehr.extensions["sandbox_faults"].clear()
    one_ehr.extensions["sandbox_log"].clear()
    return Smart(one_ehr, _clock)
