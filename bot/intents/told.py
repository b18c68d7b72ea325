"""What goes back to those who said it: by itself, and when they ask with their code."""

from dataclasses import replace

from sqlmodel import col, select

from bot.messages import Button, Message
from bot.receipts import published_for
from bot.tokens import button
from bot.wording import Intent, Writing
from storage.anonymous import PooledResponse
from storage.surveys import Survey, SurveySession
from storage.voice import Publication, Readers, Verdict

_SIXTEEN = 16


def _told(writing: Writing) -> Message | None:
    """Says nothing of the survey by itself: somebody else may see the screen.

    Whom we know by name gets it whole, at the place where they work.
    """
    publication = writing.param("publication")
    if _is_outdated(writing) or (text := _text(writing)) is None:
        return None
    if writing.row.person_id is not None:
        return _told_at_work(writing, text)
    buttons = [
        button(writing.say(f"young.told_{answer}"), "told", publication, answer)
        for answer in ("show", "later")
    ]
    return writing.message(writing.say("young.told_new"), *buttons)


def _told_at_work(writing: Writing, text: str) -> Message:
    """Why it comes to them, what came of it, and whether we got it right."""
    publication = writing.db.get_one(Publication, writing.param("publication"))
    survey = writing.db.get_one(Survey, publication.survey_id)
    whole = writing.say("told_work.text", title=survey.title, text=text)
    asked = _asked(writing, writing.param("publication"), whole)
    return replace(asked, title=writing.say("told_work.title"))


def _told_text(writing: Writing) -> Message | None:
    text = _text(writing)
    if text is None:
        return None
    told = _asked(writing, writing.param("publication"), writing.say("young.told", text=text))
    return replace(told, replaces=writing.param("at") or "")


def _asked(writing: Writing, publication_id: int, text: str) -> Message:
    """The words, and below them one tap: did we get that right?"""
    question = writing.say("verdict.question")
    return writing.message(f"{text}\n\n{question}", *_verdicts(writing, publication_id))


def _verdicts(writing: Writing, publication_id: int) -> list[Button]:
    return [
        button(writing.say(f"verdict.{one.value}"), "verdict", publication_id, one.value)
        for one in Verdict
    ]


def _is_outdated(writing: Writing) -> bool:
    """A newer page of the survey went out, which comes to everybody too: one message is enough."""
    publication = writing.db.get(Publication, writing.param("publication"))
    if publication is None:
        return True
    newer = select(Publication.id).where(
        col(Publication.survey_id) == publication.survey_id,
        col(Publication.kind) == publication.kind,
        col(Publication.id) > publication.id,
    )
    return writing.db.exec(newer.limit(1)).first() is not None


def _text(writing: Writing) -> str | None:
    """What was published, as long as they want to hear of it."""
    from digests.delivery import is_on_list
    from digests.told_text import told_text

    found = writing.db.get(Publication, writing.param("publication"))
    if found is None or found.survey_id is None:
        return None
    if not is_on_list(writing.db, found.survey_id, writing.row.contact_id):
        return None
    return told_text(writing.db, found.id or 0, writing.row.language, _readers(writing))


def _readers(writing: Writing) -> Readers:
    """By where they are alone: what they answered about their age is not looked up for this."""
    if writing.row.person_id is not None:
        return Readers.PRACTITIONERS
    grown = writing.around.settings.telegram.minimum_age >= _SIXTEEN
    return Readers.AGE_16_UP if writing.row.to.asks_age and grown else Readers.EVERYBODY


def _replies(writing: Writing) -> Message | None:
    key = writing.param("s") or ""
    row = writing.db.get(SurveySession, key) or writing.db.get(PooledResponse, key)
    if row is None:
        return None
    view = published_for(writing.db, row, writing.row.language, _readers(writing))
    if view.text is not None and view.publication_id is not None:
        return _asked(writing, view.publication_id, writing.say("young.told", text=view.text))
    return writing.message(
        writing.say("young.no_replies_yet", title=view.title, by=view.hear_back_by)
    )


INTENTS: dict[str, Intent] = {
    "told": _told,
    "told_text": _told_text,
    "replies": _replies,
}
