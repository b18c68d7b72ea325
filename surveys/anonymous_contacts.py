"""What is kept of contacts who took part in an anonymous survey: nothing that says when.

What they wrote has an hour and a language in the review queue, so that their own rows may have
neither; nor an order, wherever the database keeps one for itself.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import SystemRandom
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session as Db
from sqlmodel import col, delete, exists, func, or_, select, update

from storage.anonymous import TookPart, day_of, hour_of
from storage.mail import ChatMessage, Conversation, Outbox, Trace, WrongCodes
from storage.people import Contact
from storage.rows import change, chunks, columns
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveyState
from storage.voice import TellContact
from surveys.anonymous import quieten
from surveys.sessions import Forms

_CHANCE = SystemRandom()


def tidy(db: Db, forms: Forms, now: datetime) -> int:
    """Takes instants and languages from those who have gone; from how many.

    Who was here within this hour is left alone while the survey is open: they may still read.
    """
    found = 0
    for survey_id, contacts in _gone(db).items():
        survey = db.get_one(SurveyRow, survey_id)
        assert survey.version_id is not None
        language = forms.of(db, survey.version_id).settings.default_language
        day = day_of(survey.opened_at or survey.added_at)
        since = None if survey.state == SurveyState.CLOSED else hour_of(now)
        for chunk in chunks(contacts):
            _forget_guesses(db, chunk, hour_of(now))
            restless = _restless(db, chunk, day, language, since)
            _calm(db, restless, day, language)
            found += len(restless)
    return found


def _forget_guesses(db: Db, contacts: Sequence[int], before: datetime) -> None:
    theirs = col(WrongCodes.contact_id).in_(contacts)
    change(db, delete(WrongCodes).where(theirs, col(WrongCodes.since) < before))


def _gone(db: Db) -> Mapping[int, list[int]]:
    """Who is on the way through nothing just now, by the newest survey they took part in."""
    is_on_the_way = exists().where(
        col(Conversation.contact_id) == col(TookPart.contact_id),
        col(Conversation.session_id).is_not(None),
    )
    query = (
        select(TookPart.contact_id, func.max(TookPart.survey_id))
        .where(~is_on_the_way)
        .group_by(col(TookPart.contact_id))
    )
    by_survey: dict[int, list[int]] = {}
    for contact_id, survey_id in db.exec(query):
        by_survey.setdefault(survey_id, []).append(contact_id)
    return by_survey


def _restless(
    db: Db, contacts: Sequence[int], day: datetime, language: str, since: datetime | None
) -> list[int]:
    """Those of these of whom something is kept that says when, or in which language."""
    here = col(Conversation.contact_id) == col(Contact.id)
    sent = exists().where(
        col(Outbox.contact_id) == col(Contact.id),
        col(Outbox.settled_at).is_not(None),
        col(Outbox.trace) == Trace.NONE,
    )
    query = (
        select(Contact.id)
        .outerjoin(Conversation, here)
        .where(
            col(Contact.id).in_(contacts),
            or_(
                col(Conversation.moved_at) != day,
                col(Conversation.language) != language,
                col(Contact.state_since) != day,
                col(Contact.language) != language,
                exists().where(col(ChatMessage.contact_id) == col(Contact.id)),
                sent,
            ),
        )
    )
    if since is not None:
        query = query.where(or_(col(Conversation.moved_at).is_(None), _is_before(since)))
    return [one for one in db.exec(query) if one is not None]


def _is_before(since: datetime) -> Any:
    return col(Conversation.moved_at) < since


def _calm(db: Db, contacts: Sequence[int], day: datetime, language: str) -> None:
    quieten(db, contacts)
    theirs = col(Conversation.contact_id).in_(contacts)
    change(db, update(Conversation).where(theirs).values(moved_at=day, language=language))
    unknown = (col(Contact.id).in_(contacts), col(Contact.person_id).is_(None))
    change(db, update(Contact).where(*unknown).values(language=language))
    since = col(Contact.state_since).is_not(None)
    change(db, update(Contact).where(*unknown, since).values(state_since=day))
    db.expire_all()


def stir(db: Db) -> None:
    """Writes the rows of all who have gone anew, in a random order and in one transaction.

    Where a database notes which transaction wrote a row, and where it put it, both say nothing.
    """
    contacts = [one for several in _gone(db).values() for one in several]
    db.flush()
    for model, names, same in (
        (Contact, ("id",), "language"),
        (Conversation, ("contact_id",), "moved_at"),
        (TookPart, ("survey_id", "round", "contact_id"), "has_finished"),
        (TellContact, ("survey_id", "contact_id"), "agreed_on"),
    ):
        _rewrite(db, model, names, same, contacts)
    db.expire_all()


def _rewrite(
    db: Db, model: Any, names: tuple[str, ...], same: str, contacts: Sequence[int]
) -> None:
    table = model.__table__
    keys = [table.c[name] for name in names]
    found = [
        {f"key_{name}": getattr(row, name) for name in names}
        for chunk in chunks(contacts)
        for row in db.connection().execute(_of(keys, chunk))
    ]
    if not found:
        return
    _CHANCE.shuffle(found)
    these = (key == bindparam(f"key_{key.name}") for key in keys)
    db.connection().execute(update(table).where(*these).values({same: table.c[same]}), found)


def _of(keys: Sequence[Any], contacts: Sequence[int]) -> Any:
    return columns(*keys).where(keys[-1].in_(contacts))
