"""The way to Microsoft: the SDK's client of the connector, over our own proxy and certificates."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

from bot.messages import DeliveryError, Failure
from bot.network import proxy_of, ssl_context
from bot.outgoing.lanes import LANES
from bot.platforms.teams.failures import code_in, explain, unreached, wait_in
from bot.platforms.teams.reference import (
    Reference,
    in_path,
    is_loopback,
    may_be_called,
)
from bot.platforms.teams.sdk import (
    PUBLIC,
    Account,
    ApiClient,
    Client,
    ClientOptions,
    MessageActivityInput,
    TeamsChannelAccount,
    silence,
)
from bot.settings import Settings, TeamsSettings, is_given

T = TypeVar("T")
_PATIENCE = 10.0
_EARLY = 300.0
_PLACES = 50
_MOST_BYTES = 1_000_000
_NO_ID = "DO_NOT_USE_PLACEHOLDER_ID"


class Tokens:
    """Our own token for the connector, fetched anew before it runs out."""

    def __init__(self, teams: TeamsSettings, http: httpx.AsyncClient) -> None:
        tenant = teams.app_tenant or PUBLIC.login_tenant
        self._url = f"{teams.login.rstrip('/')}/{in_path(tenant)}/oauth2/v2.0/token"
        self._form = {
            "grant_type": "client_credentials",
            "client_id": teams.app_id,
            "client_secret": teams.app_secret.get_secret_value(),
            "scope": PUBLIC.bot_scope,
        }
        self._is_given = bool(teams.app_id) and is_given(teams.app_secret)
        self._http = http
        self._token = ""
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def bearer(self) -> str | None:
        """The token; None where there is no app to have one (a trial on this machine)."""
        if not self._is_given:
            return None
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if not self._token or now >= self._until:
                self._token, seconds = await self._fetch()
                self._until = now + max(seconds - _EARLY, seconds / 2)
        return self._token

    def forget(self) -> None:
        """It was refused: the next call fetches another."""
        self._token = ""

    async def _fetch(self) -> tuple[str, float]:
        reply = await self._http.post(self._url, data=self._form)
        if reply.status_code in (400, 401, 403):
            raise DeliveryError.refused("the login refused the app's id or secret")
        reply.raise_for_status()
        found = reply.json()
        return str(found["access_token"]), float(found["expires_in"])


class Connection:
    """Calls to the connector, each with its failures explained."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is sent yet."""
        silence()
        teams = settings.teams
        limits = httpx.Limits(max_connections=2 * LANES, keepalive_expiry=30.0)
        self._http = httpx.AsyncClient(
            verify=ssl_context(), proxy=proxy_of(settings), timeout=_PATIENCE, limits=limits
        )
        self._tokens = Tokens(teams, self._http)
        self._client = Client(ClientOptions(token=self._tokens.bearer), _http=self._http)
        self._is_here = teams.accept_unsigned_requests or is_loopback(httpx.URL(teams.login).host)
        self._apis: OrderedDict[str, ApiClient] = OrderedDict()

    async def close(self) -> None:
        await self._http.aclose()

    async def post(self, where: Reference, activity: MessageActivityInput) -> str:
        """A new message; its id."""
        activity.from_ = Account(id=where.bot) if where.bot else None
        api = self._api(where)
        sent = await self._called(lambda: api.conversations.create_activity(where.room, activity))
        return "" if sent.id == _NO_ID else sent.id

    async def put(self, where: Reference, message_id: str, activity: MessageActivityInput) -> None:
        """In place of a message that is there."""
        activity.from_ = Account(id=where.bot) if where.bot else None
        activity.id = message_id
        api = self._api(where)

        async def update() -> None:
            try:
                await api.conversations.update_activity(where.room, in_path(message_id), activity)
            except KeyError:
                return  # it was done, and the answer named no id

        await self._called(update)

    async def member(self, where: Reference, member_id: str) -> TeamsChannelAccount:
        """Who somebody is in a conversation."""
        api = self._api(where)
        return await self._called(
            lambda: api.conversations.get_member_by_id(where.room, in_path(member_id))
        )

    async def login(self) -> None:
        """Fetches a token, to learn early whether the app's id and secret are right."""
        await self._called(self._tokens.bearer)

    async def fetch(self, url: str) -> Any:
        """Public JSON, such as the keys."""

        async def get() -> Any:
            reply = await self._http.get(url)
            reply.raise_for_status()
            if len(reply.content) > _MOST_BYTES:
                raise ValueError("the answer is too long")
            return reply.json()

        return await self._called(get)

    def _api(self, where: Reference) -> ApiClient:
        """One client for each place of Microsoft's; the token goes nowhere else."""
        url = where.service_url.rstrip("/")
        if not may_be_called(url, is_here=self._is_here):
            raise DeliveryError(Failure.OUR_FAULT, "a service URL that may not have our token")
        if url not in self._apis:
            self._apis[url] = ApiClient(url, self._client)
            while len(self._apis) > _PLACES:
                self._apis.popitem(last=False)
        return self._apis[url]

    async def _called(self, call: Callable[[], Awaitable[T]], *, again: bool = True) -> T:
        """The result, or what went wrong. A token that is refused is fetched anew, once."""
        try:
            return await call()
        except httpx.HTTPStatusError as error:
            reply = error.response
            if reply.status_code != 401 or not again:
                wait = wait_in(reply.headers.get("retry-after", ""))
                raise explain(reply.status_code, code_in(reply.content), wait) from None
        except httpx.TransportError as error:
            raise unreached(type(error).__name__) from None
        except (httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise DeliveryError(Failure.OUR_FAULT, type(error).__name__) from None
        self._tokens.forget()
        return await self._called(call, again=False)
