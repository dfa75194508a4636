"""Words from outside, as odd as they come: identifiers, names, scopes, URLs.

What is read of them is a total function with a small range; what is made of them cannot
break out of where it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import requests
from flask import render_template
from hypothesis import example, given
from hypothesis import strategies as st
from postgresql_cluster import make_database, running_cluster
from world import World

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.errors import RequestForbidden
from smart_viewer.fhir.identifiers import is_accession, uid_of_urn
from smart_viewer.launch.scopes import parse
from smart_viewer.net.policy import origin_of
from smart_viewer.reading.gate import Expected, compare, decide
from smart_viewer.reading.likeness import compare_birth_dates, compare_names
from smart_viewer.store import Store, open_store
from smart_viewer.web.reading_routes import _for_script

MARKUP = st.sampled_from(
    ["</script>", "<!--", "<script>", "]]>", "\u2028", "{{7*7}}", "&lt;", '"', "\\"]
)
WORDS = st.lists(st.one_of(MARKUP, st.text(max_size=20)), max_size=5).map("".join)
HOSTILE_IDS = ["' OR 1=1--", "%", "_", "*", "\ud7ff", "a" * 5000, ""]
ISSUER = "2.16.840.1.113883.4.2"


# Names on a page


class _Scripts(HTMLParser):
    """The scripts of a page as a browser would cut them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._inside = tag == "script"
        if self._inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def scripts(page: str) -> list[str]:
    parser = _Scripts()
    parser.feed(page)
    return parser.found


@given(name=WORDS, description=WORDS)
@example(name="</script><script>alert(1)</script>", description="<!-- <script>")
def test_no_name_ends_the_script_that_carries_it(
    world: World, name: str, description: str
) -> None:
    boot = {"plan": {"banner": {"name": name}, "notices": [description]}}
    with world.app.test_request_context():
        page = render_template("viewer.html", boot=_for_script(boot), prefix="")
        plain = render_template("viewer.html", boot="{}", prefix="")
    assert len(scripts(page)) == len(scripts(plain))
    assert json.loads(next(s for s in scripts(page) if s.strip())) == boot


# Identifiers


@given(st.text(max_size=80))
@example("1.2.3\n")
@example("urn:oid:urn:oid:1.2")
@example("1.2.٣")
def test_a_uid_is_digits_and_points_or_none(text: str) -> None:
    uid = uid_of_urn(text)
    if uid is not None:
        assert re.fullmatch(r"[0-9.]{1,64}", uid, re.ASCII)
        assert uid_of_urn(uid) == uid
        assert text in {uid, f"urn:oid:{uid}"}


@given(st.text(max_size=40))
@example("A1*")
@example("A?1")
@example("A\\1")
@example("A1\n")
def test_an_accession_number_that_is_used_can_match_itself_alone(text: str) -> None:
    if is_accession(text):
        assert not set(text) & set("*?\\")
        assert not [c for c in text if ord(c) < 32]


@given(
    mine=st.text(max_size=12), theirs=st.text(max_size=12), issuer=st.text(max_size=8)
)
def test_an_id_is_equal_to_itself_alone(mine: str, theirs: str, issuer: str) -> None:
    expected = Expected(((mine, ISSUER),), (), "", "", single_domain=False)
    finding = compare(expected, PatientIdentity(theirs, issuer))
    if finding.id == "equal":
        assert (mine, ISSUER) == (theirs, issuer)
    if mine and mine == theirs and issuer == ISSUER:
        assert finding.id == "equal"


# Names and birth dates


@given(st.lists(st.text(max_size=20), max_size=3), st.text(max_size=60))
@example(["Doe^Jane"], "=" * 50)
@example(["ﬃ^ß"], "FFI^SS")
def test_any_two_names_have_a_verdict_and_none_is_equal_by_nothing(
    ours: list[str], theirs: str
) -> None:
    match = compare_names(ours, theirs)
    assert match in {"equal", "variant", "disjoint", "absent"}
    if not any(c.isalnum() for name in ours for c in name):
        assert match == "absent"


