"""Slack's calls to an app over HTTP: signed, told when they come again, a handshake first."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

import aiohttp

from tests.platforms.slack_delivery import COMMAND, EVENT, Answer, Parcel
from tests.platforms.slack_request import Json
from tests.platforms.slack_state import SlackApp


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """As Slack signs: version 0, HMAC-SHA256."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def signed(app: SlackApp, body: bytes, at: datetime, kind: str) -> dict[str, str]:
    """The headers of a call with this body."""
    timestamp = str(int(at.timestamp()))
    form = "application/x-www-form-urlencoded"
    return {
        "Content-Type": "application/json" if kind == EVENT else form,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(app.signing_secret, timestamp, body),
    }


def body_of(kind: str, payload: Json) -> bytes:
    """Events are JSON, commands a form, and all others JSON in the field of a form."""
    if kind == EVENT:
        return json.dumps(payload).encode()
    fields = payload if kind == COMMAND else {"payload": json.dumps(payload)}
    return urlencode(fields).encode()


class Calls:
    """`clock` stamps the calls: give the app the same."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def push(self, app: SlackApp, parcel: Parcel, patience: float) -> Answer:
        body = body_of(parcel.kind, parcel.payload)
        headers = signed(app, body, self._clock(), parcel.kind)
        if parcel.attempt:
            headers |= {
                "X-Slack-Retry-Num": str(parcel.attempt),
                "X-Slack-Retry-Reason": parcel.reason,
            }
        try:
            async with asyncio.timeout(patience):
                return await self._posted(app.request_url, body, headers)
        except TimeoutError:
            return Answer(False, reason="http_timeout")
        except (aiohttp.ClientError, OSError):
            return Answer(False, reason="connection_failed")

    async def _posted(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        sent = self._session.post(url, data=body, headers=headers, allow_redirects=False)
        async with sent as response:
            text = await response.text()
            if not 200 <= response.status < 300:
                if response.headers.get("X-Slack-No-Retry") == "1":
                    return Answer(True, reason="no retry")
                return Answer(False, reason="http_error")
            return Answer(True, _answer(response.content_type, text))

    async def verify(self, app: SlackApp, url: str) -> bool:
        """Whether whoever is there answers the challenge, as must be before it is called."""
        challenge = f"challenge-of-{app.id}"
        payload = {"token": "loopback", "challenge": challenge, "type": "url_verification"}
        body = body_of(EVENT, payload)
        headers = signed(app, body, self._clock(), EVENT)
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body, headers=headers) as response,
        ):
            text = await response.text()
            if response.status != 200:
                return False
            if response.content_type == "application/json":
                return bool(json.loads(text).get("challenge") == challenge)
            return text.strip() == challenge


def _answer(content_type: str, text: str) -> Json | None:
    """What the app had to say; words that are no JSON are shown to the person as they are."""
    if not text.strip():
        return None
    if content_type == "application/json" and text.lstrip().startswith("{"):
        found: Json = json.loads(text)
        return found
    return {"text": text}
