"""A request to the Bot API: its method, its parameters, and the ways in which it is refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.platforms.http_server import Reply, Request

Json = dict[str, Any]


@dataclass
class Refused(Exception):
    """What the Bot API answers to what it does not do."""

    code: int
    description: str
    parameters: Json = field(default_factory=dict)

    def reply(self) -> Reply:
        told: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            told["parameters"] = self.parameters
        return Reply(self.code, json.dumps(told).encode())


def bad_request(what: str) -> Refused:
    return Refused(400, f"Bad Request: {what}")


def done(result: Any) -> Reply:
    return Reply(200, json.dumps({"ok": True, "result": result}).encode())


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters by name, as text or as JSON gave them; files by the name of their part."""

    values: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        """Absent or empty is the default; what is no number is refused."""
        value = self.values.get(name, default)
        if value in ("", None):
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"{name} must be a number") from None

    def chat(self) -> int:
        if not self.text("chat_id"):
            raise bad_request("chat_id is empty")
        return self.number("chat_id")

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1")

    def json(self, name: str) -> Any:
        """An object or a list: sent as such, or as JSON in a field of a form."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None


def split_target(target: str) -> tuple[str, str] | None:
    """Token and method of `/bot<token>/<method>`."""
    parts = unquote(urlsplit(target).path).split("/")
    if len(parts) != 3 or not parts[1].startswith("bot"):
        return None
    return parts[1].removeprefix("bot"), parts[2].lower()


def params_of(request: Request) -> Params:
    """In the address, as a form, as JSON, or in parts with files."""
    values: dict[str, Any] = dict(parse_qsl(urlsplit(request.target).query))
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        values |= json.loads(request.body or b"{}")
    elif kind.startswith("application/x-www-form-urlencoded"):
        values |= parse_qsl(request.body.decode(), keep_blank_values=True)
    elif kind.startswith("multipart/form-data"):
        return _parts(request, kind, values)
    return Params(values)


def _parts(request: Request, kind: str, values: dict[str, Any]) -> Params:
    files: dict[str, bytes] = {}
    boundary = b"--" + kind.partition("boundary=")[2].strip('"').encode()
    for part in request.body.split(boundary)[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0].decode()
        if b"filename=" in head:
            files[name] = content
        else:
            values[name] = content.decode()
    return Params(values, files)
