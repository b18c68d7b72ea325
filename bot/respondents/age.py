"""How old somebody is, where the platform's own terms ask for an age.

Nobody's age is stored. Whoever is too young for the platform is shown another way in, and then
nothing of them stays here.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from bot.replies import Replies
from storage.leaving import begin_to_leave
from storage.surveys import SurveySession

OVER, UNDER = "over", "under"
_YEARS = re.compile(r"\d{1,3}")
_OLDEST = 120


def is_asked(replies: Replies, *, youth: bool) -> bool:
    """Whether this survey asks for the age first: young people's, once on each platform."""
    standing = replies.standing
    limit = replies.around.settings.telegram.minimum_age
    if not standing.address.asks_age or standing.person_id is not None:
        return False
    return youth and limit > 0 and not _has_been_here(replies)


def _has_been_here(replies: Replies) -> bool:
    if replies.nameless_survey is not None:
        return True
    mine = col(SurveySession.contact_id) == replies.standing.contact_id
    return replies.db.exec(select(SurveySession.id).where(mine)).first() is not None


def ask(replies: Replies, waiting: Mapping[str, Any]) -> None:
    """Puts the question; `waiting` says what comes after it."""
    replies.wait_for(waiting)
    replies.queue("age_question", survey=waiting["age"])


def typed(replies: Replies, text: str) -> str | None:
    """The answer where somebody typed their age instead of tapping; None where it is none."""
    plain = text.strip()
    if "age" not in (replies.standing.expecting or {}) or not _YEARS.fullmatch(plain):
        return None
    years = int(plain)
    if years > _OLDEST:
        return None
    return OVER if years >= replies.around.settings.telegram.minimum_age else UNDER


def turn_away(replies: Replies, waiting: Mapping[str, Any]) -> None:
    """Kindly, with the other way in; when that is sent, they are forgotten."""
    replies.wait_for(None)
    replies.queue("too_young", token=waiting.get("token", ""), s=waiting.get("session", ""))
    standing = replies.standing
    begin_to_leave(replies.db, standing.contact_id, now=replies.now, language=standing.language)
