"""The shipped profiles: complete for an integrator, in step with their schema (R46)."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from smart_viewer.cli import main
from smart_viewer.demo_ehrs import TEMPLATES, demo_profiles, filled_in
from smart_viewer.ehr_profile import EhrProfile, ehr_schema
from smart_viewer.errors import SettingsInvalid
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.registration import EhrConfig
from smart_viewer.settings import asset_root, load_settings

CONFIGS = asset_root() / "launch_configs"
VENDORS = sorted(TEMPLATES.values())
EHRS = sorted(p.stem for p in CONFIGS.glob("*.toml") if p.stem != "archives")


def text_of(ehr: str) -> str:
    return (CONFIGS / f"{ehr}.toml").read_text("utf-8")


@pytest.mark.requirement("R46")
def test_the_committed_schema_is_the_one_that_the_command_makes():
    made = CliRunner().invoke(main, ["schema"])
    assert made.exit_code == 0
    assert (CONFIGS / "ehr.schema.json").read_text("utf-8") == made.output


def test_the_schema_tells_every_key_and_no_secret():
    schema = json.loads(ehr_schema())
    told = schema["properties"]
    assert set(told) == set(EhrProfile.model_fields) - {
        "id",
        "client_secret",
        "client_keys",
    }
    assert [key for key, value in told.items() if "description" not in value] == []
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("ehr", EHRS)
def test_a_shipped_profile_has_no_key_that_the_schema_lacks(ehr):
    schema = json.loads(ehr_schema())
    table = tomllib.loads(text_of(ehr))
    assert set(table) <= set(schema["properties"])
    assert set(schema["required"]) <= set(table)
    assert text_of(ehr).startswith("#:schema ./ehr.schema.json\n")


@pytest.mark.requirement("R46")
@pytest.mark.parametrize("ehr", VENDORS)
def test_a_vendor_s_profile_tells_what_to_register_and_what_is_not_given(ehr):
    text = text_of(ehr)
    for words in (
        "<PUBLIC_URL>/launch",
        "<PUBLIC_URL>/app/<id>/callback",
        "<PUBLIC_URL>/.well-known/jwks.json",
        "does not give",
        "has not met a live",
        "smart-viewer check <id>",
    ):
        assert words in re.sub(r"\n# +", " ", text)


@pytest.mark.requirement("R46")
@pytest.mark.parametrize("ehr", EHRS)
def test_each_scope_stands_on_a_line_with_why_it_is_asked_for(ehr):
    block = re.search(
        r"^scopes = \[\n(.*?)^\]", text_of(ehr), re.DOTALL | re.MULTILINE
    )[1]
    for line in block.splitlines():
        assert re.fullmatch(r'  "[^"]+", +# .{8,}', line), line


@pytest.mark.parametrize("ehr", EHRS)
def test_what_is_commented_out_are_keys_that_exist(ehr):
    commented = re.findall(r"^# ([a-z_]+) = ", text_of(ehr), re.MULTILINE)
    known = {*EhrProfile.model_fields, "issuer", "system", "type_code"}
    assert set(commented) <= known


@pytest.mark.requirement("R46")
def test_every_vendor_s_profile_can_be_filled_in(tmp_path):
    config = EhrConfig("http://localhost:9400", default_people(), (), tmp_path)
    for ehr_id, text in demo_profiles(config).items():
        profile = EhrProfile.model_validate({"id": ehr_id, **tomllib.loads(text)})
        assert profile.enabled
        assert "PLACEHOLDER" not in repr(profile)


def test_a_template_without_the_line_stops_with_its_key():
    with pytest.raises(SettingsInvalid, match="no line for aud_override"):
        filled_in('iss = "x"\n', {"aud_override": "y"})


@pytest.mark.requirement("R37")
@pytest.mark.parametrize("key", ["client_secret", "client_keys"])
def test_a_secret_in_the_file_stops_the_start_without_being_repeated(tmp_path, key):
    file = tmp_path / "sandbox.toml"
    file.write_text(f'{key} = "s3cret-in-toml"\n{text_of("sandbox")}', "utf-8")
    environ = {
        "SMART_VIEWER_PUBLIC_URL": "http://127.0.0.1:9401",
        "SMART_VIEWER_KEY": "0f" * 32,
        "SMART_VIEWER_CONFIG": str(tmp_path),
    }
    with pytest.raises(SettingsInvalid, match=f"sandbox.toml: {key}") as refused:
        load_settings(environ)
    assert "s3cret-in-toml" not in str(refused.value)


def test_the_schema_may_be_written_to_a_file(tmp_path: Path):
    target = tmp_path / "x.json"
    assert CliRunner().invoke(main, ["schema", str(target)]).exit_code == 0
    assert target.read_text("utf-8") == ehr_schema()
