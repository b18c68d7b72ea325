"""How we sign in to the two servers, and which settings would say it all in the clear."""

import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_address

from bot.network import ssl_context
from bot.settings import EmailSettings, is_given

SMTP = "smtp"
IMAP = "imap"
_PORTS = {
    (SMTP, "tls"): 465,
    (SMTP, "starttls"): 587,
    (SMTP, "none"): 25,
    (IMAP, "tls"): 993,
    (IMAP, "starttls"): 143,
    (IMAP, "none"): 143,
}

Token = Callable[[], Awaitable[str]]
"""An access token that is good now."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server as it is spoken to. `hello`: what we call ourselves.

    `token`: set where it takes tokens instead of a password.
    """

    host: str
    port: int
    security: str
    user: str
    hello: str = "localhost"
    password: str = field(default="", repr=False)
    token: Token | None = field(default=None, repr=False)

    @classmethod
    def of(cls, kind: str, settings: EmailSettings, token: Token) -> "Server":
        """With the port that is usual where none is given."""
        access = settings.smtp if kind == SMTP else settings.imap
        return cls(
            access.host,
            access.port or _PORTS[kind, access.security],
            access.security,
            access.user,
            settings.address.rpartition("@")[2].encode("idna").decode("ascii"),
            access.password.get_secret_value(),
            token if access.user and settings.tokens.url else None,
        )

    def trusted(self) -> ssl.SSLContext:
        """The certificates that are believed."""
        return ssl_context()


def problem_of(settings: EmailSettings) -> str:
    """What keeps us from speaking to the servers at all, and what to do; empty when all is well."""
    for name, access in ((SMTP, settings.smtp), (IMAP, settings.imap)):
        if not access.host:
            continue
        if access.security == "none" and not _is_here(access.host):
            return (
                f'`security` of [email.{name}] is "none", and the server is not this machine: '
                'others on the way could read everything. Write "tls" or "starttls".'
            )
        if is_given(access.password) and not access.user:
            return f"[email.{name}] has a password and no user. Write `user`."
        if access.user and not (is_given(access.password) or settings.tokens.url):
            return (
                f"[email.{name}] has a user, and neither a password nor [email.tokens]. Give "
                f"LOOP_EMAIL__{name.upper()}__PASSWORD, or fill in [email.tokens]."
            )
    return ""


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def silence() -> None:
    """These write addresses, tokens and people's words into the log."""
    for name in ("aiosmtplib", "imapclient", "imaplib", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
