"""The container files, as far as they can be checked without a container runtime.

What they name exists, what they set is a setting, and the command is one of ours.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from smart_viewer.cli import main
from smart_viewer.operation import Operation

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
NAME = re.compile(r"\$\{([A-Z_]+)\}")
SITE_ENV = {"SMART_VIEWER_PUBLIC_URL", "SERVER_NAME", "PUBLIC_PATH"}  # docs list them


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions, continued lines joined."""
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [one for one in text.splitlines() if one and not one.startswith("#")]
    return [(one.split(" ", 1)[0], one.split(" ", 1)[1].strip()) for one in lines]


def settings_read() -> set[str]:
    """Every SMART_VIEWER_ setting; the README's table is tested to be complete."""
    table = (ROOT / "README.md").read_text("utf-8")
    return set(re.findall(r"^\| `(SMART_VIEWER_[A-Z_]+)", table, re.MULTILINE))


def test_every_instruction_is_one_that_exists(instructions):
    known = {"FROM", "RUN", "COPY", "ENV", "WORKDIR", "USER", "EXPOSE", "CMD"}
    assert {name for name, _ in instructions} <= known | {"STOPSIGNAL", "HEALTHCHECK"}
    assert instructions[0][0] == "FROM"


def test_everything_that_is_copied_is_here_and_nothing_that_the_wheel_needs_lacks(
    instructions,
):
    copied = {
        word
        for name, words in instructions
        if name == "COPY" and "--from" not in words
        for word in words.split()[:-1]
    }
    assert [word for word in copied if not (ROOT / word).exists()] == []
    needed = {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "viewer"}
    packed = {"smart_viewer", "templates", "static", "launch_configs"}
    assert needed | packed <= copied


def test_its_command_is_one_of_ours_with_options_that_exist(instructions):
    program, command, *options = json.loads(dict(instructions)["CMD"])
    assert program == "smart-viewer"
    context = main.commands[command].make_context(command, options)
    port = context.params["bind"].rsplit(":", 1)[1]
    assert port in dict(instructions)["EXPOSE"].split()


def test_it_does_not_run_as_root(instructions):
    names = [name for name, _ in instructions]
    assert names.index("USER") < names.index("CMD")
    assert dict(instructions)["USER"] not in {"root", "0"}


def test_it_is_given_longer_to_end_than_it_takes(compose):
    grace = main.commands["serve"].params
    ours = next(one.default for one in grace if one.name == "grace")
    for name in ("replica_a", "replica_b"):
        assert int(compose["services"][name]["stop_grace_period"].rstrip("s")) > ours


def test_everything_that_a_service_refers_to_is_there(compose):
    for kind in ("secrets", "volumes", "networks"):
        told = set(compose[kind])
        for service in compose["services"].values():
            used = {str(one).split(":")[0] for one in service.get(kind, ())}
            assert {one for one in used if not one.startswith(".")} <= told
    services = set(compose["services"])
    for service in compose["services"].values():
        assert set(service.get("depends_on", ())) <= services
        assert "image" in service or (DEPLOY / "Containerfile").is_file()


def test_the_two_replicas_differ_in_their_tag_alone(compose):
    one, other = (compose["services"][f"replica_{tag}"] for tag in "ab")
    assert one["environment"].pop("SMART_VIEWER_REPLICA") == "a"
    assert other["environment"].pop("SMART_VIEWER_REPLICA") == "b"
    assert one == other


def test_every_setting_in_it_is_read(compose):
    known = settings_read()
    for service in compose["services"].values():
        asked = {
            name.removesuffix("_FILE")
            for name in service.get("environment", {})
            if name.startswith("SMART_VIEWER_")
        }
        assert asked <= known
    assert {f"SMART_VIEWER_{name.upper()}" for name in Operation.model_fields} <= known


def test_the_proxys_file_is_given_every_value_that_it_names_and_no_other(compose):
    template = (DEPLOY / "nginx.conf.template").read_text("utf-8")
    named = set(NAME.findall(template))
    nginx = compose["services"]["nginx"]["environment"]
    passed = nginx["NGINX_ENVSUBST_FILTER"].replace("$$", "$")
    assert all(re.search(passed, name) for name in named)
    assert named <= set(nginx) | SITE_ENV
    assert not re.search(passed, "HOME")
    mounted = compose["services"]["nginx"]["volumes"][0].split(":")[0]
    assert (DEPLOY / mounted).is_file()


def test_the_trusted_proxy_is_the_network_that_the_proxy_is_in(compose):
    (subnet,) = compose["networks"]["inside"]["ipam"]["config"]
    trusted = compose["services"]["replica_a"]["environment"]
    assert trusted["SMART_VIEWER_TRUSTED_PROXIES"] == subnet["subnet"]


def test_no_secret_stands_in_it(compose):
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert not re.search(r"PASSWORD: |VIEWER_KEY: |[0-9a-f]{32}", text)
    for one in compose["secrets"].values():
        assert one["file"].startswith("./secrets/")
    ignored = (ROOT / ".gitignore").read_text("utf-8")
    assert "deploy/secrets/" in ignored
    assert "deploy/site.env" in ignored


def test_the_docs_list_what_must_stand_beside_it(compose):
    docs = (ROOT / "docs" / "production.md").read_text("utf-8")
    for name in (*SITE_ENV, *(f"secrets/{one}" for one in compose["secrets"])):
        assert name in docs
    for name in set(NAME.findall((DEPLOY / "nginx.conf.template").read_text("utf-8"))):
        assert f"`{name}`" in docs
