"""The way out: the proxy that leads there, and the certificates that the system trusts."""

import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.settings import Settings

if TYPE_CHECKING:
    import httpx

_PATIENCE = 5.0


def ssl_context() -> ssl.SSLContext:
    """Certificates are checked as the operating system would, an organisation's own among them.

    SSL_CERT_FILE and SSL_CERT_DIR are heard where the system's store is OpenSSL's.
    """
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def proxy_of(settings: Settings) -> str | None:
    """The proxy of the settings.

    None where they give none: httpx then reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY itself.
    """
    return settings.network.proxy or None


@dataclass(frozen=True, slots=True)
class Answer:
    """What Telegram said of our bot, or why it said nothing.

    `waiting`: messages that nobody has fetched. `is_final`: asking again would not help before
    somebody changes something.
    """

    name: str = ""
    webhook: str = ""
    webhook_error: str = ""
    waiting: int = 0
    trouble: str = ""
    remedy: str = ""
    is_final: bool = False


def ask_telegram(settings: Settings) -> Answer:
    """Asks Telegram who our bot is, through the proxy and with the system's certificates."""
    import httpx

    for name in ("httpx", "httpcore"):  # they would write the token into the log
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        with httpx.Client(
            verify=ssl_context(), proxy=proxy_of(settings), timeout=_PATIENCE
        ) as client:
            me = _called(client, settings, "getMe")
            if isinstance(me, Answer):
                return me
            hook = _called(client, settings, "getWebhookInfo")
    except httpx.HTTPError as error:
        return _unreached(error)
    except (ImportError, ValueError):
        return Answer(
            trouble="HTTPS_PROXY or ALL_PROXY names a proxy of a kind that is not understood.",
            remedy="Give an http:// address there, or in `proxy` of [network].",
        )
    told = {} if isinstance(hook, Answer) else hook
    return Answer(
        str(me.get("username", "")),
        str(told.get("url", "")),
        str(told.get("last_error_message", "")),
        _number(told.get("pending_update_count")),
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _called(client: "httpx.Client", settings: Settings, method: str) -> Mapping[str, Any] | Answer:
    ours = settings.telegram
    reply = client.get(f"{ours.api.rstrip('/')}/bot{ours.token.get_secret_value()}/{method}")
    if reply.status_code in (401, 404):
        return Answer(
            trouble="Telegram does not know the bot's token.",
            remedy="Copy it from @BotFather again, or make a new one there with /token.",
            is_final=True,
        )
    try:
        found = reply.raise_for_status().json()["result"]
    except (ValueError, KeyError, TypeError):
        found = None
    if not isinstance(found, dict):
        return Answer(
            trouble="What answers is not Telegram's Bot API.",
            remedy="Check `api` of [telegram], and whether a proxy puts a page of its own before.",
        )
    return found


def _unreached(error: "httpx.HTTPError") -> Answer:
    """Why, by kind: the error's own text carries the address, and so the token."""
    import httpx

    if isinstance(error, httpx.HTTPStatusError):
        return Answer(
            trouble=f"Telegram cannot be reached (it answered {error.response.status_code}).",
            remedy="Try again in a while; if it stays so, ask whoever keeps the proxy.",
        )
    if isinstance(error, httpx.ProxyError):
        return Answer(
            trouble="Telegram cannot be reached: the proxy refused.",
            remedy="Check `proxy` of [network] or HTTPS_PROXY, and that it lets through to "
            "api.telegram.org.",
        )
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Answer(
            trouble="Telegram cannot be reached: its certificate is not trusted here.",
            remedy="If your organisation opens connections to look inside, its certificate has "
            "to be in the operating system's store; or name the file in SSL_CERT_FILE.",
        )
    return Answer(
        trouble=f"Telegram cannot be reached ({type(error).__name__}).",
        remedy="Check the connection, `proxy` of [network], and that your firewall lets "
        "api.telegram.org through.",
    )
