"""A call of Slack's Web API: its arguments, and the ways in which it is refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]

FORM_ONLY = frozenset(
    {
        "users.info",
        "users.lookupByEmail",
        "conversations.info",
        "files.getUploadURLExternal",
        "apps.connections.open",
    }
)
"""Methods that do not read a JSON body: what is in it is not there for them."""


@dataclass
class Refused(Exception):
    """What Slack answers to what it does not do; `reasons` is what it says of blocks and views."""

    error: str
    reasons: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    retry_after: int = 0

    def __str__(self) -> str:
        return f"{self.error}: {'; '.join(self.reasons)}" if self.reasons else self.error

    def body(self) -> Json:
        told: Json = {"ok": False, "error": self.error, **self.more}
        if self.reasons:
            said = [f"[ERROR] {reason}" for reason in self.reasons]
            told |= {"errors": list(self.reasons), "response_metadata": {"messages": said}}
        return told


def too_many(seconds: int) -> Refused:
    return Refused("ratelimited", status=429, retry_after=seconds)


@dataclass(frozen=True, slots=True)
class Params:
    """Arguments by name, as text or as JSON gave them."""

    values: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def needed(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise Refused("invalid_arguments", (f"missing required field: {name}",))
        return value

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1")

    def number(self, name: str) -> int:
        try:
            return int(self.text(name, "0"))
        except ValueError:
            raise Refused("invalid_arguments", (f"must be an integer: {name}",)) from None

    def json(self, name: str, refusal: str = "invalid_arguments") -> Any:
        """An object or a list: sent as such, or as JSON in a field of a form; None if absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refused(refusal, (f"not JSON: {name}",)) from None


def token_of(request: web.Request, params: Params) -> str:
    """From the header, or as a field of a form; never from the address."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token
    return "" if "token" in request.query else params.text("token")


async def params_of(request: web.Request, method: str) -> Params:
    """In the address, as a form, as JSON, or in parts."""
    values: dict[str, Any] = dict(request.query)
    kind = request.content_type
    if kind == "application/json":
        read = json.loads(await request.text() or "{}")
        if not isinstance(read, dict):
            raise ValueError("an object is wanted")
        values |= {} if method in FORM_ONLY else read
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.post()
        values |= {name: value for name, value in form.items() if isinstance(value, str)}
    return Params(values)
