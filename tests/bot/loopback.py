"""What stands between us and Telegram in the tests: an authority of our own, an HTTPS server that

answers as the Bot API does, and a proxy that lets connections through (HTTP CONNECT).
"""

import json
import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_SINCE, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Authority:
    """Files of an authority that only who is told of it trusts, and of a server it vouches for."""

    own: Path
    server: Path


def authority(folder: Path) -> Authority:
    """A fresh authority, and the certificate and key of 127.0.0.1."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Council inspection")])
    can_sign = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    ca = (
        _certificate(name, name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(can_sign, critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    here = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ip_address("127.0.0.1"))
    server = (
        _certificate(here, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()),
            critical=False,
        )
        .sign(ca_key, hashes.SHA256())
    )
    files = Authority(folder / "authority.pem", folder / "server.pem")
    files.own.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    files.server.write_bytes(
        server.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_SINCE)
        .not_valid_after(_UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


@dataclass
class BotApi:
    """Answers by method; any method that is not there is answered with 404."""

    address: str = ""
    replies: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def says(self, method: str, result: object) -> None:
        self.replies[method] = (200, {"ok": True, "result": result})


@contextmanager
def bot_api(files: Authority | None = None) -> Iterator[BotApi]:
    """A server on loopback; HTTPS with the files of an authority."""
    api = BotApi()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            method = self.path.rpartition("/")[2]
            api.asked.append(method)
            status, content = api.replies.get(method, (404, {"ok": False}))
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the server's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        scheme = "http"
        if files is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(files.server)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        api.address = f"{scheme}://127.0.0.1:{server.server_port}"
        yield api


@dataclass
class Proxy:
    """Where it is, and which places it was asked for; it `refuses` when it is told to."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    refuses: bool = False


@contextmanager
def proxy() -> Iterator[Proxy]:
    """A proxy that joins the two ends of a connection and reads nothing of it."""
    found = Proxy()

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            found.asked.append(self.path)
            if found.refuses:
                self.send_error(403)
                return
            host, _, port = self.path.rpartition(":")
            with socket.create_connection((host, int(port)), 5) as far:
                self.send_response(200)
                self.end_headers()
                _join(self.connection, far)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        found.address = f"http://127.0.0.1:{server.server_port}"
        yield found


def _join(one: socket.socket, other: socket.socket) -> None:
    across = {one: other, other: one}
    while True:
        ready, _, _ = select.select([one, other], [], [], 5)
        if not ready:
            return
        for end in ready:
            try:
                data = end.recv(65536)
                across[end].sendall(data)
            except OSError:  # whoever hung up is gone for both
                return
            if not data:
                return


@contextmanager
def _served(server: ThreadingHTTPServer) -> Iterator[ThreadingHTTPServer]:
    server.daemon_threads = True
    thread = Thread(target=lambda: server.serve_forever(0.05), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
