"""Socket Mode: a line that we open outward, and over which Slack brings payloads."""

import asyncio
from collections.abc import Callable

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bot.backoff import Backoff, sleep
from bot.messages import DeliveryError
from bot.platforms.slack.connection import QUIET, Connection
from bot.platforms.slack.failures import explain, is_final

_PATIENCE = 15.0
_LOOK_SECONDS = 0.5
_GONE_SECONDS = 2.0
_PING_SECONDS = 5.0


class Line:
    """One line for each app. The SDK mends it; where it does not manage, another is opened."""

    def __init__(
        self,
        connection: Connection,
        app: AsyncApp,
        app_token: str,
        *,
        is_idle: Callable[[], bool],
        on_open: Callable[[], None],
        first_pause: float = 1.0,
    ) -> None:
        self._connection = connection
        self._app = app
        self._token = app_token
        self._is_idle = is_idle
        self._on_open = on_open
        self._was_open = False
        self._first_pause = first_pause
        self._log = structlog.get_logger("slack")

    async def hold(self, stopped: asyncio.Event) -> None:
        """Until stopped. Raises DeliveryError where Slack refuses us: waiting would not help."""
        pauses = Backoff(self._first_pause)
        while not stopped.is_set():
            wait = 0.0
            try:
                await self._held(stopped, pauses)
            except DeliveryError as error:
                if is_final(error):
                    raise
                self._log.warning("slack not reached", kind=error.detail)
                wait = error.retry_after or 0.0
            await pauses.wait(stopped, at_least=wait)

    async def _held(self, stopped: asyncio.Event, pauses: Backoff) -> None:
        handler = self._handler()
        try:
            await self._open(handler)
            pauses.reset()
            self._opened_once()
            await self._watch(handler, stopped)
        finally:
            await handler.client.close()  # type: ignore[no-untyped-call]

    def _opened_once(self) -> None:
        if not self._was_open:
            self._was_open = True
            self._on_open()

    def _handler(self) -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(
            self._app,
            self._token,
            logger=QUIET,
            web_client=self._connection.client(""),
            proxy=self._connection.proxy,
            ping_interval=_PING_SECONDS,
        )
        handler.client.proxy = self._connection.proxy
        return handler

    async def _open(self, handler: AsyncSocketModeHandler) -> None:
        """Asks by itself where to connect: the SDK would ask for ever with a wrong token."""
        client = handler.client
        try:
            answer = await client.web_client.apps_connections_open(app_token=self._token)
            client.wss_uri = str(answer["url"])
            async with asyncio.timeout(_PATIENCE):
                await client.connect()  # type: ignore[no-untyped-call]
        except Exception as error:  # noqa: BLE001 - told apart by `explain`
            raise explain(error) from None

    async def _watch(self, handler: AsyncSocketModeHandler, stopped: asyncio.Event) -> None:
        """Returns when all is stopped, or the line has been gone for a while."""
        loop = asyncio.get_running_loop()
        seen = loop.time()
        while not stopped.is_set():
            if await handler.client.is_connected():
                seen = loop.time()
            elif loop.time() - seen > _GONE_SECONDS:
                self._log.warning("the line is gone", kind="not connected")
                return
            await sleep(stopped, _LOOK_SECONDS)
        await self._last_answers()

    async def _last_answers(self) -> None:
        """What was taken is answered before the line is closed, else it would come again."""
        loop = asyncio.get_running_loop()
        over = loop.time() + 2.0
        while not self._is_idle() and loop.time() < over:
            await asyncio.sleep(0.02)
