"""Redaction: what must not be in a log line is not in it."""

from __future__ import annotations

import logging

import pytest

from smart_viewer.net.redaction import TALKATIVE_LOGGERS, pin_loggers, redact

SECRET = "s3cr3tVALUE"


@pytest.mark.parametrize(
    "line",
    [
        f"GET https://ehr.example/fhir/ImagingStudy?patient={SECRET}&x=1 200",
        f"GET https://ehr.example/cb?code={SECRET}",
        f"https://ehr.example/a#access_token={SECRET}",
        f'"GET /fhir/Patient/{SECRET} HTTP/1.1" 200',
        f"Authorization: Bearer {SECRET}",
        f"authorization: basic {SECRET}==",
        f'{{"access_token": "{SECRET}", "patient": "{SECRET}"}}',
        f"{{'refresh_token': '{SECRET}'}}",
        f"code_verifier={SECRET}&grant_type=x",
        f"token eyJ{SECRET}.eyJ{SECRET}.{SECRET}",
        f"client_secret = {SECRET}",
    ],
)
@pytest.mark.requirement("R37")
def test_no_secret_survives_redaction(line):
    assert SECRET not in redact(line)
    assert "[redacted]" in redact(line)


@pytest.mark.parametrize(
    "line",
    [
        "the EHR answered with status 503",
        "https://ehr.example/fhir/metadata",
        "reading a",
    ],
)
def test_harmless_text_stays_as_it_is(line):
    assert redact(line) == line


@pytest.mark.requirement("R37")
def test_talkative_libraries_stay_silent_at_debug(caplog):
    # given a process that logs everything
    caplog.set_level(logging.DEBUG)
    # when
    pin_loggers()
    for name in TALKATIVE_LOGGERS:
        logging.getLogger(f"{name}.inner").debug("secret")
        logging.getLogger(name).warning("secret")
    # then
    assert not caplog.records
