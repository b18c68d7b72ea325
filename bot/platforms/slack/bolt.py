"""Bolt's app in front of the intake: it knows Slack's envelopes and handshakes."""

import json
from collections.abc import Awaitable, Callable

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.platforms.slack.connection import QUIET, silence
from bot.platforms.slack.intake import Intake
from bot.platforms.slack.workspace import Workspace


class _Doorstep(AsyncMiddleware):
    """Hands every payload to the intake. The answer waits until it is on disk.

    Only Slack's question whether we are there goes on to Bolt, which answers it.
    """

    def __init__(self, intake: Intake, belongs: Callable[[Workspace], bool]) -> None:
        self._intake = intake
        self._belongs = belongs

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - the library's signature
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse:
        if req.body.get("type") == "url_verification":
            return await next()
        reply = await self._intake.take(req.body, self._belongs)
        body = "" if reply.body is None else json.dumps(reply.body)
        return BoltResponse(status=reply.status, body=body)


def bolt_app(intake: Intake, belongs: Callable[[Workspace], bool]) -> AsyncApp:
    """For those who bring us payloads and may speak for the workspaces that belong to them.

    Signatures are checked before (`gate.py`), against our clock; what bots say `read` leaves out.
    """
    silence()
    return AsyncApp(
        name="listening-loop",
        logger=QUIET,
        signing_secret="",
        before_authorize=_Doorstep(intake, belongs),
        authorize=_authorize,
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
    )


async def _authorize(team_id: str | None) -> AuthorizeResult:
    """Nothing goes on to where a token would be needed."""
    return AuthorizeResult(enterprise_id=None, team_id=team_id)
