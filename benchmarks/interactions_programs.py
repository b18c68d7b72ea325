"""The programs that answer the crowd: ours, a bare bolt app and a bare Teams app.

All are served by the same listener, with the same settings of uvicorn.
"""

import asyncio
import logging
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.interactions_office import SURVEY, Office
from bot.door import Door, Hall
from bot.form_pages import page_of
from bot.forms import Form
from bot.listeners import Listener, bind
from bot.messages import Button, Message
from bot.platforms.slack import SlackDoor, draw, draw_view
from bot.platforms.slack.phrases import Phrases
from bot.platforms.teams import TeamsDoor, draw_form
from bot.platforms.teams import draw as draw_card
from bot.platforms.teams.form_cards import Filled
from bot.web.app import public_app
from bot.web.limits import Limits as PageLimits
from bot.web.limits import Rate
from storage.language import Catalogue
from surveys import engine
from surveys.register import example_survey
from surveys.xlsform import read_xlsform

if TYPE_CHECKING:
    from starlette.types import ASGIApp

Json = dict[str, Any]
_PATIENCE = 20.0
_PATHS = {"slack": "/slack", "teams": "/teams/messages"}
_ANSWER = Message(
    "Recorded for 1.2: On track. If that is wrong, tell me what should stand there instead.",
    (Button("Correct this", "go"), Button("Open the form", "open")),
    title="Recorded",
)


def say(key: str, **params: object) -> str:
    """A text of ours, so that both sides send as much."""
    return Catalogue.load("bot").say(key, "en", **params)


def first_page() -> Form:
    """The first page of the survey."""
    form, issues = read_xlsform(example_survey(SURVEY))
    assert form is not None, issues
    begun = engine.start(form, now=datetime(2023, 12, 4, tzinfo=UTC), seed=1, language="en")
    return page_of(form, begun.session, say, id="form")


# ours


@asynccontextmanager
async def ours(office: Office, platform: str) -> AsyncIterator[str]:
    """The whole way, as `run` has it: door, mailroom, outbox, delivery. Without limits."""
    app, told = office.app, list[str]()
    hall = Hall(
        settings=app.settings,
        keyring=app.around.keyring,
        receive=app.mailroom.receive,
        clock=app.around.clock,
        tell=told.append,
        database=app.database,
        writer=app.writer,
    )
    door: Door = SlackDoor(hall) if platform == "slack" else TeamsDoor(hall)
    limits = replace(door.sender.limits, per_second=None, per_contact_seconds=0.0)
    vars(door.sender)["limits"] = limits
    delivery = app.delivery({})
    app.mailroom.on_stored = delivery.wake
    stopped = asyncio.Event()
    async with served(_pages(office, door)) as address, asyncio.TaskGroup() as group:
        group.create_task(door.work(stopped))
        async with asyncio.timeout(_PATIENCE):
            await door.opened.wait()
        delivery.join(door.platform, door.sender)
        group.create_task(delivery.run(stopped))
        try:
            yield f"{address}{_PATHS[platform]}"
        finally:
            stopped.set()
            app.mailroom.on_stored = None
    await door.close()


def _pages(office: Office, door: Door) -> Starlette:
    """The public pages, which Slack and Microsoft call; everything comes from one address here."""
    pages = public_app(office.app, extra_routes=door.routes())
    around = office.app.around
    free = PageLimits(around.keyring, around.clock, rates={"page": Rate(1e9, 1e9)})
    pages.state.site = replace(pages.state.site, limits=free)
    return pages


@asynccontextmanager
async def served(app: "ASGIApp") -> AsyncIterator[str]:
    """On a free port, by our own listener."""
    bound = bind("benchmark", "127.0.0.1:0")
    listener = Listener(app, bound, stop_seconds=1)
    await listener.start()
    try:
        yield bound.address
    finally:
        await listener.close()


# the bare bolt app

Acknowledge = Callable[..., Awaitable[Any]]


