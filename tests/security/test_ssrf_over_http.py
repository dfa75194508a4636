"""`iss` as a lever: no word in it makes the viewer open a socket (R1, ASVS SSRF)."""

from __future__ import annotations

import pytest
from security.attacked import PAGE, Attacked

from smart_viewer.net import connection

GREEK_OMICRON = "\u03bf"
HOSTS = (
    "http://169.254.169.254/latest/meta-data",
    "http://[fd00:ec2::254]/latest",
    "http://metadata.google.internal/",
    "http://127.0.0.1:22/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://0/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://127.1/",
    "http://localhost.evil.example/fhir",
    "https://127.0.0.1.nip.example/fhir",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/stats",
    "ftp://127.0.0.1/",
    "jar:http://127.0.0.1!/",
    "data:application/json,{}",
    "unix:///run/postgresql",
    "\\\\evil.example\\share",
    "//evil.example/fhir",
    "evil.example",
    "x" * 7000,
)


def variants(iss: str) -> list[str]:
    """One step away from what is listed, each."""
    scheme, rest = iss.split("://")
    host, _, path = rest.partition("/")
    return [
        f"{scheme}://{host}@evil.example/{path}",
        f"{scheme}://evil.example#{host}/{path}",
        f"{scheme}://evil.example?{iss}",
        f"{scheme}://evil.example\\@{host}/{path}",
        f"{scheme}://{host}.evil.example/{path}",
        f"{scheme}://{host}\u2044evil.example/{path}",
        f"{scheme}://{host}%00.evil.example/{path}",
        f"{scheme}://{host}/{path}/",
        f"{scheme}://{host}/{path}/../../admin",
        f"{scheme}://{host}/{path}?_format=json",
        f"{scheme}://{host}/{path}#x",
        f"{scheme}://{host.upper()}/{path}",
        f"{scheme}://{host.replace('o', GREEK_OMICRON, 1)}/{path}",
        f"{scheme}://{host}./{path}",
        f"{scheme.upper()}://{host}/{path}",
        f" {iss}",
        f"{iss}\n",
        f"{iss}\x00",
        f"{iss} {iss}",
    ]


@pytest.fixture
def sockets(attacked: Attacked, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What `net` resolves, from a viewer that remembers and keeps nothing open."""
    outbound = attacked.world.house.outbound
    with outbound._lock:
        outbound._remembered.clear()
    outbound._adapter.close_connections()
    asked: list[object] = []
    real = connection.socket.getaddrinfo

    class Spy:
        def __getattr__(self, name: str) -> object:
            if name == "getaddrinfo":
                return lambda *a, **k: (asked.append(a), real(*a, **k))[1]
            return getattr(socket_module, name)

    socket_module = connection.socket
    monkeypatch.setattr(connection, "socket", Spy())
    return asked


def test_the_spy_sees_the_listed_ehr(attacked, sockets):
    iss = attacked.world.settings.ehrs[0].iss
    answer = attacked.ask(
        "GET", "/launch", {}, query_string={"iss": iss, "launch": "x"}
    )
    assert answer.status_code == 302
    assert sockets


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("iss", HOSTS)
def test_an_address_of_the_attackers_choice_opens_no_socket(attacked, sockets, iss):
    refused(attacked, iss)
    assert sockets == []


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("number", range(len(variants("http://host/fhir"))))
def test_one_step_away_from_a_listed_ehr_opens_no_socket(attacked, sockets, number):
    refused(attacked, variants(attacked.world.settings.ehrs[0].iss)[number])
    assert sockets == []


def refused(attacked: Attacked, iss: str) -> None:
    query = {"iss": iss, "launch": "x"}
    answer = attacked.ask("GET", "/launch", PAGE, query_string=query)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.requirement("R1")
def test_two_issuers_are_not_one_of_them(attacked, sockets):
    """Parameter pollution: the first value counts, and none is tried after it."""
    listed = attacked.world.settings.ehrs[0].iss
    query = {"iss": ["http://169.254.169.254/", listed], "launch": "x"}
    answer = attacked.ask("GET", "/launch", PAGE, query_string=query)
    assert answer.status_code == 400
    assert sockets == []
