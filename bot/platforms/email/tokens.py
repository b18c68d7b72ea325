"""Access tokens for mail servers that take no passwords: OAuth client credentials."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from bot.network import proxy_of, ssl_context
from bot.platforms.email.failures import NotOurs
from bot.settings import Settings

_PATIENCE = 10.0
_EARLY = timedelta(minutes=5)
_USUAL = 3600


class MailTokens:
    """Fetches a token and keeps it until shortly before its end."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._ours = settings.email.tokens
        self._clock = clock
        self._token = ""
        self._until: datetime | None = None
        self._fetching = asyncio.Lock()

    @property
    def is_on(self) -> bool:
        return bool(self._ours.url)

    async def current(self) -> str:
        """A token that is good now. Raises NotOurs where we are refused, OSError when unreached."""
        async with self._fetching:
            if self._until is None or self._clock() >= self._until:
                await self._fetch()
            return self._token

    def forget(self) -> None:
        """A server did not take it, whatever its end was to be."""
        self._until = None

    async def _fetch(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._ours.client_id,
            "client_secret": self._ours.client_secret.get_secret_value(),
            "scope": self._ours.scope,
        }
        try:
            async with httpx.AsyncClient(
                verify=ssl_context(), proxy=proxy_of(self._settings), timeout=_PATIENCE
            ) as client:
                reply = await client.post(self._ours.url, data=form)
        except httpx.HTTPError as error:
            # Its own text carries the address; the kind is enough.
            raise ConnectionError(type(error).__name__) from None
        self._token, seconds = _read(reply)
        self._until = self._clock() + max(timedelta(seconds=seconds) - _EARLY, timedelta())


def _read(reply: httpx.Response) -> tuple[str, int]:
    if reply.status_code >= 500 or reply.status_code == 429:
        raise ConnectionError(f"tokens: {reply.status_code}")
    try:
        found = reply.json()
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("access_token"), str):
        raise NotOurs(f"no token: {reply.status_code}{_named(found)}")
    seconds = found.get("expires_in", _USUAL)
    is_number = isinstance(seconds, int | str) and str(seconds).isdecimal()
    return found["access_token"], int(seconds) if is_number else _USUAL


def _named(found: object) -> str:
    """The error's short name, such as invalid_client; what else is said may carry ids."""
    name = found.get("error") if isinstance(found, dict) else None
    is_plain = isinstance(name, str) and name.replace("_", "").isalpha() and len(name) < 40
    return f" {name}" if is_plain else ""
