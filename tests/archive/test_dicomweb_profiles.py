"""Profiles of archives.toml: what is read, and what stops the start."""

from __future__ import annotations

import json

import pytest

from smart_viewer.archive.dicomweb import DicomwebArchive
from smart_viewer.archive.dicomweb_flavours import dialect_of
from smart_viewer.errors import SettingsInvalid
from smart_viewer.launch.hosts import policy_of
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, origin_of
from smart_viewer.settings import (
    DicomwebProfile,
    FolderProfile,
    asset_root,
    load_settings,
)

PACS = 'kind = "dicomweb"\nbase_url = "https://pacs.example/dicom-web/"\n'


@pytest.fixture
def settings_of(tmp_path):
    def load(toml, public_url="https://viewer.example", **environ):
        (tmp_path / "archives.toml").write_text(toml)
        return load_settings(
            {
                "SMART_VIEWER_CONFIG": str(tmp_path),
                "SMART_VIEWER_STATE": str(tmp_path / "state"),
                "SMART_VIEWER_PUBLIC_URL": public_url,
                "SMART_VIEWER_KEY": "00" * 32,
                **{f"SMART_VIEWER_{name}": value for name, value in environ.items()},
            }
        )

    return load


def test_folders_and_services_stand_side_by_side(settings_of):
    old, pacs = settings_of(f'[old]\npath = "/srv/dicom"\n[pacs]\n{PACS}').archives
    assert isinstance(old, FolderProfile)
    assert isinstance(pacs, DicomwebProfile)
    assert pacs.base_url == "https://pacs.example/dicom-web"
    assert (pacs.flavour, pacs.auth.kind) == ("generic", "none")


def test_a_secret_comes_from_the_environment_or_its_file(settings_of, tmp_path):
    toml = f'[main_pacs]\n{PACS}[main_pacs.auth]\nkind = "basic"\nusername = "v"\n'
    (pacs,) = settings_of(toml, ARCHIVE_SECRET_MAIN_PACS="hush").archives
    assert pacs.secret.get_secret_value() == "hush"
    assert "hush" not in repr(pacs)
    (tmp_path / "secret").write_text("hush too\n")
    (pacs,) = settings_of(
        toml, ARCHIVE_SECRET_MAIN_PACS_FILE=str(tmp_path / "secret")
    ).archives
    assert pacs.secret.get_secret_value() == "hush too"


ACCOUNT = json.dumps({"client_email": "a@b.example", "private_key": "k"})
AUTH = {
    "none": "",
    "basic": 'username = "v"',
    "bearer_of_launch": "",
    "oauth2_client_credentials": 'token_url = "https://id.example/t"\nclient_id = "v"',
    "sigv4": 'access_key_id = "AKID"\nregion = "eu-west-1"',
    "google_service_account": "",
    "mtls": 'certificate = "c.pem"\nkey = "k.pem"',
}


@pytest.mark.parametrize("kind", AUTH)
def test_every_way_to_prove_who_we_are_is_read(settings_of, kind):
    toml = f'[pacs]\n{PACS}[pacs.auth]\nkind = "{kind}"\n{AUTH[kind]}\n'
    (pacs,) = settings_of(toml, ARCHIVE_SECRET_PACS=ACCOUNT).archives
    assert pacs.auth.kind == kind


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('base_url = "http://pacs.example"', "https"),
        ('base_url = "https://v:p@pacs.example"', "credentials"),
        ('base_url = "https://pacs.example?a=b"', "query"),
        ('flavour = "other"', "flavour"),
        ('qido_prefix = "../admin"', "plain path"),
        ('unsupported_filters = ["PatientID"]', "must filter by"),
        ('unsupported_filters = ["PatientSize"]', "unsupported_filters"),
        ("timeout_s = 0", "timeout_s"),
        ("colour = 1", "colour"),
        ('secret = "hush"', "SMART_VIEWER_ARCHIVE_SECRET_PACS"),
        ('auth = {kind = "basic", username = "v"}', "SMART_VIEWER_ARCHIVE_SECRET_PACS"),
        ('auth = {kind = "kerberos"}', "auth"),
        ('auth = {kind = "oauth2_client_credentials"}', "token_url"),
    ],
)
def test_a_wrong_line_stops_the_start_with_its_name(settings_of, line, told):
    name = line.partition(" ")[0]
    kept = "".join(x for x in PACS.splitlines(True) if not x.startswith(f"{name} "))
    with pytest.raises(SettingsInvalid) as refused:
        settings_of(f"[pacs]\n{kept}{line}\n")
    assert told in str(refused.value)
    assert "pacs" in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_kind_of_archive_that_there_is_not_stops_the_start(settings_of):
    with pytest.raises(SettingsInvalid, match="pacs"):
        settings_of('[pacs]\nkind = "dimse"\n')


