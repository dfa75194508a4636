"""Settings fail loudly, with the name of the key (STYLE 5)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from smart_viewer.errors import SettingsInvalid
from smart_viewer.operation import Operation
from smart_viewer.settings import PROFILE_SECRETS, asset_root, load_settings, log_level

ROOT = Path(__file__).parent.parent
KEY = "0f" * 32


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The least that is needed."""
    configs = tmp_path / "configs"
    configs.mkdir()
    shipped = asset_root() / "launch_configs" / "sandbox.toml"
    (configs / "sandbox.toml").write_text(shipped.read_text("utf-8"), "utf-8")
    return {
        "SMART_VIEWER_PUBLIC_URL": "http://127.0.0.1:9401",
        "SMART_VIEWER_KEY": KEY,
        "SMART_VIEWER_CONFIG": str(configs),
        "SMART_VIEWER_STATE": str(tmp_path / "state"),
    }


def test_the_least_that_is_needed_is_enough(environ):
    settings = load_settings(environ)
    assert settings.key_bytes == bytes.fromhex(KEY)
    assert settings.ehr("sandbox") is not None
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEY", "short"),
        ("KEY", "zz" * 32),
        ("KEY", ""),
        ("PUBLIC_URL", "127.0.0.1:9401"),
        ("PUBLIC_URL", "http://viewer.example"),
        ("PUBLIC_URL", "https://user:secret@viewer.example"),
        ("PUBLIC_URL", "https://viewer.example/?q=1"),
        ("PUBLIC_URL", "https://viewer.example/#top"),
        ("REPLICA", "A replica"),
        ("READING_HOURS", "inf"),
        ("READING_HOURS", "nan"),
        ("READING_HOURS", "0"),
        ("READING_HOURS", "eight"),
        ("CONFIG", "/nowhere/at/all"),
    ],
)
def test_a_wrong_value_stops_the_start_with_its_name(environ, name, value):
    with pytest.raises(SettingsInvalid, match=f"SMART_VIEWER_{name}") as refused:
        load_settings({**environ, f"SMART_VIEWER_{name}": value})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("between", [",", " ", "\n", ", \n"])
def test_several_keys_may_be_given_and_the_first_one_seals(environ, between):
    keys = f"{'0e' * 32}{between}{KEY}"
    settings = load_settings({**environ, "SMART_VIEWER_KEY": keys})
    assert settings.all_keys == (b"\x0e" * 32, b"\x0f" * 32)
    assert settings.key_bytes == b"\x0e" * 32
    assert KEY not in repr(settings)


@pytest.mark.parametrize("keys", [f"{KEY},{KEY}", f"{KEY},short", f"{KEY},zz"])
def test_keys_that_are_no_keys_or_twice_the_same_are_refused(environ, keys):
    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_KEY") as refused:
        load_settings({**environ, "SMART_VIEWER_KEY": keys})
    assert KEY not in str(refused.value)


def test_a_secret_may_stand_in_a_file(environ, tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    del environ["SMART_VIEWER_KEY"]
    assert load_settings({**environ, "SMART_VIEWER_KEY_FILE": str(file)})


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read_is_named(environ, tmp_path, content):
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    del environ["SMART_VIEWER_KEY"]
    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_KEY_FILE"):
        load_settings({**environ, "SMART_VIEWER_KEY_FILE": str(file)})


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("label = 3 =", "odd.toml"),
        ('label = "X"', "odd.toml: iss"),
        ('label = "X"\nunknown_key = 1', "odd.toml: unknown_key"),
    ],
)
def test_a_broken_profile_is_named_with_its_key(environ, text, word):
    (Path(environ["SMART_VIEWER_CONFIG"]) / "odd.toml").write_text(text)
    with pytest.raises(SettingsInvalid, match=re.escape(word)):
        load_settings(environ)


def test_every_shipped_profile_can_be_read(environ):
    folder = str(asset_root() / "launch_configs")
    settings = load_settings({**environ, "SMART_VIEWER_CONFIG": folder})
    assert [ehr.id for ehr in settings.ehrs if ehr.enabled] == ["sandbox"]
    assert len(settings.ehrs) == 6


def test_every_setting_that_is_read_is_in_the_readme_and_no_other():
    source = "".join(
        file.read_text("utf-8") for file in (ROOT / "smart_viewer").glob("*.py")
    )
    read = set(re.findall(r'_(?:value|required)\(environ, f?"([A-Z_]+)', source))
    table = (ROOT / "README.md").read_text("utf-8")
    told = set(
        re.findall(r"^\| `SMART_VIEWER_([A-Z_]+?)(?:<ID>)?`", table, re.MULTILINE)
    )
    read |= {name.upper() for name in Operation.model_fields}
    assert told == read | {f"{name.upper()}_" for name in PROFILE_SECRETS}


@pytest.mark.parametrize("level", ["foo", "10", "notset"])
def test_a_log_level_that_does_not_exist_is_a_sentence(level):
    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_LOG"):
        log_level({"SMART_VIEWER_LOG": level})
    done = subprocess.run(
        [sys.executable, "-m", "smart_viewer", "serve"],
        env={"SMART_VIEWER_LOG": level, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "SMART_VIEWER_LOG" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_log_level_is_the_default():
    assert log_level({"SMART_VIEWER_LOG": ""}) == "WARNING"
