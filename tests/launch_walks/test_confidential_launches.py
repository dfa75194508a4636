"""Every personality with every way to authenticate the client, over HTTP (R7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from odd_world import OddWorld, boot_of, leaks, odd_world
from pydantic import SecretStr
from world import Walk

from smart_viewer.app import open_archive
from smart_viewer.cli_check import as_json, as_text
from smart_viewer.demo_ehrs import TEMPLATES
from smart_viewer.launch.key_file import new_key_file
from smart_viewer.reading.check import Question, check
from smart_viewer.reading.check_steps import first_to_mend
from smart_viewer.sandbox.personalities import NAMES

METHODS = ("client_secret_basic", "RS384", "ES384")


def of_method(method: str, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What our profiles say, and what the EHR has registered."""
    if method == "client_secret_basic":
        secret = "s3cret: with + and %"
        return (
            {"client_auth": method, "client_secret": secret},
            {"client_secret": secret},
        )
    file = folder / "keys.json"
    public = new_key_file(file, method)
    return (
        {"client_auth": "private_key_jwt", "client_keys": file.read_text()},
        {"jwks": public},
    )


@pytest.fixture(scope="module", params=METHODS)
def confidential(
    request: pytest.FixtureRequest,
    samples: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OddWorld]:
    folder = tmp_path_factory.mktemp("confidential")
    profile, registration = of_method(request.param, folder)
    with odd_world(folder, samples / "mismatch", profile, registration) as world:
        yield world


@pytest.mark.requirement("R7")
@pytest.mark.parametrize("personality", NAMES)
def test_a_confidential_client_comes_to_the_images(
    confidential: OddWorld, personality: str, ours: Callable[[], str]
):
    walk = Walk()
    boot = boot_of(walk.get(confidential.launch_as(personality)))
    assert boot["plan"]["displaySets"], boot["plan"]["notices"]
    assert leaks(confidential, walk, "", ours()) == []


@pytest.mark.requirement("R7")
@pytest.mark.requirement("R37")
def test_neither_log_nor_key_set_has_anything_secret(confidential, ours):
    walk = Walk()
    walk.get(confidential.launch_as("plain"))
    profile = confidential.settings.ehr("sandbox")
    shown = walk.get(f"{confidential.app_url}/.well-known/jwks.json").text
    held = profile.client_secret or profile.client_keys
    text = held.get_secret_value()
    secrets = [text]
    if profile.client_keys:
        secrets = [json.loads(text)["keys"][0]["d"]]
    said = ours() + shown + repr(confidential.settings)
    assert not [secret for secret in secrets if secret in said]


def checked(world: OddWorld, question: Question, **changes: Any):
    """Steps of `check`, and everything that is printed of them."""
    ehrs = [ehr.model_copy(update=changes) for ehr in world.settings.ehrs]
    settings = world.settings.model_copy(update={"ehrs": tuple(ehrs)})
    steps = check(settings, question, open_archive)
    return steps, as_text(steps) + as_json(steps) + repr(steps)


@pytest.mark.requirement("R7")
@pytest.mark.requirement("R45")
@pytest.mark.parametrize("ehr_id", ["sandbox", *TEMPLATES.values()])
def test_the_check_proves_who_we_are_where_it_is_wished(confidential, ehr_id):
    steps, _ = checked(confidential, Question(ehr_id))
    untried = {step.name: step.finding for step in steps}["authentication"]
    assert "--authenticate" in untried.answered
    steps, _ = checked(confidential, Question(ehr_id, authenticate=True))
    assert {step.verdict for step in steps} == {"ok"}, steps
    tried = {step.name: step for step in steps}["authentication"]
    assert tried.finding.answered.startswith("invalid_grant: it knows us")
    assert tried.rule == "R7"


@pytest.mark.requirement("R7")
@pytest.mark.requirement("R45")
def test_a_wrong_secret_or_key_is_named_and_not_repeated(confidential, tmp_path):
    # given a secret or key that the EHR has not registered
    method = confidential.settings.ehr("sandbox").client_auth
    if method == "client_secret_basic":
        wrong = "another-secret-than-registered"
        changes, name = {"client_secret": SecretStr(wrong)}, "CLIENT_SECRET"
    else:
        file = tmp_path / "other.json"
        new_key_file(file, "ES384")
        wrong = json.loads(file.read_text())["keys"][0]["d"]
        changes, name = {"client_keys": SecretStr(file.read_text())}, "CLIENT_KEYS"
    # when
    question = Question("sandbox", authenticate=True)
    steps, printed = checked(confidential, question, **changes)
    # then
    first = first_to_mend(steps)
    assert (first.name, first.rule, first.verdict) == ("authentication", "R7", "FAIL")
    assert first.finding.advice.key == f"SMART_VIEWER_{name}_SANDBOX"
    assert first.heard.startswith("HTTP 401 application/json")
    assert "invalid_client" in first.heard
    assert wrong not in printed
    assert "eyJ" not in printed
