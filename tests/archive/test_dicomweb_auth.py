"""Proof to an archive. Oracles: published vectors, cryptography, the sandbox."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import Flask, jsonify, request

from smart_viewer.archive.dicomweb_sigv4 import AwsKey, signed_headers
from smart_viewer.archive.port import InstanceRef, StudyQuery
from smart_viewer.errors import NotAuthorized, SettingsInvalid, UpstreamUnavailable
from smart_viewer.net.session import Outgoing
from smart_viewer.sandbox.dicomweb import DicomwebConfig
from smart_viewer.sandbox.serve import start_server

OURS = StudyQuery(patient_id="P-1")
SLICE = InstanceRef("2.999.7.1", "2.999.7.1.1", "2.999.7.1.1.1")


@pytest.fixture
def one_slice(write):
    return write("a.dcm", 1)


def read_everything(archive):
    """Search, metadata and a frame: each must carry the proof."""
    assert len(archive.search(OURS)) == 1
    assert len(archive.study("2.999.7.1").series) == 1
    (frame,) = [b"".join(f.chunks) for f in archive.frames(SLICE, [1])]
    assert len(frame) == 48


def test_basic_proof_goes_with_every_request(remote, one_slice):
    here = remote(
        DicomwebConfig(basic=("viewer", "pä:ss")),
        auth={"kind": "basic", "username": "viewer"},
        secret="pä:ss",
    )
    read_everything(here.archive)
    assert all(call.has_authorization for call in here.log.calls())


def test_a_wrong_password_is_told_and_not_tried_again(remote, one_slice):
    here = remote(
        DicomwebConfig(basic=("viewer", "right")),
        auth={"kind": "basic", "username": "viewer"},
        secret="wrong",
    )
    with pytest.raises(UpstreamUnavailable, match="credentials") as told:
        here.archive.search(OURS)
    assert told.value.status == 401
    assert "wrong" not in str(told.value)
    assert here.log.count("qido") == 1


def test_an_archive_without_proof_gets_none(remote, one_slice):
    here = remote()
    read_everything(here.archive.with_bearer(lambda: "token-of-launch"))
    assert not any(call.has_authorization for call in here.log.calls())


def test_the_token_of_the_launch_goes_where_it_is_meant_for(remote, one_slice):
    tokens = ["t-2", "t-2", "t-2"]
    here = remote(
        DicomwebConfig(bearer=lambda token: token == "t-2"),
        auth={"kind": "bearer_of_launch"},
    )
    with pytest.raises(NotAuthorized):
        here.archive.search(OURS)
    assert here.log.calls() == ()
    read_everything(here.archive.with_bearer(tokens.pop))
    assert tokens == []


@pytest.fixture
def token_endpoint():
    """A token endpoint that gives t-1, t-2, ... and keeps what it was sent."""
    app = Flask("tokens")
    app.seen, app.answer = [], {"expires_in": 3600}

    @app.post("/token")
    def token():
        authorization = request.headers.get("Authorization")
        app.seen.append((authorization, request.form.to_dict()))
        if "status" in app.answer:
            return "no", app.answer["status"]
        return jsonify(access_token=f"t-{len(app.seen)}", **app.answer)

    with start_server(app) as server:
        app.url = f"{server.url}/token"
        yield app


def by_client(remote, tokens, good, clock=lambda: 0.0):
    auth = {
        "kind": "oauth2_client_credentials",
        "token_url": tokens.url,
        "client_id": "viewer:1",
        "scope": "imaging",
    }
    config = DicomwebConfig(bearer=lambda token: token in good)
    return remote(config, clock, auth=auth, secret="s%cret")


def test_one_token_serves_until_shortly_before_its_end(
    remote, one_slice, token_endpoint
):
    now = [0.0]
    here = by_client(remote, token_endpoint, {"t-1", "t-2"}, lambda: now[0])
    read_everything(here.archive)
    now[0] = 3539.0
    read_everything(here.archive)
    assert len(token_endpoint.seen) == 1
    now[0] = 3541.0
    read_everything(here.archive)
    assert len(token_endpoint.seen) == 2


def test_the_client_proves_itself_as_rfc_6749_says(remote, one_slice, token_endpoint):
    read_everything(by_client(remote, token_endpoint, {"t-1"}).archive)
    ((authorization, form),) = token_endpoint.seen
    pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
    assert pair == "viewer%3A1:s%25cret"
    assert form == {"grant_type": "client_credentials", "scope": "imaging"}


@pytest.mark.parametrize("kind", ["search", "frames"])
def test_a_token_that_was_taken_back_is_fetched_anew_once(
    remote, one_slice, token_endpoint, kind
):
    good = {"t-1"}
    here = by_client(remote, token_endpoint, good)
    here.archive.search(OURS)
    good.symmetric_difference_update({"t-1", "t-2"})
    if kind == "search":
        assert len(here.archive.search(OURS)) == 1
    else:
        assert len([b"".join(f.chunks) for f in here.archive.frames(SLICE, [1])]) == 1
    assert len(token_endpoint.seen) == 2
    good.clear()
    with pytest.raises(UpstreamUnavailable) as told:
        here.archive.search(OURS)
    assert told.value.status == 401
    assert len(token_endpoint.seen) == 3


@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_token_endpoint_that_refuses_is_told(
    remote, one_slice, token_endpoint, status
):
    token_endpoint.answer = {"status": status}
    here = by_client(remote, token_endpoint, set())
    with pytest.raises(UpstreamUnavailable, match="token endpoint") as told:
        here.archive.search(OURS)
    assert told.value.status == status
    assert here.log.calls() == ()


@pytest.mark.parametrize(
    "answer",
    [{"access_token": 7}, {"access_token": ""}, {"access_token": "a\r\nX: y"}, {}],
)
def test_a_token_that_is_none_is_refused(remote, one_slice, answer):
    app = Flask("odd")
    app.add_url_rule("/token", view_func=lambda: jsonify(answer), methods=["POST"])
    with start_server(app) as server:
        app.url = f"{server.url}/token"
        with pytest.raises(UpstreamUnavailable, match="no token"):
            by_client(remote, app, set()).archive.search(OURS)


@pytest.fixture(scope="module")
def account():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    document = {
        "client_email": "viewer@sandbox.example",
        "private_key_id": "k-1",
        "private_key": pem.decode(),
    }
    return key.public_key(), json.dumps(document)


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_service_account_signs_its_request_for_a_token(
    remote, one_slice, token_endpoint, account
):
    public, secret = account
    here = remote(
        DicomwebConfig(bearer=lambda token: token == "t-1"),
        lambda: 1_700_000_000.5,
        flavour="google",
        auth={"kind": "google_service_account", "token_url": token_endpoint.url},
        secret=secret,
    )
    read_everything(here.archive)
    ((_, form),) = token_endpoint.seen
    header, claims, signature = form["assertion"].split(".")
    public.verify(
        decoded(signature),
        f"{header}.{claims}".encode(),
        padding.PKCS1v15(),
        hashes.SHA256(),
    )
    assert json.loads(decoded(header)) == {"alg": "RS256", "typ": "JWT", "kid": "k-1"}
    assert json.loads(decoded(claims)) == {
        "iss": "viewer@sandbox.example",
        "scope": "https://www.googleapis.com/auth/cloud-healthcare",
        "aud": token_endpoint.url,
        "iat": 1_700_000_000,
        "exp": 1_700_003_600,
    }
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"


def test_a_service_account_without_a_usable_key_stops_the_start(remote):
    secret = json.dumps({"client_email": "a@b", "private_key": "nonsense"})
    with pytest.raises(SettingsInvalid, match="private key"):
        remote(auth={"kind": "google_service_account"}, secret=secret)


# The account, the day and the signatures are those of aws-sig-v4-test-suite
# (get-vanilla, get-vanilla-query-order-key-case, post-vanilla) and of "Create a
# signed AWS API request" in the IAM User Guide (ListUsers).
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
AWS_DAY = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


@pytest.mark.parametrize(
    ("service", "request_", "names", "signature"),
    [
        (
            "service",
            Outgoing("GET", "https://example.amazonaws.com/", {}),
            "host;x-amz-date",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "service",
            Outgoing(
                "GET",
                "https://example.amazonaws.com/?Param2=value2&Param1=value1",
                {},
            ),
            "host;x-amz-date",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "service",
            Outgoing("POST", "https://example.amazonaws.com/", {}),
            "host;x-amz-date",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            "iam",
            Outgoing(
                "GET",
                "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
                FORM,
            ),
            "content-type;host;x-amz-date",
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        ),
    ],
)
def test_signature_version_4_gives_the_published_answers(
    service, request_, names, signature
):
    key = AwsKey("AKIDEXAMPLE", AWS_SECRET, "us-east-1", service)
    assert signed_headers(key, request_, AWS_DAY) == {
        "X-Amz-Date": "20150830T123600Z",
        "Authorization": "AWS4-HMAC-SHA256 "
        f"Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}",
    }
    assert AWS_SECRET not in repr(key)


def test_every_request_to_aws_is_signed(remote, one_slice):
    here = remote(
        flavour="healthimaging",
        auth={"kind": "sigv4", "access_key_id": "AKIDEXAMPLE", "region": "us-east-1"},
        secret=AWS_SECRET,
    )
    read_everything(here.archive)
    assert all(call.has_authorization for call in here.log.calls())
