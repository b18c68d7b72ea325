"""The page that Microsoft calls: checked, taken in, and answered when it is on disk."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.platforms.teams.gate import Gate, Refused
from bot.platforms.teams.reading import MALFORMED
from bot.platforms.teams.receiving import Receiver
from bot.refusals import say_refused
from bot.request_body import body_within

PATH = "/teams/messages"
MOST_BYTES = 256 * 1024


class Desk:
    """One place for all that comes in. `refused` counts by kind what did not get through."""

    def __init__(self, gate: Gate, receiver: Receiver, tell: Callable[[str], None]) -> None:
        self.refused: Counter[str] = Counter()
        self.hindrance = ""
        self._gate = gate
        self._receiver = receiver
        self._tell = tell
        self._log = structlog.get_logger("teams")

    def route(self) -> Route:
        return Route(PATH, self.arrived, methods=["POST"])

    async def arrived(self, request: Request) -> Response:
        try:
            status, body = await self._taken(request)
        except Refused as refused:
            self.refused[refused.kind] += 1
            self._log.warning("a request was refused", kind=refused.kind)
            if self._is_open:
                what, count = "Teams: a request was refused", self.refused[refused.kind]
                say_refused(self._tell, what, refused.kind, count)
            return Response(status_code=refused.status)
        return Response(status_code=status) if body is None else JSONResponse(body, status)

    @property
    def _is_open(self) -> bool:
        return self._gate.is_ready and not self.hindrance

    async def _taken(self, request: Request) -> tuple[int, dict[str, Any] | None]:
        if self.hindrance:
            raise Refused(403, "the door is shut")
        if not self._gate.is_ready:
            raise Refused(503, "no keys yet")
        activity = _activity(await _body(request))
        caller = request.client.host if request.client else ""
        await self._gate.admit(request.headers, caller, activity)
        try:
            incoming = self._receiver.read(activity)
        except MALFORMED as error:
            raise Refused(400, f"malformed ({type(error).__name__})") from None
        return await self._receiver.take(activity, incoming)


async def _body(request: Request) -> bytes:
    """What was sent; refused as soon as it is too much."""
    found = await body_within(request, MOST_BYTES)
    if found is None:
        raise Refused(413, "too big")
    return found


def _activity(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "not JSON") from None
    if not isinstance(found, dict):
        raise Refused(400, "not an activity")
    return found
