"""Which origins and addresses may be asked. Oracle: the IANA special registries."""

from __future__ import annotations

import pytest

from smart_viewer.errors import RequestForbidden
from smart_viewer.net.policy import HostPolicy, Origin, origin_of

EHR = Origin("https", "ehr.example", 443)
LOCAL = Origin("http", "localhost", 9400)
OPEN = HostPolicy(frozenset({EHR, LOCAL}), loopback_allowed=True)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://ehr.example/fhir", EHR),
        ("https://EHR.example:443/fhir?x=1", EHR),
        ("http://[::1]:8080/", Origin("http", "::1", 8080)),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "ftp://ehr.example/",
        "file:///etc/passwd",
        "//ehr.example/fhir",
        "/fhir",
        "",
        "https://",
        "https://user@ehr.example/",
        "https://user:word@ehr.example/",
        "https://ehr.example@evil.example/",
        "https://ehr.example\\@evil.example/",
        "https://ehr.example/\r\nHost: evil.example",
        "https://ehr.example:99999/",
        "https://ehr.example:port/",
        "https://[::1/",
        "https://ehr.example /",
    ],
)
def test_a_url_that_two_readers_could_read_differently_is_refused(url):
    with pytest.raises(RequestForbidden):
        origin_of(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://ehr.example/",  # another scheme
        "https://ehr.example:8443/",  # another port
        "https://ehr.example.evil.example/",
        "https://evil.example/?https://ehr.example",
        "http://127.0.0.1:9400/",  # listed as localhost, not as this
    ],
)
def test_only_the_listed_origins_are_asked(url):
    with pytest.raises(RequestForbidden):
        OPEN.check_url(url)


def test_plain_http_is_for_loopback_only_even_where_it_is_listed():
    plain = HostPolicy(frozenset({Origin("http", "ehr.example", 80)}))
    with pytest.raises(RequestForbidden, match="http is allowed on loopback only"):
        plain.check_url("http://ehr.example/")


def test_a_listed_loopback_origin_needs_the_switch_too():
    closed = HostPolicy(frozenset({LOCAL}), loopback_allowed=False)
    with pytest.raises(RequestForbidden):
        closed.check_url("http://localhost:9400/fhir")


INNER = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "100.64.0.1",  # shared address space, RFC 6598
    "169.254.169.254",  # link-local: cloud metadata
    "0.0.0.0",
    "224.0.0.1",
    "224.0.1.129",
    "255.255.255.255",
    "240.0.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",  # NAT64 of 10.0.0.1
    "2002:a00:1::1",  # 6to4 of 10.0.0.1
    "2001:0:a00:1::1",  # Teredo
    "2001:db8::1",
]


@pytest.mark.parametrize("address", INNER)
def test_a_public_name_that_resolves_to_an_inner_address_is_refused(address):
    with pytest.raises(RequestForbidden):
        OPEN.check_address(EHR, address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_fine(address):
    OPEN.check_address(EHR, address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_localhost_may_be_loopback(address):
    OPEN.check_address(LOCAL, address)


def test_localhost_that_resolves_elsewhere_is_refused():
    with pytest.raises(RequestForbidden):
        OPEN.check_address(LOCAL, "8.8.8.8")


@pytest.mark.parametrize("address", INNER)
def test_a_private_origin_opens_private_addresses_and_nothing_else(address):
    policy = HostPolicy(frozenset({EHR}), private_origins=frozenset({EHR}))
    private = {"10.0.0.1", "172.16.3.4", "192.168.1.1", "fc00::1", "fd00:ec2::254"}
    documentation = {
        "198.18.0.1",
        "192.0.2.1",
        "2001:db8::1",
    }  # private in Python's words
    if address in private | documentation | {"::ffff:10.0.0.1"}:
        policy.check_address(EHR, address)
        return
    with pytest.raises(RequestForbidden):
        policy.check_address(EHR, address)
