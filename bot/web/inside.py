"""The pages for those inside: the board, where whoever comes signs in."""

from starlette.routing import BaseRoute

from bot.app import App
from bot.web.board import routes as board


def routes(app: App) -> list[BaseRoute]:  # noqa: ARG001 - as every listener's routes are made
    """Where each of them is."""
    return board.routes()
