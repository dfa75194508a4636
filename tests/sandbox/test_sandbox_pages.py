"""The EHR's own pages: what they show, where they lead, what they may load."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sandbox_app import FHIR, STANDALONE, Clock, ehr_config, query_of

from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.people import StudyHeader, people_from_studies

HOSTILE = StudyHeader(
    '"><script>1</script>',
    "<b>^<i>",
    "",
    "",
    "2.999.9.1",
    "<u>",
    "",
    "<script>2</script>",
    ("CT",),
    (),
)


def page(smart, path: str):
    return smart.ehr.test_client().get(path)


def test_the_front_page_lists_everyone_with_their_orders(smart):
    text = page(smart, "/").text
    for word in ("SANDBOX, Chest", "SBX-0001", "1958-04-12", "SBXA0001", "CT Chest"):
        assert word in text
    assert text.count(">Launch</a>") == 13 * 4  # thirteen orders, four apps
    assert "Synthetic patients, not a real EHR" in text


@pytest.mark.parametrize(
    ("query", "count"), [("mismatch", 1), ("SBX-0003", 1), ("sbxa0001", 1), ("zz", 0)]
)
def test_find_narrows_the_list(smart, query, count):
    assert page(smart, f"/?q={query}").text.count('class="card" aria') == count


def test_launch_mints_a_new_value_each_time_and_names_the_issuer(smart):
    first, second = (query_of(page(smart, "/launch/order-1")) for _ in range(2))
    assert first["iss"] == second["iss"] == FHIR
    assert set(first) == {"iss", "launch"}
    assert first["launch"] != second["launch"]


def test_the_standalone_link_has_an_issuer_and_no_launch(smart):
    link = "http://127.0.0.1:9998/launch?iss=http%3A%2F%2Flocalhost%3A9999%2Ffhir"
    assert f'href="{link}"' in page(smart, "/").text


def test_the_chart_shows_the_patient_above_the_framed_app(smart):
    answer = page(smart, "/chart/order-2?app=public")
    assert "SANDBOX, Mismatch" in answer.text
    assert 'src="/launch/order-2?app=public&amp;display=frame"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-src 'self' http://127.0.0.1:9998;" in policy


@pytest.mark.parametrize(
    "path", ["/launch/nobody", "/chart/nobody", "/launch/order-1?app=x", "/nothing"]
)
def test_what_is_not_there_is_404(smart, path):
    assert page(smart, path).status_code == 404


def test_pages_carry_their_headers_and_no_script(smart):
    for answer in (page(smart, "/"), smart.authorize(scope=STANDALONE)):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "<script" not in answer.text
        assert " style=" not in answer.text


def test_the_stylesheet_comes_from_here(smart):
    answer = page(smart, "/sandbox.css")
    assert answer.content_type.startswith("text/css")
    assert "url(" not in answer.text
    answer.close()


def test_headers_with_markup_are_shown_as_text():
    people = people_from_studies([HOSTILE])
    ehr = create_ehr(replace(ehr_config(Clock()), people=people))
    answer = ehr.test_client().get("/")
    assert "<script>" not in answer.text
    assert "<b>" not in answer.text
    assert "not a real EHR" in answer.text
    assert "Synthetic" not in answer.text
