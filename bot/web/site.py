"""What every page works with, made once for a listener and found again from a request."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from bot.app import App
from bot.web.assets import Assets, assets
from bot.web.cookies import Cookies, Visit
from bot.web.forms import Forms
from bot.web.limits import Limits
from storage.language import Catalogue


@dataclass(frozen=True, slots=True)
class Site:
    """The program behind the pages, and what pages are made and guarded with.

    `error_page`: the template of what is said when something cannot be done.
    """

    app: App
    cookies: Cookies
    forms: Forms
    limits: Limits
    assets: Assets
    words: Catalogue
    error_page: str = "error.html.j2"

    @property
    def now(self) -> datetime:
        return self.app.around.now


def site(app: App, *, inside: bool = False) -> Site:
    """The site of a program: its public pages, or those inside."""
    settings, keyring = app.settings, app.around.keyring
    return Site(
        app=app,
        cookies=Cookies(keyring, settings.links.board if inside else settings.links.web),
        forms=Forms(keyring),
        limits=Limits(keyring, app.around.clock, settings.web.trusted_proxies),
        assets=assets(),
        words=Catalogue.load("bot"),
        error_page="board/error.html.j2" if inside else "error.html.j2",
    )


def site_of(request: Request) -> Site:
    """The site that this request came to."""
    found: Site = request.app.state.site
    return found


def visit_of(request: Request) -> Visit | None:
    """Who this browser says it is, read once a request."""
    if not hasattr(request.state, "visit"):
        request.state.visit = site_of(request).cookies.read(request)
    found: Visit | None = request.state.visit
    return found
