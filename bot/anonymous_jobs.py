"""What is done for anonymous surveys between messages: moving answers, and calming the traces."""

from typing import TYPE_CHECKING

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.anonymous import PooledResponse, TookPart
from storage.mail import ChatMessage, Conversation, InboxKey, Outbox
from storage.people import Contact
from storage.surveys import Answer, Survey, SurveySession
from storage.voice import TellContact
from surveys.anonymous import move, waiting_rounds
from surveys.anonymous_contacts import stir, tidy
from surveys.definition import Mode
from surveys.sessions import end_with_their_survey

if TYPE_CHECKING:
    from bot.app import App

_TOUCHED = (
    Answer,
    ChatMessage,
    Contact,
    Conversation,
    InboxKey,
    Outbox,
    PooledResponse,
    SurveySession,
    TellContact,
    TookPart,
)


def settle_anonymous(app: "App", *, thoroughly: bool = False) -> int:
    """Moves the answers whose time has come; how many. Then nothing here says who was here when.

    `thoroughly`: what took part is written anew even where nothing was moved, once a day.
    """
    around = app.around
    with app.database.reading() as db:
        if not _are_any(db):
            return 0
    with app.database.writing() as db:
        changed = end_with_their_survey(db) + len(waiting_rounds(db))
    # In a transaction of its own: nothing else was written at the same instant.
    with app.database.writing() as db:
        moved = _move_all(app, db)
        changed += tidy(db, around.forms, around.now)
        if moved or thoroughly:
            stir(db)
    if changed or thoroughly:
        app.database.sweep(*_TOUCHED)
    return moved


def _are_any(db: Db) -> bool:
    """Whether anybody takes part in an anonymous survey, or did not long ago."""
    query = (
        select(TookPart.contact_id)
        .join(Survey, col(Survey.id) == col(TookPart.survey_id))
        .where(col(Survey.mode) == Mode.ANONYMOUS)
    )
    return db.exec(query.limit(1)).first() is not None


def _move_all(app: "App", db: Db) -> int:
    around, moved = app.around, 0
    for survey, round_ in waiting_rounds(db):
        assert survey.version_id is not None
        form = around.forms.of(db, survey.version_id)
        moved += move(db, survey, round_, form, around.moment)
    return moved
