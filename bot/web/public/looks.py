"""The style of the public pages, under an address that changes with what is in it."""

import hashlib
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

_STYLE = (files("bot.web.public") / "public.css").read_bytes()
ADDRESS = f"/look/{hashlib.sha256(_STYLE).hexdigest()[:12]}.css"


def style(_: Request) -> Response:
    """The style sheet; a changed one has another address."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_STYLE, headers=headers, media_type="text/css")
