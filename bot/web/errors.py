"""What is said when something cannot be done: kindly, in the person's language, with help.

No page says more than that; what went wrong is in the log by its kind alone.
"""

from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.limits import TooMany
from bot.web.site import site_of, visit_of
from bot.web.views import language_of, page, saying

_SAID = {404: "missing", 405: "not_here", 403: "forbidden", 413: "large"}


def http_error(request: Request, error: Exception) -> Response:
    """Any status that a page or the router gave."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = _page(request, _SAID.get(status, "not_here" if status < 500 else "broken"), status)
    headers = error.headers if isinstance(error, HTTPException) else None
    response.headers.update(headers or {})
    return response


def forged(request: Request, _: Exception) -> Response:
    """The form was not ours, not of this browser, or too old."""
    return _page(request, "forbidden", HTTPStatus.FORBIDDEN)


def too_large(request: Request, _: Exception) -> Response:
    """More was sent than any form of ours holds."""
    return _page(request, "large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def too_many(request: Request, error: Exception) -> Response:
    """Says kindly when it is worth trying again."""
    seconds = error.seconds if isinstance(error, TooMany) else 1
    is_code = request.url.path in ("/code", "/receipt")
    key = "page.wrong_codes_text" if is_code else "page.busy_text"
    response = _page(request, "busy", HTTPStatus.TOO_MANY_REQUESTS, key, seconds=seconds)
    response.headers["Retry-After"] = str(seconds)
    return response


def closed(request: Request, _: Exception) -> Response:
    """The mailroom did not take it, so nothing was saved."""
    response = _page(request, "closed_door", HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = "5"
    return response


def broken(request: Request, error: Exception) -> Response:
    """Our own mistake: logged by its kind."""
    structlog.get_logger("web").error("a page failed", kind=type(error).__name__)
    return _page(request, "broken", HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(request: Request, what: str, status: int, key: str = "", **params: object) -> Response:
    site = site_of(request)
    language = language_of(request)
    say = saying(site, language)
    visit = visit_of(request)
    return page(
        request,
        site.error_page,
        status,
        language=language,
        heading=say(f"page.{what}_title"),
        text=say(key or f"page.{what}_text", **params),
        back_to="/q" if visit is not None and visit.key else "",
    )