def test_a_service_account_that_is_none_stops_the_start(settings_of):
    toml = f'[pacs]\n{PACS}auth = {{kind = "google_service_account"}}\n'
    with pytest.raises(SettingsInvalid, match="service account"):
        settings_of(toml, ARCHIVE_SECRET_PACS='{"client_email": "a"}')


def test_the_archive_and_its_token_endpoint_may_be_asked_and_no_other(settings_of):
    toml = f"[pacs]\n{PACS}[pacs.auth]\n"
    toml += f'kind = "oauth2_client_credentials"\n{AUTH["oauth2_client_credentials"]}\n'
    policy = policy_of(settings_of(toml, ARCHIVE_SECRET_PACS="x"))
    assert policy.allowed == {
        origin_of("https://pacs.example"),
        origin_of("https://id.example"),
    }
    assert policy.private_origins == frozenset()


def test_an_archive_on_this_machine_is_reached_only_if_it_is_said_so(settings_of):
    here = '[pacs]\nkind = "dicomweb"\nbase_url = "http://localhost:8042/dicom-web"\n'
    origin = origin_of("http://localhost:8042")
    refusing = policy_of(settings_of(here))
    allowing = policy_of(settings_of(f"{here}private_network = true\n"))
    assert origin not in refusing.local_origins
    assert allowing.local_origins == {origin}
    allowing.check_origin(origin)
    allowing.check_address(origin, "127.0.0.1")


@pytest.mark.parametrize(
    ("flavour", "by_series"), [("healthimaging", True), ("google", False)]
)
def test_a_profile_says_otherwise_than_its_flavour(flavour, by_series):
    profile = DicomwebProfile(
        id="a",
        kind="dicomweb",
        base_url="https://pacs.example",
        flavour=flavour,
        frames_accept=("image/jls",),
        unsupported_filters=(),
    )
    dialect = dialect_of(profile)
    assert dialect.frames_accept == ("image/jls",)
    assert dialect.unsupported_filters == frozenset()
    assert dialect.metadata_by_series is by_series


def test_certificates_of_an_archive_are_its_own():
    profile = DicomwebProfile(
        id="a",
        kind="dicomweb",
        base_url="https://pacs.example",
        auth={"kind": "mtls", "certificate": "/c.pem", "key": "/k.pem"},
        ca_bundle="/ca.pem",
    )
    shared = Outbound(HostPolicy(frozenset()))
    adapter = DicomwebArchive("a", profile, shared)._outbound._adapter
    assert (adapter._verify, adapter._certificate) == (
        "/ca.pem",
        ("/c.pem", "/k.pem"),
    )
    assert shared._adapter._certificate is None


def test_the_app_opens_each_kind_of_archive(settings_of, tmp_path):
    from smart_viewer.app import open_archive  # the roof, with all its rooms

    settings = settings_of(f'[old]\npath = "{tmp_path}"\n[pacs]\n{PACS}')
    outbound = Outbound(policy_of(settings))
    old, pacs = settings.archives
    assert isinstance(open_archive(settings, pacs, outbound), DicomwebArchive)
    with pytest.raises(SettingsInvalid, match="smart-viewer index"):
        open_archive(settings, old, outbound)


def test_what_the_shipped_file_shows_is_valid(settings_of):
    text = (asset_root() / "launch_configs" / "archives.toml").read_text("utf-8")
    shown = [line.removeprefix("# ") for line in text.splitlines()]
    start = next(i for i, line in enumerate(shown) if line.startswith("[radiology]"))
    end = next(i for i, line in enumerate(shown) if line.startswith("Where search"))
    toml = "\n".join(line for line in shown[start:end] if " = " in line or "[" in line)
    secrets = {
        f"ARCHIVE_SECRET_{name}": ACCOUNT
        for name in ("MAIN_PACS", "OLD_PACS", "CLOUD", "OTHER_CLOUD")
    }
    kinds = [a.kind for a in settings_of(toml, **secrets).archives]
    assert kinds == ["folder", *["dicomweb"] * 6]
