"""What waits for somebody who comes for their page: shown there instead of being sent."""

import json

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.messages import Address
from bot.outgoing.outbox import Claimed
from bot.web.texts import worded_for_a_page
from bot.wording import Wording
from storage.mail import Outbox

_ON_A_PAGE = {
    "privacy": "page.privacy_again",
    "languages": "page.languages_known",
    "help_young": "page.help_again",
    "clear": "page.clear_again",
}
"""What stands on every page already is only pointed at."""

SHOWN_BY_THE_PAGE = frozenset(("young.contact_how", "nameless.contact_how"))
"""Texts that the page shows by itself wherever they are due."""


def waiting_notices(
    db: Db, wording: Wording, contact_id: int, *, language: str, address: Address
) -> tuple[str, ...]:
    """The texts that wait for this contact, oldest first, each once. They are read, not settled.

    The mailroom settles them when this contact does something next.
    """
    found = (
        _text(db, wording, row, language, address)
        for row in db.exec(
            select(Outbox)
            .where(col(Outbox.contact_id) == contact_id, col(Outbox.settled_at).is_(None))
            .order_by(col(Outbox.id))
        )
    )
    return tuple(dict.fromkeys(text for text in found if text))


def _text(db: Db, wording: Wording, row: Outbox, language: str, address: Address) -> str:
    claimed = _claimed(row, language, address)
    if claimed is None:
        return ""
    message = wording.render(db, claimed)
    if message is None:
        return ""
    # Care after the end is read here; its last line belongs to buttons that a notice has not.
    return message.text.rpartition("\n\n")[0] if row.intent == "care" else message.text


def _claimed(row: Outbox, language: str, address: Address) -> Claimed | None:
    """The row in the words of a page; None where the page says it already."""
    intent, params = row.intent, dict(json.loads(row.params))
    if intent in _ON_A_PAGE:
        intent, params = "say", {"wording": _ON_A_PAGE[intent], "words": {}}
    elif intent == "say":
        if params.get("wording") in SHOWN_BY_THE_PAGE:
            return None
        params["wording"] = worded_for_a_page(str(params.get("wording", "")))
    assert row.id is not None
    return Claimed(
        id=row.id,
        intent=intent,
        params=params,
        contact_id=row.contact_id,
        person_id=None,
        to=address,
        language=language,
        attempts=0,
        lapses_at=row.lapses_at,
    )
