"""The pages for those inside: for now, which doors work."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import App
from bot.doors import by_state, doors
from bot.web.views import page


def routes(app: App) -> list[Route]:
    """Where each of them is."""

    async def state(request: Request) -> Response:
        states = by_state(doors(app.settings))
        return page(request, "inside.html.j2", language="en", visit=None, states=states)

    return [Route("/", state, methods=["GET"])]
