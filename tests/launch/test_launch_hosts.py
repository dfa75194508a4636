"""The shipped launch configurations, and what they let the process reach (R1, R46)."""

from __future__ import annotations

import pytest
from ehr_walk import make_profile, make_settings

from smart_viewer.launch.hosts import policy_of
from smart_viewer.net.policy import Origin
from smart_viewer.settings import asset_root, load_settings

ISS = "https://ehr.example/fhir"
EHRS = {
    "athenahealth",
    "epic",
    "openemr",
    "oracle_health",
    "sandbox",
    "smart_launcher",
}


def shipped(public_url: str):
    return load_settings(
        {
            "SMART_VIEWER_PUBLIC_URL": public_url,
            "SMART_VIEWER_KEY": "00" * 32,
            "SMART_VIEWER_CONFIG": str(asset_root() / "launch_configs"),
        }
    )


@pytest.mark.requirement("R46")
def test_every_shipped_configuration_is_valid_and_only_the_sandbox_is_on():
    settings = shipped("http://127.0.0.1:9500")
    assert {ehr.id for ehr in settings.ehrs} == EHRS
    assert [ehr.id for ehr in settings.ehrs if ehr.enabled] == ["sandbox"]


@pytest.mark.requirement("R1")
def test_the_sandbox_is_reached_only_where_the_viewer_is_on_loopback_too():
    assert policy_of(shipped("http://127.0.0.1:9500")).loopback_allowed
    assert not policy_of(shipped("https://viewer.example")).loopback_allowed


@pytest.mark.requirement("R1")
def test_only_enabled_ehrs_are_reached(tmp_path):
    settings = make_settings(tmp_path, ISS, enabled=False)
    assert policy_of(settings).allowed == frozenset()


@pytest.mark.parametrize("private", [True, False])
def test_a_private_network_is_opened_for_its_own_ehr_alone(tmp_path, private):
    # given two EHRs, one of them inside the hospital
    changes = {"private_network": private, "allowed_hosts": ("https://auth.example",)}
    settings = make_settings(tmp_path, ISS, **changes)
    outside = make_profile("https://other.example/fhir", id="other")
    settings = settings.model_copy(update={"ehrs": (*settings.ehrs, outside)})
    # when
    policy = policy_of(settings)
    # then
    inside = {Origin("https", host, 443) for host in ("ehr.example", "auth.example")}
    assert policy.allowed == inside | {Origin("https", "other.example", 443)}
    assert policy.private_origins == (inside if private else frozenset())
