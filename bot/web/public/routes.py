"""Where each page that needs no invitation is."""

from starlette.routing import Route

from bot.web.board.calendar_feeds import served
from bot.web.public import judging, pages, receipt, we_did
from bot.web.public.notices import NOTICES


def routes() -> list[Route]:
    """Where each of them is; every request carries its site."""
    return [
        Route("/privacy", pages.privacy_of_pages),
        *(Route(f"/privacy/{name}", pages.notice_of(name)) for name in NOTICES),
        Route("/privacy/{slug}", pages.privacy_of_survey),
        Route("/accessibility", pages.accessibility_statement),
        Route("/we-did", we_did.we_did),
        Route("/we-did.atom", we_did.feed_of_all),
        Route("/we-did/{slug}.atom", we_did.feed_of),
        Route("/we-did/{slug}.pdf", we_did.poster_of),
        Route("/we-did/{slug}", we_did.we_did_of),
        Route("/we-did/{slug}", judging.judge, methods=["POST"]),
        Route("/calendar/{token}.ics", served),
        Route("/receipt", receipt.ask_for_code),
        Route("/receipt", receipt.look, methods=["POST"]),
    ]
