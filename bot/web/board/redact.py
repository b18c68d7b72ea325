"""Taking names out of a text: what everybody after the reviewer reads in its place."""

import re

from starlette.requests import Request
from starlette.responses import Response

from bot.spelled import spelled
from bot.web.board.acts import ACTS
from bot.web.board.concern import acted, drawn, note_reading, refuse_unseen
from bot.web.board.frame import form_of, write
from bot.web.board.seat import Seat
from bot.web.forms import Forged

OUT = "[name]"
_BETWEEN = re.compile(r"[,;\n]+")
_MOST_NAMES = 50


async def shown(request: Request, seat: Seat) -> Response:
    """GET /concerns/{ref}/redact: the words in a field, to be changed."""
    refuse_unseen(request)
    await write(request, lambda db: note_reading(db, request, seat))
    return await drawn(request, seat, name="redact")


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: shows what others will read, or decides with it. Looking changes nothing."""
    sent = await form_of(request, seat)
    if sent.one("do") == "decide":
        return await acted(request, seat, ACTS["decide"], sent, name="redact")
    if sent.one("do") != "preview":
        raise Forged("no act of ours")
    preview = without(sent.one("redacted"), names_in(sent.one("names")))
    return await drawn(request, seat, name="redact", typed=sent, preview=preview)


def names_in(typed: str) -> tuple[str, ...]:
    """The names, each on its own; the longest first, so that none is cut in two."""
    found = {" ".join(part.split()) for part in _BETWEEN.split(typed)} - {""}
    return tuple(sorted(found, key=lambda one: (-len(one), one)))[:_MOST_NAMES]


def without(words: str, names: tuple[str, ...]) -> str:
    """The text with each name taken out, however it is written; part of a word stays."""
    if not names:
        return words
    return re.sub("|".join(map(spelled, names)), OUT, words, flags=re.IGNORECASE)
