"""One connection to the server that sends, kept for several mails and opened again when it died."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPConnectResponseError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from bot.platforms.email.access import Server, silence
from bot.platforms.email.failures import MailRefused, NotOurs, NotTrusted

PATIENCE = 10.0
_MOST_MAILS = 50
_IDLE = 5.0


class Outgoing:
    """Hands mails over, one after another. Raises MailRefused, NotOurs, OSError, TimeoutError."""

    def __init__(self, server: Server, forget_token: Callable[[], None]) -> None:
        silence()
        self._server = server
        self._forget_token = forget_token
        self._turn = asyncio.Lock()
        self._client: SMTP | None = None
        self._mails = 0
        self._used_at = 0.0

    async def send(self, sender: str, to: str, mail: bytes) -> None:
        """Returns when the server has taken it."""
        async with self._turn:
            client = await self._open()
            try:
                with _told():
                    await client.sendmail(sender, [to], mail)
            except MailRefused:
                raise
            except BaseException:
                self._drop()  # nobody knows in the middle of what it is
                raise
            self._mails += 1
            self._used_at = asyncio.get_running_loop().time()

    async def check(self) -> None:
        """Whether the server takes us; nothing is sent."""
        async with self._turn:
            await self._open()

    async def close(self) -> None:
        async with self._turn:
            client = self._client
            if client is not None and client.is_connected:
                transport = client.transport
                with suppress(SMTPException, OSError):
                    async with asyncio.timeout(2.0):
                        await client.quit()
                _abort(transport)
            self._drop()

    async def _open(self) -> SMTP:
        client = self._client
        if client is not None and await self._is_alive(client):
            return client
        self._drop()
        client = self._client = self._new()
        try:
            await self._connect(client)
        except BaseException:
            self._drop()
            raise
        self._mails, self._used_at = 0, asyncio.get_running_loop().time()
        return client

    async def _connect(self, client: SMTP) -> None:
        """A token that is refused may have been taken back before its end: a new one is tried."""
        token = self._server.token
        with _told():
            await client.connect()
            if token is None:
                if self._server.user:
                    await client.login(self._server.user, self._server.password)
                return
            try:
                await client.auth_xoauth2(self._server.user, await token())
            except SMTPAuthenticationError:
                self._forget_token()
                await client.auth_xoauth2(self._server.user, await token())

    async def _is_alive(self, client: SMTP) -> bool:
        """Servers hang up on those who are silent; to ask first keeps a mail from going twice."""
        if not client.is_connected or self._mails >= _MOST_MAILS:
            return False
        if asyncio.get_running_loop().time() - self._used_at < _IDLE:
            return True
        try:
            await client.noop()
        except (SMTPException, OSError):
            return False
        return True

    def _new(self) -> SMTP:
        server = self._server
        return SMTP(
            hostname=server.host,
            port=server.port,
            timeout=PATIENCE,
            local_hostname=server.hello,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=None if server.security == "none" else server.trusted(),
        )

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            transport = client.transport
            client.close()
            _abort(transport)


def _abort(transport: asyncio.BaseTransport | None) -> None:
    """At once: TLS would wait for the other side's farewell."""
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


@contextmanager
def _told() -> Iterator[None]:
    """The library's errors as ours, by step and code."""
    try:
        yield
    except SMTPRecipientsRefused as error:
        refused = error.recipients[0]
        raise MailRefused("to", refused.code, refused.message) from None
    except SMTPResponseException as error:
        raise MailRefused(_step(error), error.code, error.message) from None
    except SMTPConnectError as error:
        if isinstance(error.__cause__, ssl.SSLCertVerificationError):
            raise NotTrusted from None
        raise
    except ssl.SSLCertVerificationError:
        raise NotTrusted from None
    except SMTPException as error:
        if isinstance(error, OSError):
            raise
        raise NotOurs("the server offers no TLS, or no way in which we can sign in") from None


def _step(error: SMTPResponseException) -> str:
    steps: tuple[tuple[type[SMTPResponseException], str], ...] = (
        (SMTPAuthenticationError, "sign in"),
        (SMTPSenderRefused, "from"),
        (SMTPRecipientRefused, "to"),
        (SMTPDataError, "data"),
        (SMTPHeloError, "greeting"),
        (SMTPConnectResponseError, "greeting"),
    )
    return next((name for kind, name in steps if isinstance(error, kind)), "greeting")
