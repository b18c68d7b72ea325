"""What goes back to those who said it: by itself, and when they ask with their code."""

from dataclasses import replace

from bot.messages import Message
from bot.receipts import published_for
from bot.tokens import button
from bot.wording import Intent, Writing
from storage.anonymous import PooledResponse
from storage.surveys import SurveySession
from storage.voice import Publication, TellContact


def _told(writing: Writing) -> Message | None:
    """Says nothing of the survey by itself: somebody else may see the screen."""
    publication = writing.param("publication")
    if _text(writing) is None:
        return None
    buttons = [
        button(writing.say(f"young.told_{answer}"), "told", publication, answer)
        for answer in ("show", "later")
    ]
    return writing.message(writing.say("young.told_new"), *buttons)


def _told_text(writing: Writing) -> Message | None:
    text = _text(writing)
    if text is None:
        return None
    told = writing.message(writing.say("young.told", text=text))
    return replace(told, replaces=writing.param("at") or "")


def _text(writing: Writing) -> str | None:
    """What was published, as long as they want to hear of it."""
    from digests.you_said_we_did import published_text

    found = writing.db.get(Publication, writing.param("publication"))
    key = (found.survey_id if found is not None else None, writing.row.contact_id)
    if None in key or writing.db.get(TellContact, key) is None:
        return None
    return published_text(writing.db, writing.param("publication"), writing.row.language)


def _replies(writing: Writing) -> Message | None:
    key = writing.param("s") or ""
    row = writing.db.get(SurveySession, key) or writing.db.get(PooledResponse, key)
    if row is None:
        return None
    view = published_for(writing.db, row, writing.row.language)
    if view.text is not None:
        return writing.message(writing.say("young.told", text=view.text))
    return writing.message(
        writing.say("young.no_replies_yet", title=view.title, by=view.hear_back_by)
    )


INTENTS: dict[str, Intent] = {
    "told": _told,
    "told_text": _told_text,
    "replies": _replies,
}
