"""The three ways to say who we are, and keys that change on the way (R7).

The sandbox asks for our public key set over HTTP, as an EHR does, and knows no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from ehr_walk import make_settings, running_ehr
from flask import Flask, jsonify
from pydantic import SecretStr

from smart_viewer.errors import GrantExpired, LaunchRefused
from smart_viewer.launch.key_file import new_key_file, rotate_key_file
from smart_viewer.launch.keys import public_jwks
from smart_viewer.launch.refresh import bearer
from smart_viewer.sandbox.serve import start_server
from smart_viewer.settings import Settings

pytestmark = pytest.mark.requirement("R7")


@dataclass
class Site:
    """The key file of a site, and its key set as the running viewer shows it."""

    file: Path
    settings: Settings | None = None

    def restart(self, ehr) -> None:
        """Read the file again, as a restarted viewer does."""
        secret = SecretStr(self.file.read_text())
        profile = ehr.profile.model_copy(update={"client_keys": secret})
        ehr.settings = ehr.settings.model_copy(update={"ehrs": (profile,)})
        self.settings = ehr.settings


@contextmanager
def keyed(tmp_path: Path, algorithm: str) -> Iterator[tuple[object, Site]]:
    """An EHR at which we authenticate by key, and the site that has it."""
    file = tmp_path / "keys.json"
    new_key_file(file, algorithm)
    site = Site(file)
    app = Flask("jwks")
    app.add_url_rule(
        "/.well-known/jwks.json", "jwks", lambda: jsonify(public_jwks(site.settings))
    )
    changes = {"client_auth": "private_key_jwt", "client_keys": file.read_text()}
    with (
        start_server(app) as shown,
        running_ehr(
            tmp_path, jwks_url=f"{shown.url}/.well-known/jwks.json", **changes
        ) as ehr,
    ):
        site.settings = ehr.settings
        yield ehr, site


@pytest.mark.parametrize("algorithm", ["RS384", "ES384"])
def test_a_client_with_a_key_launches_renews_and_rotates(tmp_path, algorithm):
    with keyed(tmp_path, algorithm) as (ehr, site):
        # given: tokens of a second, since an assertion carries the real time
        ehr.faults.token_lifetime_s = 1
        handle = ehr.launch()
        query = ehr.authorize()
        # when: the key is rotated between launch and callback
        rotate_key_file(site.file)
        site.restart(ehr)
        # then
        assert ehr.finish(query).grant.patient == "patient-1"
        # and a reading of before goes on
        ehr.clock.now += 2
        token = bearer(
            handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings, ehr.clock
        )
        assert token() != handle.grant.access_token


def test_replicas_on_both_sides_of_a_rotation_both_launch(tmp_path):
    # given: the new key is announced, and every replica shows it
    with keyed(tmp_path, "ES384") as (ehr, site):
        rotate_key_file(site.file, announce=True)
        site.restart(ehr)
        before = ehr.settings
        # when: one replica has restarted with it, the other shows the set of before
        rotate_key_file(site.file)
        site.restart(ehr)
        after, site.settings = ehr.settings, before
        # then
        for settings in (before, after):
            ehr.settings = settings
            assert ehr.launch().grant.patient == "patient-1"


def test_a_key_that_the_ehr_cannot_find_is_refused_with_its_word(tmp_path):
    with keyed(tmp_path, "ES384") as (ehr, site):
        query = ehr.authorize()
        shown = site.settings
        rotate_key_file(site.file)
        site.restart(ehr)
        site.settings = shown  # the set of before
        with pytest.raises(LaunchRefused, match="invalid_client") as refused:
            ehr.finish(query)
        assert refused.value.reason == "token_refused"


def test_a_secret_is_sent_by_basic_and_never_in_the_body(tmp_path):
    changes = {"client_auth": "client_secret_basic", "client_secret": "a:b c%/+"}
    with running_ehr(tmp_path, secret="a:b c%/+", **changes) as ehr:
        handle = ehr.launch()
        ehr.clock.now += 3600
        token = bearer(
            handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings, ehr.clock
        )
        assert token()
        asked = [e for e in ehr.log.entries if e.path == "/oauth/token"]
        assert [entry.has_authorization for entry in asked] == [True, True]


def test_a_wrong_secret_is_refused(tmp_path):
    changes = {"client_auth": "client_secret_basic", "client_secret": "old"}
    with running_ehr(tmp_path, secret="new", **changes) as ehr:
        with pytest.raises(LaunchRefused) as refused:
            ehr.launch()
        assert refused.value.reason == "token_refused"
        assert "old" not in str(refused.value)


@pytest.mark.parametrize(
    ("switch", "asked"), [("fails", 1), ("spent", 1)], ids=["fails", "spent elsewhere"]
)
@pytest.mark.requirement("R11")
def test_a_refresh_that_the_ehr_refuses_locks_and_is_not_tried_again(
    tmp_path, switch, asked
):
    with running_ehr(tmp_path) as ehr:
        handle = ehr.launch()
        ehr.faults.refresh = switch
        ehr.clock.now += 3600
        ehr.log.clear()
        token = bearer(
            handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings, ehr.clock
        )
        for _ in range(3):
            with pytest.raises(GrantExpired):
                token()
        assert ehr.log.count("/oauth/token") == asked


@pytest.mark.requirement("R11")
def test_a_refresh_token_that_is_given_back_is_not_used_again(tmp_path):
    # given: an EHR that does not rotate, though the profile does not say so
    with running_ehr(tmp_path) as ehr:
        ehr.faults.refresh = "keeps"
        handle = ehr.launch()
        token = bearer(
            handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings, ehr.clock
        )
        ehr.clock.now += 3600
        assert token()
        # when / then
        ehr.clock.now += 3600
        ehr.log.clear()
        with pytest.raises(GrantExpired):
            token()
        assert ehr.log.count("/oauth/token") == 0


@pytest.mark.requirement("R11")
def test_an_ehr_that_is_known_not_to_rotate_goes_on(tmp_path):
    with running_ehr(tmp_path, refresh_token_reusable=True) as ehr:
        ehr.faults.refresh = "keeps"
        handle = ehr.launch()
        token = bearer(
            handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings, ehr.clock
        )
        for _ in range(3):
            ehr.clock.now += 3600
            assert token()


def test_settings_of_the_tests_are_public_clients(tmp_path):
    settings = make_settings(tmp_path, "https://ehr.example/fhir")
    assert settings.ehrs[0].client_auth == "none"
