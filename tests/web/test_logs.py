"""The log's lines: JSON, the request's id, and no value that somebody else chose."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
from flask import Flask

from smart_viewer.web import logs, security

pytestmark = pytest.mark.requirement("R37")

NAME, TOKEN, URL = "Meier^Anna", "eyJhbGciOiJ.eyJzdWIi.c2ln", "/launch?launch=SECRET"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Standard error, with our log started at DEBUG; put back afterwards."""
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    kept = (list(root.handlers), root.level, ours.level)
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.start("DEBUG", "json")
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = kept[0]
    root.setLevel(kept[1])
    ours.setLevel(kept[2])


def lines(written: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_our_own_word_is_a_line_with_time_level_and_place(written):
    logging.getLogger("smart_viewer.web.logs").debug("so many: %d", 7)
    (line,) = lines(written)
    assert line["message"] == "so many: 7"
    assert (line["level"], line["logger"]) == ("DEBUG", "smart_viewer.web.logs")
    assert line["time"].endswith("+00:00")
    assert line["request"] == "none"


def test_inside_a_request_its_id_is_in_the_line(written):
    app = Flask(__name__)
    security.install(app)

    @app.get("/")
    def home() -> str:
        logging.getLogger("smart_viewer.any").info("here")
        return ""

    answer = app.test_client().get("/")
    assert lines(written)[0]["request"] == answer.headers["X-Correlation-Id"]


@pytest.mark.parametrize("level", ["debug", "info"])
def test_a_library_does_not_speak_below_warning(written, level):
    getattr(logging.getLogger("sqlalchemy.engine.Engine"), level)("Row %r", NAME)
    assert written.getvalue() == ""


@pytest.mark.parametrize(
    ("message", "values"),
    [
        ("Row %r", (NAME,)),
        (f"Invalid Request Line 'GET {URL} HTTP/1.1'", ()),
        ("Error handling request %s", (URL,)),
        (f"fetch https://pacs.example/studies?PatientName={NAME}", ()),
        (f'value "{NAME}" of 1.2.840.10008.5.1', ()),
        (f"Authorization: Bearer {TOKEN}", ()),
        ("/r/a-SECRETREADING/d/0/f/0 failed", ()),
    ],
)
def test_a_library_that_warns_is_quoted_without_values(written, message, values):
    logging.getLogger("some.library").warning(message, *values)
    text = written.getvalue()
    assert "some.library" in text
    for word in (NAME, "Meier", "SECRET", TOKEN, "1.2.840.10008"):
        assert word not in text


def test_a_warning_of_python_says_nothing_of_the_value(written):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"Invalid value for VR PN: {NAME!r}", stacklevel=1)
    assert lines(written)[0]["logger"] == "py.warnings"
    assert NAME not in written.getvalue()


def test_an_error_is_named_with_its_place_and_without_its_text(written):
    try:
        raise ValueError(NAME)
    except ValueError:
        logging.getLogger("smart_viewer.any").exception("it failed")
    (line,) = lines(written)
    assert (line["message"], line["error"]) == ("it failed", "ValueError")
    assert line["at"][-1].startswith("test_logs.py:")
    assert NAME not in written.getvalue()


def test_a_line_break_in_a_message_makes_no_second_line(written):
    logging.getLogger("smart_viewer.any").warning('one\n{"level":"forged"}')
    assert len(lines(written)) == 1


def test_for_people_the_same_stands_in_words(written, capsys):
    logs.start("INFO", "text")
    logging.getLogger("smart_viewer.any").info(
        "answered", extra={"facts": {"status": 200}}
    )
    text = capsys.readouterr().err
    assert " INFO smart_viewer.any answered request=none status=200" in text
