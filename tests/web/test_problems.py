"""Every error becomes a word with a next step, and never a stack trace."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, abort

from smart_viewer import errors
from smart_viewer.errors import SmartViewerError
from smart_viewer.settings import asset_root
from smart_viewer.web import problems, security, words

SECRET = "Meier^Anna"


def every_error() -> list[type[SmartViewerError]]:
    found, queue = [], [SmartViewerError]
    while queue:
        kind = queue.pop()
        found.append(kind)
        queue += kind.__subclasses__()
    return [kind for kind in found if kind.__module__ == errors.__name__]


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__, template_folder=asset_root() / "templates")
    app.context_processor(lambda: {"prefix": ""})
    security.install(app)
    problems.install(app)
    words.install(app, asset_root() / "templates")

    @app.get("/raise/<name>")
    def raise_it(name: str) -> str:
        raise getattr(errors, name)("said on purpose")

    @app.get("/unforeseen")
    def unforeseen() -> str:
        raise ZeroDivisionError(SECRET)

    @app.get("/abort/<int:code>")
    def abort_it(code: int) -> str:
        abort(code)

    return app


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_class_has_a_status_and_a_next_step(app, kind):
    answer = app.test_client().get(f"/raise/{kind.__name__}")
    assert answer.status_code == problems.STATUS[kind]
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == kind.code
    assert answer.json["detail"] == "said on purpose"
    assert answer.json["next_step"]
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-Id"]


def test_codes_are_each_their_own():
    codes = [kind.code for kind in every_error()]
    assert len(set(codes)) == len(codes)


def test_a_person_gets_a_page(app):
    answer = app.test_client().get(
        "/raise/LaunchRefused", headers={"Accept": "text/html"}
    )
    assert answer.mimetype == "text/html"
    assert "Open the viewer again from the EHR." in answer.text
    assert answer.headers["X-Correlation-Id"] in answer.text


@pytest.mark.requirement("R13")
def test_markup_in_a_message_is_escaped(app):
    app.add_url_rule("/markup", view_func=_raise_markup)
    answer = app.test_client().get("/markup", headers={"Accept": "text/html"})
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def _raise_markup() -> str:
    raise errors.LaunchRefused("<script>alert(1)</script>")


@pytest.mark.requirement("R37")
def test_what_nobody_foresaw_tells_neither_client_nor_log_a_value(app, caplog):
    caplog.set_level(logging.DEBUG)
    answer = app.test_client().get("/unforeseen")
    assert answer.status_code == 500
    assert answer.json["code"] == "unforeseen"
    assert SECRET not in answer.text
    assert SECRET not in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "unforeseen" in caplog.text  # the function in which it happened


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 429])
def test_http_errors_are_problems_too(app, code):
    answer = app.test_client().get(f"/abort/{code}")
    assert answer.status_code == code
    assert answer.mimetype == "application/problem+json"
