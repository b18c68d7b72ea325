"""Both mail servers on a thread and a loop of their own, sharing one post."""

import asyncio
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.platforms.mail_imap import ImapSession
from tests.platforms.mail_smtp import Post
from tests.platforms.mail_store import MailStore

HERE = "127.0.0.1"


@dataclass(frozen=True)
class Certificate:
    """One that only those trust who are told to (SSL_CERT_FILE)."""

    file: Path
    key: Path

    @classmethod
    def made(cls, folder: Path) -> "Certificate":
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
        begins = datetime(2020, 1, 1, tzinfo=UTC)
        here = [x509.IPAddress(ipaddress.ip_address(HERE)), x509.DNSName("localhost")]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=36500))
            .add_extension(x509.SubjectAlternativeName(here), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        made = cls(folder / "mail.pem", folder / "mail.key")
        made.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        made.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return made

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


class MailServer:
    """`security` is that of both servers: tls, starttls, or none without any sign-in."""

    def __init__(self, certificate: Certificate | None, security: str) -> None:
        self.store = MailStore()
        self.security = security
        self.smtp_port = self.imap_port = self.connections = 0
        self._context = None if certificate is None else certificate.context()
        self._servers: list[asyncio.Server] = []

    def settings(self, **more: Any) -> dict[str, Any]:
        """[email] for this server, by password."""
        sign_in = {"user": self.store.ours, "password": self.store.password}
        access = {"host": HERE, "security": self.security} | (
            {} if self.security == "none" else sign_in
        )
        imap = access | {"port": self.imap_port} | sign_in
        return {
            "address": self.store.ours,
            "smtp": access | {"port": self.smtp_port},
            "imap": imap,
            "poll_seconds": 0.1,
            "per_minute": 6000,
        } | more

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        at_once = self._context if self.security == "tls" else None
        post = await loop.create_server(
            lambda: self._post(loop),
            HERE,
            0,
            ssl=at_once,
        )
        imap = await asyncio.start_server(self._imap, HERE, 0, ssl=at_once)
        self._servers = [post, imap]
        self.smtp_port, self.imap_port = (one.sockets[0].getsockname()[1] for one in self._servers)

    async def stop(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _post(self, loop: asyncio.AbstractEventLoop) -> Post:
        self.connections += 1
        starts_tls = self.security == "starttls"
        return Post(self.store, self._context, starts_tls=starts_tls, loop=loop)

    async def _imap(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_tls = self.security == "tls"
        session = ImapSession(self.store, reader, writer, self._context, is_secure=is_tls)
        await session.run()


@contextmanager
def serving_mail(certificate: Certificate | None, security: str) -> Iterator[MailServer]:
    """Until the block ends."""
    server = MailServer(certificate if security != "none" else None, security)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="mail", daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
