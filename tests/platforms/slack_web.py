"""The HTTP side: the Web API with its checks in Slack's order, uploads, answers and sockets."""

import asyncio
import json
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from aiohttp import web

from tests.platforms.faults import failed, refusal_reply
from tests.platforms.sites import Site
from tests.platforms.slack_methods import SCOPES, Method
from tests.platforms.slack_request import Json, Params, Refused, params_of, token_of
from tests.platforms.slack_state import Workspace

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

_CONNECT = "apps.connections.open"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the app, and how it was answered; `at` in seconds of the monotonic clock.

    `error`: Slack's code, "" where it went well. `reasons`: what was wrong with blocks or view.
    `is_done`: it was carried out, even where a fault kept the app from hearing so.
    """

    method: str
    params: Params
    at: float
    status: int
    error: str
    reasons: tuple[str, ...]
    is_done: bool


class WebApi:
    """Serves one SlackServer on 127.0.0.1."""

    def __init__(self, server: "SlackServer") -> None:
        self._server = server
        self._methods: dict[str, Method] = (
            server.methods.table | server.views.table | server.files.table
        )
        self._site = Site(
            [
                web.route("*", "/api/{method}", self._serve),
                web.post("/upload/v1/{file}", self._upload),
                web.post("/actions/{team}/{number}", self._answer),
                web.get("/link/", server.sockets.serve),
            ]
        )
        self.start = self._site.start
        self.stop = self._site.stop
        self.cut_all = self._site.cut_all

    # the Web API

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            params = await params_of(request, method)
        except ValueError:
            return refusal_reply(Refused("invalid_json"))
        server = self._server
        with server.lock:
            fault = server.faults.next(method, params)
        if fault is None:
            return self._done(request, method, params)
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.is_only_slow:
            return self._done(request, method, params)
        if fault.is_after:
            self._done(request, method, params)
        else:
            known = fault.refusal if isinstance(fault.refusal, Refused) else Refused("fault")
            self._record(method, params, known, is_done=False)
        return await failed(request, fault)

    def _done(self, request: web.Request, method: str, params: Params) -> web.Response:
        server = self._server
        with server.lock:
            try:
                told = self._result(request, method, params)
            except Refused as refused:
                self._record(method, params, refused, is_done=False)
                return refusal_reply(refused)
            self._record(method, params, None, is_done=True)
        return web.json_response({"ok": True} | told)

    def _result(self, request: web.Request, method: str, params: Params) -> Json:
        server = self._server
        token = token_of(request, params)
        if method == _CONNECT:
            return self._connected(request, token)
        work = self._methods.get(method)
        if work is None:
            raise Refused("unknown_method")
        workspace = self._allowed(token, method)
        if server.limits is not None:
            channel = params.text("channel")
            server.limits.check(method, workspace.id, channel, monotonic())
        found: Json = work(workspace, params)
        return found

    def _connected(self, request: web.Request, token: str) -> Json:
        app = self._server.apps.get(token)
        if app is None:
            known = token in self._server.workspaces
            raise Refused("not_allowed_token_type" if known else _missing(token))
        if self._server.limits is not None:
            self._server.limits.check(_CONNECT, app.id, "", monotonic())
        return self._server.sockets.ticket(app, request.host)

    def _allowed(self, token: str, method: str) -> Workspace:
        server = self._server
        if token in server.apps:
            raise Refused("not_allowed_token_type")
        workspace = server.workspaces.get(token)
        if workspace is None:
            raise Refused(_missing(token))
        if not workspace.is_installed:
            raise Refused("account_inactive")
        needed = SCOPES.get(method)
        if needed and not needed & workspace.scopes:
            given = ",".join(sorted(workspace.scopes))
            more = {"needed": ",".join(sorted(needed)), "provided": given}
            raise Refused("missing_scope", more=more)
        return workspace

    def _record(
        self, method: str, params: Params, refused: Refused | None, *, is_done: bool
    ) -> None:
        status, error, reasons = (
            (200, "", ())
            if refused is None
            else (refused.status, refused.error, tuple(refused.reasons))
        )
        call = Call(method, params, monotonic(), status, error, reasons, is_done)
        if self._server.records:
            self._server.calls.append(call)
        if self._server.on_call is not None:
            self._server.on_call(call)

    # beside it

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if request.content_type == "multipart/form-data":
            form = await request.post()
            parts = [one for one in form.values() if isinstance(one, web.FileField)]
            content = parts[0].file.read() if parts else b""
        else:
            content = await request.read()
        with self._server.lock:
            is_taken = self._server.files.put(request.match_info["file"], content)
        if not is_taken:
            return web.Response(status=400, text="ERROR")
        return web.Response(text=f"OK - {len(content)}")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            told = json.loads(await request.text())
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        with self._server.lock:
            return self._server.response_urls.answer(request.match_info["number"], told)


def _missing(token: str) -> str:
    return "invalid_auth" if token else "not_authed"
