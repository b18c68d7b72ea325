"""SMTP on this machine: aiosmtpd with sign-in, TLS and trouble on demand."""

import asyncio
import base64
import ssl
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.platforms.mail_store import MailStore


class Postman:
    """Takes mails over, or refuses them as `MailStore.faults` says."""

    def __init__(self, store: MailStore, *, needs_sign_in: bool) -> None:
        self._store = store
        self._needs_sign_in = needs_sign_in

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._needs_sign_in and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        refused = self._store.faults.refused.get(address.casefold())
        if refused is not None:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        faults = self._store.faults
        if faults.slow_seconds:
            await asyncio.sleep(faults.slow_seconds)
        if faults.cuts:
            faults.cuts -= 1
            assert server.transport is not None
            server.transport.close()
            return "421 cut"
        if faults.data_answer:
            return faults.data_answer
        content = envelope.original_content
        assert content is not None
        for address in envelope.rcpt_tos:
            self._store.deliver(address, content)
        return "250 OK queued"


class Post(SMTP):
    """One connection. Whoever has not signed in may send nothing."""

    def __init__(
        self, store: MailStore, context: ssl.SSLContext | None, *, starts_tls: bool, **options: Any
    ) -> None:
        self._store = store
        super().__init__(
            Postman(store, needs_sign_in=context is not None),
            hostname="mail.example",
            tls_context=context if starts_tls else None,
            require_starttls=starts_tls,
            auth_require_tls=starts_tls,
            authenticator=self._knows,
            auth_exclude_mechanism=["LOGIN"],
            **options,
        )

    def _knows(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        expected = (self._store.ours.encode(), self._store.password.encode())
        is_right = (given.login, given.password) == expected
        return AuthResult(success=is_right and not self._store.faults.logins_refused, handled=False)

    async def push(self, status: Any) -> None:
        """The greeting may be another one."""
        greeting = self._store.faults.greeting
        is_first = isinstance(status, str) and status.startswith("220 mail.example")
        await super().push(greeting if greeting and is_first else status)

    async def auth_XOAUTH2(self, _server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        given = base64.b64decode(args[1]).decode() if len(args) > 1 else ""
        with self._store.lock:
            tokens = set(self._store.tokens)
        good = {f"user={self._store.ours}\x01auth=Bearer {one}\x01\x01" for one in tokens}
        return AuthResult(success=given in good, handled=False)
