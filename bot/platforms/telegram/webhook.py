"""Updates that Telegram brings: answered when they are on disk, and not before."""

import hmac
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.platforms.telegram.receiving import Receiver
from bot.platforms.telegram.sender import WEBHOOK_PATH
from bot.request_body import body_within

MOST_BYTES = 1_000_000
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of it


def webhook_route(receiver: Receiver) -> Route:
    """The page that Telegram calls; nobody else knows the secret."""
    secret = receiver.telegram.secret.encode()

    async def arrived(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, secret):
            return Response(status_code=403)
        body = await body_within(request, MOST_BYTES)
        if body is None:
            return Response(status_code=413)
        update = _update(body)
        if update is None:
            receiver.pass_over("not JSON")
            return Response(status_code=400)
        return Response(status_code=200 if await receiver.take(update) else 503)

    return Route(WEBHOOK_PATH, arrived, methods=["POST"])


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
