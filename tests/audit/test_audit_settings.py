"""Where audit events may be sent to, as the environment says (launch.md R37, R38)."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from smart_viewer.errors import RequestForbidden, SettingsInvalid
from smart_viewer.launch.hosts import policy_of
from smart_viewer.net.policy import origin_of
from smart_viewer.settings import Settings, load_settings

AUDIT = "https://audit.hospital.example/fhir"


def settings(configs: Path, **changes: str) -> Settings:
    environment = {
        "CONFIG": str(configs),
        "PUBLIC_URL": "https://viewer.example",
        "KEY": bytes(range(32)).hex(),
        **changes,
    }
    given = {f"SMART_VIEWER_{name}": value for name, value in environment.items()}
    return load_settings(given)


def test_its_host_may_be_asked_and_no_other(tmp_path):
    policy = policy_of(settings(tmp_path, AUDIT_URL=AUDIT))
    assert policy.check_url(f"{AUDIT}/AuditEvent") == origin_of(AUDIT)
    with pytest.raises(RequestForbidden):
        policy.check_url("https://other.hospital.example/fhir")
    with pytest.raises(RequestForbidden):
        policy_of(settings(tmp_path)).check_url(AUDIT)


def test_it_is_on_an_inner_network_only_where_the_site_says_so(tmp_path):
    origin = origin_of(AUDIT)
    policy = policy_of(settings(tmp_path, AUDIT_URL=AUDIT))
    with pytest.raises(RequestForbidden):
        policy.check_address(origin, "10.1.2.3")
    inner = settings(tmp_path, AUDIT_URL=AUDIT, AUDIT_PRIVATE_NETWORK="true")
    policy_of(inner).check_address(origin, "10.1.2.3")
    with pytest.raises(RequestForbidden):  # the cloud's own address stays refused
        policy_of(inner).check_address(origin, "169.254.169.254")


@pytest.mark.requirement("R37")
def test_its_token_comes_from_a_file_and_is_in_no_repr(tmp_path):
    file = tmp_path / "bearer"
    file.write_text("a-secret-token\n")
    configs = tmp_path / "configs"
    configs.mkdir()
    found = settings(configs, AUDIT_URL=AUDIT, AUDIT_BEARER_FILE=str(file))
    assert found.operation.audit_bearer == SecretStr("a-secret-token")
    assert "a-secret-token" not in repr(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUDIT_URL", "audit.hospital.example"),
        ("AUDIT_URL", "ftp://audit.hospital.example"),
        ("AUDIT_URL", "https://user:word@audit.hospital.example"),
        ("AUDIT_URL", f"{AUDIT}?a=b"),
        ("AUDIT_METHOD", "patch"),
        ("AUDIT_PRIVATE_NETWORK", "perhaps"),
        ("ALLOW_OVERRIDE", "perhaps"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path, name, value):
    with pytest.raises(SettingsInvalid, match=f"SMART_VIEWER_{name}"):
        settings(tmp_path, **{name: value})


def test_a_host_that_cannot_be_read_is_named_by_its_setting(tmp_path):
    wrong = settings(tmp_path, AUDIT_URL="https://audit.example:port/fhir")
    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_AUDIT_URL"):
        policy_of(wrong)
