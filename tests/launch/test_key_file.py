"""Key files: private to their owner, rotated with an overlap, never printed (R7)."""

from __future__ import annotations

import json
import stat

import pytest
from click.testing import CliRunner
from ehr_walk import make_profile, make_settings

from smart_viewer.cli import main
from smart_viewer.launch.keys import client_keys, public_jwks

PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
ISS = "https://ehr.example/fhir"
pytestmark = pytest.mark.requirement("R7")


def run(*arguments: object) -> str:
    done = CliRunner().invoke(main, ["keys", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


def kids(file) -> list[tuple[str, bool]]:
    """Each key's id and whether it is private, as the file has them."""
    keys = json.loads(file.read_text())["keys"]
    return [(key["kid"], "d" in key) for key in keys]


def of(file):
    keys = file.read_text()
    return make_profile(ISS, client_auth="private_key_jwt", client_keys=keys)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "keys.json"
    run("new", path)
    return path


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
def test_a_new_key_is_for_its_owner_alone_and_signs(tmp_path, algorithm):
    path = tmp_path / "keys.json"
    run("new", path, "--algorithm", algorithm)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (key,) = client_keys(of(path))
    assert key.algorithm == algorithm


def test_a_file_that_is_there_is_never_written_over(file):
    before = file.read_bytes()
    done = CliRunner().invoke(main, ["keys", "new", str(file)])
    assert done.exit_code == 1
    assert "keys rotate" in done.output
    assert file.read_bytes() == before


def test_after_a_rotation_the_new_key_signs_and_the_old_one_is_shown(file):
    ((old, _),) = kids(file)
    run("rotate", file)
    (new, new_private), (shown, shown_private) = kids(file)
    assert (new_private, shown, shown_private) == (True, old, False)
    signing, other = client_keys(of(file))
    assert (signing.kid, other.kid) == (new, old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    # and after another one it has gone
    run("rotate", file)
    assert old not in [kid for kid, _ in kids(file)]
    assert len(kids(file)) == 2


def test_an_announced_key_is_shown_first_and_signs_later(file, tmp_path):
    ((old, _),) = kids(file)
    told = run("rotate", file, "--announce")
    signing, announced = client_keys(of(file))
    assert signing.kid == old
    assert "signs after the next rotation" in told
    shown = public_jwks(
        make_settings(
            tmp_path,
            ISS,
            client_auth="private_key_jwt",
            client_keys=file.read_text(),
        )
    )
    assert [key["kid"] for key in shown["keys"]] == [old, announced.kid]
    # when
    run("rotate", file)
    # then
    assert [key.kid for key in client_keys(of(file))] == [announced.kid, old]
    refused = CliRunner().invoke(main, ["keys", "rotate", "--announce", str(file)])
    assert refused.exit_code == 0
    refused = CliRunner().invoke(main, ["keys", "rotate", "--announce", str(file)])
    assert refused.exit_code == 1
    assert "announced already" in refused.output


def test_a_rotation_may_change_the_algorithm(file):
    run("rotate", file, "--algorithm", "RS384")
    assert [key.algorithm for key in client_keys(of(file))] == ["RS384", "ES384"]


@pytest.mark.requirement("R37")
def test_nothing_private_is_printed_or_shown(tmp_path):
    for algorithm in ("ES384", "RS384"):
        path = tmp_path / f"{algorithm}.json"
        said = run("new", path, "--algorithm", algorithm)
        said += run("rotate", path, "--announce") + run("rotate", path)
        public = run("show", path)
        for key in json.loads(path.read_text())["keys"]:
            private = [key[name] for name in PRIVATE_MEMBERS if name in key]
            assert not [one for one in private if one in said + public]
        for key in json.loads(public)["keys"]:
            assert not set(PRIVATE_MEMBERS) & set(key)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"keys": []}', '{"keys": [{"kty": "EC"}]}', "\xff"]
)
def test_a_file_that_is_none_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "odd.json"
    path.write_bytes(content.encode("latin-1"))
    done = CliRunner().invoke(main, ["keys", "rotate", str(path)])
    assert done.exit_code == 1
    assert "odd.json" in done.output
    assert "Traceback" not in done.output
    assert path.read_bytes() == content.encode("latin-1")
    assert [one.name for one in tmp_path.iterdir()] == ["odd.json"]
