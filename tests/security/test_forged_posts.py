"""What another site can make a browser send: its cookie, a form, no header of ours."""

from __future__ import annotations

import pytest
from security.attacked import Attacked, opened

pytestmark = pytest.mark.requirement("R34")

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
FORMS = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
)


def changing(attacked: Attacked, reading_id: str) -> list[tuple[str, str]]:
    return [one for one in attacked.urls(reading_id) if one[0] in CHANGING]


def test_there_are_posts_to_forge(attacked):
    paths = [path for _, path in changing(attacked, "a-x")]
    assert {"/r/a-x/end", "/r/a-x/alive"} <= set(paths)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_another_site_changes_anything(attacked, form, origin):
    victim, house = attacked.first, attacked.world.house
    readings = house.store.readings
    before = readings.head(victim.reading_id, 0.0)
    headers = {**victim.cookie(), "Content-Type": form}
    if origin:
        headers["Origin"] = origin
    for method, path in changing(attacked, victim.reading_id):
        answer = attacked.ask(method, path, headers, data=b"x=1&X-Reading=y")
        assert answer.status_code in {400, 403, 404, 405, 415}, (method, path)
    after = readings.head(victim.reading_id, 0.0)
    assert after == before
    assert after.used_at == before.used_at


def test_the_secret_counts_in_its_header_alone(attacked):
    """A form could send it in query or body, a header it cannot."""
    victim = attacked.first
    for where in (
        {"query_string": {"X-Reading": victim.secret}},
        {"data": {"X-Reading": victim.secret, "secret": victim.secret}},
    ):
        answer = attacked.ask(
            "POST", f"/r/{victim.reading_id}/alive", victim.cookie(), **where
        )
        assert answer.status_code == 404


def test_no_preflight_is_granted(attacked):
    """So that no script of another origin can send the header."""
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-reading",
    }
    for _, path in attacked.urls(attacked.first.reading_id):
        answer = attacked.ask("OPTIONS", path, {**attacked.first.cookie(), **asked})
        static = path.startswith("/static/")  # says what it allows, to nobody else
        assert answer.status_code in ({200} if static else {404, 405}), path
        names = " ".join(answer.headers.keys()).lower()
        assert "access-control" not in names, path


def test_a_get_ends_nothing_and_prolongs_nothing(attacked):
    """Also the page itself does not, when another site frames or links it as an image:
    what a navigation shows is the page, to its own browser."""
    victim = attacked.first
    for path in ("end", "alive"):
        for method in ("GET", "HEAD"):
            answer = attacked.ask(
                method, f"/r/{victim.reading_id}/{path}", victim.headers()
            )
            assert answer.status_code == 404


def test_the_page_itself_may_do_what_the_others_may_not(attacked):
    """Else the tests above would pass in a viewer that refuses everything."""
    victim = opened(attacked.world, attacked.world.order_ids()[0])
    path = f"/r/{victim.reading_id}"
    assert attacked.ask("POST", f"{path}/alive", victim.headers()).status_code == 200
    assert attacked.ask("POST", f"{path}/end", victim.headers()).status_code == 204
    assert attacked.ask("POST", f"{path}/alive", victim.headers()).status_code == 404
