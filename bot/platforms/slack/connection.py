"""The way to Slack's servers, or to one that speaks like them."""

import logging
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.network import proxy_of, ssl_context
from bot.settings import Settings

_PATIENCE = 10.0
_KEPT_SECONDS = 30.0
QUIET = logging.getLogger("slack_bolt")


@dataclass(frozen=True, slots=True)
class Connection:
    """One pool of connections for all workspaces."""

    settings: Settings
    session: aiohttp.ClientSession
    trusted: ssl.SSLContext
    proxy: str | None

    @classmethod
    def open(cls, settings: Settings) -> "Connection":
        """Nothing is sent yet; needs a running loop."""
        silence()
        trusted = ssl_context()
        connector = aiohttp.TCPConnector(ssl=trusted, keepalive_timeout=_KEPT_SECONDS)
        timeout = aiohttp.ClientTimeout(total=_PATIENCE)
        session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        return cls(settings, session, trusted, proxy_to(settings))

    def client(self, token: str) -> AsyncWebClient:
        """The SDK's client. Nothing is tried twice by itself: what was sent might go twice."""
        client = AsyncWebClient(
            token=token,
            base_url=self.settings.slack.api,
            session=self.session,
            proxy=self.proxy,
            ssl=self.trusted,
            logger=QUIET,
            retry_handlers=[],
        )
        client.proxy = self.proxy  # it would read the environment, without its exceptions
        return client

    async def close(self) -> None:
        await self.session.close()


def proxy_to(settings: Settings) -> str | None:
    """The proxy of the settings, else that of the environment, whose exceptions are heard."""
    given = proxy_of(settings)
    if given is not None:
        return given
    address = urlsplit(settings.slack.api)
    if proxy_bypass(address.hostname or ""):
        return None
    found = getproxies()
    return found.get(address.scheme) or found.get("all")


def silence() -> None:
    """These write tokens, ids and people's words into the log."""
    for name in ("slack_bolt", "slack_sdk", "aiohttp"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
