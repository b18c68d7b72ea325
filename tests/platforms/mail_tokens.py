"""Where access tokens come from: the one call of OAuth's client credentials."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

from tests.platforms.http_server import HttpServer, Reply, Request
from tests.platforms.mail_store import MailStore

SECRET = "a client secret"


class TokenServer:
    """Gives token-1, token-2, ... to whoever has the secret; the mail servers know the newest."""

    def __init__(self, store: MailStore | None = None) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.answer: Reply | None = None
        self.seconds: Any = 3600
        self.url = ""
        self._store = store

    def handle(self, request: Request) -> Reply:
        form = parse_qs(request.body.decode())
        self.asked.append(form)
        if self.answer is not None:
            return self.answer
        if form.get("client_secret") != [SECRET] or form.get("grant_type") != [
            "client_credentials"
        ]:
            return Reply(401, json.dumps({"error": "invalid_client"}).encode())
        token = f"token-{len(self.asked)}"
        if self._store is not None:
            with self._store.lock:
                self._store.tokens = {token}
        given = {"access_token": token, "token_type": "Bearer", "expires_in": self.seconds}
        return Reply(200, json.dumps(given).encode())

    def settings(self, secret: str = SECRET) -> dict[str, Any]:
        """[email.tokens]; the server has to be open."""
        return {"url": self.url, "client_id": "loop", "client_secret": secret, "scope": "mail"}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["TokenServer"]:
        server = HttpServer(self.handle)
        self.url = f"http://127.0.0.1:{await server.start()}/token"
        try:
            yield self
        finally:
            await server.stop()
