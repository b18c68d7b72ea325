"""Around every page: what browsers may do with it, and how often it may be asked for."""

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.errors import broken, http_error, too_many
from bot.web.limits import TooMany
from bot.web.site import site_of

_CSP = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_NOTHING_OF_THE_DEVICE = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
)
_ALWAYS = {
    "Content-Security-Policy": _CSP,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": _NOTHING_OF_THE_DEVICE,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FOUND_BY_SEARCH = ("/privacy", "/accessibility", "/we-did")
_ONE_YEAR = "max-age=31536000"
_BEGUN = "loop.begun"


class Guard:
    """Puts the same headers on every answer, and counts requests by address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        guarded = _guarded(request, send)
        if not request.url.path.startswith("/static/"):
            try:
                site_of(request).limits.count(request, "page")
            except TooMany as error:
                await too_many(request, error)(scope, receive, guarded)
                return
        if "\x00" in scope["path"]:
            # Nothing of ours is called so, and not every database can be asked for it.
            await http_error(request, HTTPException(404))(scope, receive, guarded)
            return
        try:
            await self._app(scope, receive, guarded)
        except Exception as error:
            # Drawn here and not by the framework, whose page would come without these headers.
            if request.scope.get(_BEGUN):
                raise
            await broken(request, error)(scope, receive, guarded)


def _guarded(request: Request, send: Send) -> Send:
    path = request.url.path

    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            request.scope[_BEGUN] = True
            headers = MutableHeaders(scope=message)
            for name, value in _ALWAYS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            if not path.startswith(_FOUND_BY_SEARCH):
                headers["X-Robots-Tag"] = "noindex, nofollow"
            if site_of(request).cookies.is_secure(request):
                headers["Strict-Transport-Security"] = _ONE_YEAR
        await send(message)

    return send_guarded
