"""Pages that are the same for everybody may be kept, and are asked for again cheaply."""

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

KEPT_FOR = timedelta(minutes=5)
"""How old a copy may be: what was published a moment ago may be awaited."""

_SAID_AGAIN = ("cache-control", "etag", "last-modified", "vary", "content-language")


def for_everybody(request: Request, response: Response, changed: datetime | None) -> Response:
    """The same answer with what caches need; 304 without a body where the asker has it already.

    `changed` is when the newest thing on it was published.
    """
    etag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:24]}"'
    response.headers["Cache-Control"] = f"public, max-age={int(KEPT_FOR.total_seconds())}"
    response.headers["ETag"] = etag
    response.headers["Vary"] = "Accept-Language, Cookie"
    if changed is not None:
        response.headers["Last-Modified"] = format_datetime(changed.astimezone(UTC), usegmt=True)
    if not _has_it(request, etag, changed):
        return response
    kept = {name: value for name, value in response.headers.items() if name in _SAID_AGAIN}
    return Response(status_code=304, headers=kept)


def _has_it(request: Request, etag: str, changed: datetime | None) -> bool:
    wanted = request.headers.get("if-none-match")
    if wanted is not None:
        tags = [tag.strip().removeprefix("W/") for tag in wanted.split(",")]
        return etag in tags or "*" in tags
    since = _since(request.headers.get("if-modified-since", ""))
    return since is not None and changed is not None and changed.replace(microsecond=0) <= since


def _since(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
