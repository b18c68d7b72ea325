"""Failures that any platform on this machine can be told to have."""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web


class Refusal(Protocol):
    """What a platform answers to what it does not do."""

    status: int
    retry_after: int

    def body(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure. `is_after`: what was asked is done all the same, and only its answer is lost.

    `seconds`: the answer is that late, and right unless there is a failure besides.
    """

    refusal: Refusal | None = None
    status: int = 0
    body: bytes = b""
    is_dropped: bool = False
    is_silent: bool = False
    is_after: bool = False
    seconds: float = 0.0

    @property
    def is_only_slow(self) -> bool:
        return not (self.refusal or self.status or self.is_dropped or self.is_silent)


def slow(seconds: float) -> Fault:
    return Fault(seconds=seconds)


BAD_GATEWAY = Fault(status=502, body=b"<html><body>502 Bad Gateway</body></html>")
GARBAGE = Fault(status=200, body=b"{not json")
HANG = Fault(is_silent=True)
DROP = Fault(is_dropped=True)
DROP_AFTER = Fault(is_dropped=True, is_after=True)


def refusal_reply(refusal: Refusal) -> web.Response:
    """With the seconds to wait, where there are any."""
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    return web.json_response(refusal.body(), status=refusal.status, headers=headers)


async def failed(request: web.Request, fault: Fault) -> web.StreamResponse:
    """The failure as the caller meets it."""
    if fault.is_silent:
        await asyncio.sleep(3600)
    if fault.is_dropped and request.transport is not None:
        request.transport.abort()
        return web.Response()
    if fault.refusal is not None:
        return refusal_reply(fault.refusal)
    return web.Response(status=fault.status, body=fault.body, content_type="application/json")
