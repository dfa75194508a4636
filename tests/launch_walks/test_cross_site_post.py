"""What another site may make a browser send does nothing here (R34)."""

from __future__ import annotations

import pytest
from odd_world import boot_of
from world import Walk

pytestmark = pytest.mark.requirement("R34")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://another.example"},
        {"Origin": "null"},
        {"Origin": "https://another.example", "X-Reading": ""},
    ],
)
def test_a_form_of_another_site_ends_no_reading(odd, headers):
    # given: a browser with its cookie, and a form that cannot know the secret
    walk = Walk()
    boot = boot_of(walk.get(odd.launch_as("plain")))
    url = f"{odd.app_url}{boot['base']}"
    # when
    answer = walk.session.post(
        f"{url}/end", headers=headers, cookies=walk.cookies_of(odd.app_url), timeout=30
    )
    # then
    assert answer.status_code in {403, 404}
    assert walk.get(url).status_code == 200
