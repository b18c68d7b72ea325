"""The keys with which Microsoft signs what it brings us: fetched beside, never during a check."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt

from bot.platforms.teams.reference import is_loopback

FRESH_SECONDS = 24 * 3600.0
_PAUSE = 60.0

Fetch = Callable[[str], Awaitable[Any]]


class Keys(jwt.PyJWKClient):
    """What the SDK's check asks for keys; it gets those that are here and waits for no network."""

    def __init__(self, metadata: str, fetch: Fetch) -> None:
        super().__init__(metadata, cache_jwk_set=False)
        self._metadata = metadata
        self._fetch = fetch
        self._set: jwt.PyJWKSet | None = None
        self._endorsed: dict[str, frozenset[str]] = {}
        self._asked_at: float | None = None
        self._lock = asyncio.Lock()

    @property
    def are_here(self) -> bool:
        return self._set is not None

    def fetch_data(self) -> Any:
        """The keys that were fetched last. Called by `PyJWKClient`."""
        if self._set is None:
            raise jwt.PyJWKClientError("the keys were not fetched yet")
        return self._set

    async def refresh(self) -> None:
        """Asks Microsoft anew; raises what went wrong and keeps what there was."""
        self._asked_at = asyncio.get_running_loop().time()
        where = _text(_mapping(await self._fetch(self._metadata)).get("jwks_uri"))
        if not self._is_trusted(where):
            raise ValueError("the metadata name no https address for the keys")
        found = _mapping(await self._fetch(where))
        self._set = jwt.PyJWKSet.from_dict(dict(found))
        self._endorsed = {
            _text(one.get("kid")): frozenset(one.get("endorsements") or ())
            for one in found.get("keys", ())
        }

    async def meet(self, kid: str) -> None:
        """Asks anew for a key that is not known: seldom, since anybody can make one up."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            is_soon = self._asked_at is not None and now - self._asked_at < _PAUSE
            if kid in self._endorsed or is_soon:
                return
            try:
                await self.refresh()
            except Exception:  # noqa: BLE001 - the check that follows refuses, and says why
                self._asked_at = now

    def endorses(self, kid: str, channel: str) -> bool:
        """Whether this key may speak for a channel; one that names none speaks for all."""
        channels = self._endorsed.get(kid, frozenset())
        return not channels or channel in channels

    def _is_trusted(self, where: str) -> bool:
        """Over https; on this machine alone where the metadata are there as well."""
        parts = urlsplit(where)
        is_here = is_loopback(urlsplit(self._metadata).hostname or "")
        return parts.scheme == "https" or (is_here and is_loopback(parts.hostname or ""))


def _mapping(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise ValueError("what answers is not what was asked for")
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
