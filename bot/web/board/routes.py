"""Where each page inside is; what it needs stands in `access`."""

from starlette.routing import BaseRoute

from bot.web.board import (
    audit_log,
    concern,
    figures,
    glass,
    hand_over,
    home,
    queue,
    redact,
    rota,
    sign_in,
    trace,
)
from bot.web.board.frame import inside, outside

_POST = ("POST",)


def routes() -> list[BaseRoute]:
    """Every page; those with a word of their own before those with a reference in it."""
    return [
        inside("/", home.home),
        inside("/state", home.state),
        outside("/sign-in", sign_in.asking),
        outside("/sign-in", sign_in.asked, methods=_POST),
        outside("/sign-in/{token}", sign_in.landing),
        outside("/sign-in/{token}", sign_in.signed_in, methods=_POST),
        outside("/sign-out", sign_in.sign_out, methods=_POST),
        inside("/sessions", sign_in.own_sessions),
        inside("/sessions", sign_in.sign_out_of_all, methods=_POST),
        inside("/again", sign_in.again),
        inside("/again", sign_in.asked_again, methods=_POST),
        inside("/concerns", queue.listed),
        inside("/concerns/hand-over", hand_over.offered),
        inside("/concerns/hand-over", hand_over.pressed, methods=_POST),
        inside("/concerns/figures", figures.shown),
        inside("/concerns/{ref}", concern.shown),
        inside("/concerns/{ref}", concern.pressed, methods=_POST),
        inside("/concerns/{ref}/redact", redact.shown),
        inside("/concerns/{ref}/redact", redact.pressed, methods=_POST),
        inside("/concerns/{ref}/trace", trace.asked),
        inside("/concerns/{ref}/trace", trace.pressed, methods=_POST),
        inside("/rota", rota.shown),
        inside("/rota", rota.pressed, methods=_POST),
        inside("/audit", audit_log.shown),
        inside("/break-glass", glass.shown),
        inside("/break-glass", glass.pressed, methods=_POST),
    ]
