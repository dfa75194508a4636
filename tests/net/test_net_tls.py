"""TLS through the guarded connection: the address is ours, the name is verified."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, Origin
from smart_viewer.sandbox.serve import listen, start_server


def write_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for `name`; its file, and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    pem, key_pem = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, key_pem


def answer(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"{}"]


@dataclass
class TlsServer:
    url: str
    certificate: Path

    def outbound(self, ca_bundle: Path | None) -> Outbound:
        origin = Origin("https", "localhost", int(self.url.rpartition(":")[2]))
        policy = HostPolicy(frozenset({origin}), loopback_allowed=True)
        return Outbound(policy, ca_bundle=ca_bundle)


@pytest.fixture
def serve_tls(tmp_path: Path) -> Iterator[object]:
    """Serves a certificate for a name; the connection itself goes to localhost."""
    running = []

    def serve(name: str) -> TlsServer:
        certificate, key = write_certificate(tmp_path, name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = start_server(answer, listener=listen())
        running.append(server)
        inner = server._server
        inner.socket = context.wrap_socket(inner.socket, server_side=True)
        return TlsServer(server.url.replace("http:", "https:"), certificate)

    yield serve
    for server in running:
        server.stop()


def test_a_certificate_of_a_trusted_authority_for_the_name_is_accepted(serve_tls):
    server = serve_tls("localhost")
    outbound = server.outbound(server.certificate)
    assert [outbound.get(server.url).status for _ in range(2)] == [200, 200]


def test_a_certificate_of_an_unknown_authority_is_refused(serve_tls):
    server = serve_tls("localhost")
    with pytest.raises(UpstreamUnavailable, match="SSLError"):
        server.outbound(None).get(server.url)


def test_a_certificate_for_another_name_is_refused(serve_tls):
    server = serve_tls("ehr.example")
    with pytest.raises(UpstreamUnavailable, match="SSLError"):
        server.outbound(server.certificate).get(server.url)
