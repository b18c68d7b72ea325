"""The mailbox that is read: one IMAP connection. Synchronous; it lives on a thread of its own."""

import ssl
from collections.abc import Sequence
from contextlib import suppress

from imapclient import IMAPClient  # type: ignore[import-untyped]
from imapclient.exceptions import (  # type: ignore[import-untyped]
    IMAPClientError,
    LoginError,
)

from bot.platforms.email.access import Server, silence
from bot.platforms.email.failures import NotOurs, NotTrusted
from bot.platforms.email.reading import MOST_BYTES

PATIENCE = 10.0
AT_ONCE = 20
_SEEN, _FLAGGED = rb"\Seen", rb"\Flagged"


class SignInRefused(NotOurs):
    """User, password or token was not taken."""


class Mailbox:
    """Open between `open` and `close`. Raises NotOurs, OSError, IMAPClientError."""

    def __init__(self, server: Server, folder: str) -> None:
        silence()
        self._server = server
        self._folder = folder
        self._client: IMAPClient | None = None

    @property
    def is_open(self) -> bool:
        return self._client is not None

    def open(self, token: str) -> None:
        """Signs in with the password, or with `token` where the server takes those."""
        try:
            client = self._client = self._connected()
            if self._server.security == "starttls":
                client.starttls(self._server.trusted())
            self._sign_in(client, token)
            client.select_folder(self._folder)
        except ssl.SSLCertVerificationError:
            self.close()
            raise NotTrusted from None
        except LoginError:
            self.close()
            raise SignInRefused("the mailbox's server refuses to let us in") from None
        except BaseException:
            self.close()
            raise

    def waiting(self) -> list[int]:
        """The oldest mails that nobody has read and that were not set aside."""
        client = self._opened()
        client.noop()  # so that the server tells of what came since
        return sorted(int(uid) for uid in client.search(["UNSEEN", "UNFLAGGED"]))[:AT_ONCE]

    def raw(self, uid: int) -> bytes:
        """A mail as it came, as far as we read; it stays unread. Empty where it is gone."""
        asked = f"BODY.PEEK[]<0.{MOST_BYTES}>"
        found = self._opened().fetch([uid], [asked]).get(uid, {})
        bodies = (value for name, value in found.items() if name.startswith(b"BODY[]"))
        return next((bytes(value) for value in bodies if value), b"")

    def done_with(self, uids: Sequence[int]) -> None:
        """They are on disk: marked as read."""
        if uids:
            self._opened().add_flags(list(uids), [_SEEN], silent=True)

    def set_aside(self, uid: int) -> None:
        """Left unread and flagged, for whoever looks after the mailbox."""
        self._opened().add_flags([uid], [_FLAGGED], silent=True)

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, IMAPClientError):
                client.logout()
            with suppress(OSError, IMAPClientError):
                client.shutdown()

    def _connected(self) -> IMAPClient:
        is_tls = self._server.security == "tls"
        return IMAPClient(
            self._server.host,
            self._server.port,
            ssl=is_tls,
            ssl_context=self._server.trusted() if is_tls else None,
            timeout=PATIENCE,
        )

    def _sign_in(self, client: IMAPClient, token: str) -> None:
        if self._server.token is not None:
            client.oauth2_login(self._server.user, token)
        elif self._server.user:
            client.login(self._server.user, self._server.password)

    def _opened(self) -> IMAPClient:
        if self._client is None:
            raise ConnectionError("the mailbox is not open")
        return self._client
