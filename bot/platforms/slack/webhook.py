"""Payloads that Slack brings: answered when they are on disk, and not before."""

from collections.abc import Callable

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.platforms.slack.gate import MOST_BYTES, Gate
from bot.platforms.slack.manifest import PATH
from bot.request_body import body_within


def webhook_route(
    gate: Gate, app_of: Callable[[str], AsyncApp], is_open: Callable[[], bool]
) -> Route:
    """The page that Slack calls. `app_of`: by the secret. Only Slack's question whether we are

    there is answered before the door is open.
    """

    async def arrived(request: Request) -> Response:
        body = await body_within(request, MOST_BYTES)
        if body is None:
            gate.refuse("oversized")
            return Response(status_code=413)
        secret = gate.secret_of(request.headers, body)
        if not secret:
            return Response(status_code=401)
        try:
            asked = to_async_bolt_request(request, body)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            gate.refuse("malformed")
            return Response(status_code=400)
        if not is_open() and asked.body.get("type") != "url_verification":
            return Response(status_code=503)
        answer = to_starlette_response(await app_of(secret).async_dispatch(asked))
        if answer.status_code == 200:
            gate.done(request.headers)
        return answer

    return Route(PATH, arrived, methods=["POST"])
