"""The two ASGI apps: public for those who answer, inside for those who work here."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.app import App
from bot.mailroom import MailroomClosed
from bot.web import errors
from bot.web.coming_and_going import away, come_back, front, leave, next_person, still_here
from bot.web.desk import routes as desk_routes
from bot.web.forms import Forged, TooLarge
from bot.web.guard import Guard
from bot.web.limits import TooMany
from bot.web.public.routes import routes as public_routes
from bot.web.site import site, site_of
from bot.web.survey_pages import act, picture, standing_page
from bot.web.welcome import no_thanks, start, welcome


def public_app(app: App, *, extra_routes: Sequence[BaseRoute] = ()) -> Starlette:
    """What everybody may reach: surveys, what came of them, the desk, and what else is given."""
    return _made(app, [*_survey_routes(), *desk_routes(), *public_routes(), *extra_routes])


def inside_app(app: App, *, extra_routes: Sequence[BaseRoute] = ()) -> Starlette:
    """What only those inside may reach."""
    return _made(app, extra_routes, inside=True)


def _made(app: App, routes: Sequence[BaseRoute], *, inside: bool = False) -> Starlette:
    made = Starlette(
        routes=[*routes, Route("/static/{name}", _static)],
        middleware=[Middleware(Guard)],
        exception_handlers={
            HTTPException: errors.http_error,
            Forged: errors.forged,
            TooLarge: errors.too_large,
            TooMany: errors.too_many,
            MailroomClosed: errors.closed,
            Exception: errors.broken,
        },
    )
    made.state.site = site(app, inside=inside)
    return made


def _survey_routes() -> list[BaseRoute]:
    found: list[BaseRoute] = [
        Route("/", front, methods=["GET"]),
        Route("/code", front, methods=["GET"]),
        Route("/code", come_back, methods=["POST"]),
        Route("/q", standing_page, methods=["GET"]),
        Route("/q", act, methods=["POST"]),
        Route("/q/picture/{name}", picture, methods=["GET"]),
        Route("/next", next_person, methods=["POST"]),
        Route("/here", still_here, methods=["POST"]),
        Route("/leave", leave, methods=["GET"]),
        Route("/away", away, methods=["GET"]),
    ]
    for way in ("/s", "/t"):
        found += [
            Route(f"{way}/{{token}}", welcome, methods=["GET"]),
            Route(f"{way}/{{token}}", start, methods=["POST"]),
            Route(f"{way}/{{token}}/no", no_thanks, methods=["GET"]),
        ]
    return found


def _static(request: Request) -> Response:
    return site_of(request).assets.serve(request)