@given(
    st.text(alphabet=st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=12)
)
def test_a_name_is_equal_to_itself_in_another_case(name: str) -> None:
    if compare_names([f"{name}^{name}"], f"{name}^{name}") == "absent":
        return  # nothing of it is a letter once its marks are gone
    assert compare_names([f"{name}^{name}"], f"{name.upper()}^{name}") in {
        "equal",
        "variant",  # a letter whose capital is another word, as ŉ
    }
    assert compare_names([f"{name}^{name}"], f"{name}^{name}") == "equal"


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_two_dates_have_a_verdict_that_does_not_depend_on_their_order(
    one: str, other: str
) -> None:
    match = compare_birth_dates(one, other)
    assert match in {"equal", "partial", "differs", "absent"}
    assert compare_birth_dates(other, one) == match


@given(
    st.text(max_size=30),
    st.text(max_size=10),
    st.text(max_size=10),
    st.text(max_size=3),
)
def test_nothing_that_an_archive_says_is_shown_without_the_right_id(
    name: str, birth_date: str, patient_id: str, sex: str
) -> None:
    expected = Expected(
        (("SBX-1", ISSUER),), ("Doe^Jane",), "1961-04-12", "female", single_domain=True
    )
    found = PatientIdentity(patient_id, "", name, birth_date, sex)
    verdict = decide(compare(expected, found))
    if verdict.action != "block":
        assert patient_id == "SBX-1"


# Scopes


@given(st.lists(st.text(max_size=30), max_size=6), st.sampled_from("cruds"))
@example(["patient/*.r\u0280"], "r")
@example(["patient/ImagingStudy.ſ"], "s")
def test_a_scope_allows_only_what_some_word_of_it_names(
    words: list[str], verb: str
) -> None:
    granted = parse(" ".join(words))
    if granted.allows("ImagingStudy", verb):
        named = [
            w for w in " ".join(words).split() if "ImagingStudy." in w or "*." in w
        ]
        assert any(w.partition("?")[0].isascii() for w in named)


# URLs


@given(
    st.one_of(
        st.text(max_size=60),
        st.builds(
            "{}{}{}{}".format,
            st.sampled_from(
                ["http://", "https://", "HTTPS://", "http:/", "//", "http:\\\\"]
            ),
            st.text(alphabet="ab.:@[]%#?\\/\t1é\u3002", max_size=20),
            st.sampled_from(["", "/", ":80", ":99999", "@x", "#@x", "?@x", "\\@x"]),
            st.text(max_size=10),
        ),
    )
)
@example("http://listed.example\\@evil.example/")
@example("http://listed.example#@evil.example/")
@example("http://[::1]@evil.example/")
@example("http://evil。example/")
def test_the_guard_and_the_library_read_one_host_in_a_url(url: str) -> None:
    """Else what was checked is not what is asked (two readers of a URL)."""
    try:
        origin = origin_of(url)
    except RequestForbidden:
        return
    try:
        prepared = requests.Request("GET", url).prepare()
    except (requests.RequestException, UnicodeError):
        return  # never asked
    if not origin.host.isascii():
        return  # no configured origin is: settings write it as the wire does
    assert origin_of(prepared.url or "") == origin


# The store


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def any_store(
    request: pytest.FixtureRequest,
    need: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("hostile")
        yield from _opened(f"sqlite:///{folder / 'state.sqlite'}")
        return
    programs = need("postgresql")
    with running_cluster(programs) as cluster:
        yield from _opened(make_database(programs, cluster, "hostile"))


def _opened(url: str) -> Iterator[Store]:
    store = open_store(url, b"k" * 32)
    yield store
    store.close()


@pytest.mark.parametrize("word", HOSTILE_IDS, ids=range(len(HOSTILE_IDS)))
def test_the_store_finds_nothing_by_a_hostile_id(any_store: Store, word: str) -> None:
    assert any_store.readings.head(word, 0.0) is None
    assert any_store.readings.read(word, 0.0) is None
    assert any_store.grants.read(word) is None
    assert any_store.transactions.take(word, 0.0) is None
    assert not any_store.readings.has_secret(word, word)
    assert any_store.rates.spend(word, 3, 60.0) == 0.0
