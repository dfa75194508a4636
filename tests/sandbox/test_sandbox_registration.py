"""What an EHR cannot be set up with."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sandbox_app import SECRET, Clock, ehr_config, registrations

VALID = ehr_config(Clock())


def test_a_base_url_with_a_slash_is_refused():
    with pytest.raises(ValueError, match="slash"):
        replace(VALID, base_url="http://localhost:1/")


def test_an_ehr_without_a_clinician_is_refused():
    with pytest.raises(ValueError, match="practitioner"):
        replace(VALID, people=replace(VALID.people, practitioners=()))


def test_no_secret_shows_in_a_repr():
    assert SECRET not in repr(registrations())