@asynccontextmanager
async def bare_slack(told: Json) -> AsyncIterator[str]:
    """A press or words: one message. A form that was sent: the next page. Nothing is kept.

    It is given one session for all its calls; by itself the SDK makes one for each.
    """
    logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)
    phrases = Phrases.of(say)
    page = {**draw_view(first_page(), phrases), "callback_id": "form"}
    [post] = draw(_ANSWER, phrases)
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(told["token"], base_url=told["api"], session=session)
        app = AsyncApp(client=client, signing_secret=told["secret"])

        async def answer(user: str, client: AsyncWebClient) -> None:
            await client.chat_postMessage(channel=user, text=post.text, blocks=list(post.blocks))

        async def spoken(event: Json, client: AsyncWebClient) -> None:
            await answer(event["user"], client)

        async def pressed(ack: Acknowledge, body: Json, client: AsyncWebClient) -> None:
            await ack()
            if body["actions"][0]["value"] == "open":
                await client.views_open(trigger_id=body["trigger_id"], view=page)
            else:
                await answer(body["user"]["id"], client)

        async def submitted(ack: Acknowledge) -> None:
            await ack(response_action="update", view=page)

        app.event("message")(spoken)
        for button in ("press:0", "press:1"):
            app.action(button)(pressed)
        app.view("form")(submitted)
        handler = AsyncSlackRequestHandler(app)

        async def arrived(request: Request) -> Response:
            return await handler.handle(request)

        pages = Starlette(routes=[Route(_PATHS["slack"], arrived, methods=["POST"])])
        async with served(pages) as address:
            yield f"{address}{_PATHS['slack']}"


# the bare Teams app


@asynccontextmanager
async def bare_teams(told: Json) -> AsyncIterator[str]:
    """The same with Microsoft's SDK on FastAPI, as it comes; tokens are checked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from microsoft_teams.api.activities.invoke.adaptive_card import AdaptiveCardInvokeActivity
        from microsoft_teams.api.activities.message import MessageActivity
        from microsoft_teams.api.auth.cloud_environment import PUBLIC
        from microsoft_teams.api.models.adaptive_card import (
            AdaptiveCardActionCardResponse,
            AdaptiveCardActionMessageResponse,
        )
        from microsoft_teams.apps import ActivityContext, App
        from microsoft_teams.apps.http import FastAPIAdapter
        from microsoft_teams.cards import AdaptiveCard
    logging.getLogger("microsoft_teams").setLevel(logging.CRITICAL)
    logging.getLogger("httpx").setLevel(logging.CRITICAL)
    page = AdaptiveCard.model_validate(draw_form(first_page(), Filled()))
    answer = AdaptiveCard.model_validate(draw_card(_ANSWER)[0])
    adapter = FastAPIAdapter()

    def token(scope: str | list[str], tenant_id: str | None) -> str:  # noqa: ARG001
        return str(told["token"])

    app = App(
        client_id=told["app_id"],
        tenant_id=told["app_tenant"],
        token=token,
        cloud=replace(PUBLIC, openid_metadata_url=told["metadata"]),
        http_server_adapter=adapter,
        messaging_endpoint=_PATHS["teams"],
    )

    @app.on_message
    async def spoken(ctx: ActivityContext[MessageActivity]) -> None:
        await ctx.send(answer)

    @app.on_card_action
    async def pressed(
        ctx: ActivityContext[AdaptiveCardInvokeActivity],
    ) -> AdaptiveCardActionCardResponse | AdaptiveCardActionMessageResponse:
        data = ctx.activity.value.action.data
        if data["loop"].get("t") == "go":
            await ctx.send(answer)
            return AdaptiveCardActionMessageResponse(value="Noted.")
        return AdaptiveCardActionCardResponse(value=page)

    await app.initialize()
    async with served(adapter.app) as address:
        yield f"{address}{_PATHS['teams']}"
