"""Mutual TLS. Oracle: a server of the standard library that asks for a certificate."""

from __future__ import annotations

import datetime
import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, Origin


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for `name`; its file, and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    pem, key_pem = folder / f"{name}.pem", folder / f"{name}.key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, key_pem


class WhoAreYou(http.server.BaseHTTPRequestHandler):
    """Answers with the name in the client's certificate."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        subject = dict(item[0] for item in self.connection.getpeercert()["subject"])
        body = subject["commonName"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Quiet(http.server.ThreadingHTTPServer):
    """Refused handshakes are what the test is about."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@pytest.fixture
def strict_server(tmp_path: Path) -> Iterator[tuple[int, Path, tuple[Path, Path]]]:
    """Port, the server's certificate, and the only client's certificate and key."""
    ours, key = make_certificate(tmp_path, "localhost")
    client = make_certificate(tmp_path, "viewer")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours, key)
    context.load_verify_locations(client[0])
    context.verify_mode = ssl.CERT_REQUIRED
    with Quiet(("127.0.0.1", 0), WhoAreYou) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_address[1], ours, client
        server.shutdown()
        thread.join()


def outbound(port: int, ca: Path, pair: tuple[Path, Path] | None) -> Outbound:
    origin = Origin("https", "localhost", port)
    policy = HostPolicy(frozenset({origin}), loopback_allowed=True)
    return Outbound(policy, ca_bundle=ca, client_certificate=pair)


def test_our_certificate_is_shown_to_a_server_that_asks(strict_server):
    port, ca, pair = strict_server
    ours = outbound(port, ca, pair)
    assert ours.get(f"https://localhost:{port}/").body == b"viewer"
    with ours.stream(f"https://localhost:{port}/") as answer:
        assert b"".join(answer.chunks) == b"viewer"
    ours.close()


def test_without_a_certificate_such_a_server_gives_no_answer(strict_server):
    port, ca, _ = strict_server
    bare = outbound(port, ca, None)
    with pytest.raises(UpstreamUnavailable):
        bare.get(f"https://localhost:{port}/")
    bare.close()
