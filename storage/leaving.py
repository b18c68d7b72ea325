"""Contacts and people who leave: nothing stays of them once our last word has reached them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, delete, exists, or_, select, update

from storage.anonymous import TookPart
from storage.invitations import NoThanks
from storage.mail import ChatMessage, Conversation, KeptMessage, Outbox, WrongCodes
from storage.people import Contact, ContactState, Person
from storage.rows import change, chunks
from storage.surveys import SurveySession
from storage.voice import TellContact


def begin_to_leave(session: Session, contact_id: int, *, now: datetime, language: str) -> bool:
    """Forgets a contact as soon as what waits for them is sent; False where something holds them.

    Holding are a person, a session and a wish to be told: then nothing is changed. The last words
    are still said in their language.
    """
    if session.exec(select(Contact.id).where(col(Contact.id) == contact_id, _is_held())).first():
        return False
    session.flush()
    change(session, delete(Conversation).where(col(Conversation.contact_id) == contact_id))
    values = {"state": ContactState.LEAVING, "state_since": now, "language": language}
    change(session, update(Contact).where(col(Contact.id) == contact_id).values(values))
    session.expire_all()
    return True


def stay(session: Session, contact_id: int) -> None:
    """Somebody who was leaving has come back before they were forgotten."""
    leaving = and_(col(Contact.id) == contact_id, col(Contact.state) == ContactState.LEAVING)
    change(session, update(Contact).where(leaving).values(state=ContactState.ACTIVE))


def forget_leavers(session: Session) -> int:
    """Deletes those who are leaving and have had our last word; how many. Nothing stays of them.

    Call `Database.fold_log` after the commit.
    """
    waits = exists().where(
        col(Outbox.contact_id) == col(Contact.id), col(Outbox.settled_at).is_(None)
    )
    leaving = session.exec(
        select(Contact.id)
        .where(col(Contact.state) == ContactState.LEAVING, ~waits, ~_is_held())
        .order_by(col(Contact.id))
        .with_for_update(skip_locked=True)
    ).all()
    for chunk in chunks(leaving):
        forget_what_they_sent(session, chunk)
        change(session, delete(Outbox).where(col(Outbox.contact_id).in_(chunk)))
        change(session, delete(Contact).where(col(Contact.id).in_(chunk)))
    return len(leaving)


def forget_what_they_sent(session: Session, contact_ids: Sequence[Any]) -> None:
    """The conversation with these contacts, the names of its messages, and their wrong codes."""
    for table in (Conversation, ChatMessage, WrongCodes):
        change(session, delete(table).where(col(table.contact_id).in_(contact_ids)))
    kept = col(KeptMessage.contact_id).in_(contact_ids)
    change(session, update(KeptMessage).where(kept).values(contact_id=None))


def _is_held() -> Any:
    return or_(
        col(Contact.person_id).is_not(None),
        exists().where(col(SurveySession.contact_id) == col(Contact.id)),
        exists().where(col(TellContact.contact_id) == col(Contact.id)),
        exists().where(col(TookPart.contact_id) == col(Contact.id)),
    )


def forget_people(session: Session, people: Sequence[int]) -> int:
    """Empties people who were only ever invited; their rows stay, for sends and audit count them.

    Their addresses on platforms are nobody's from then on, and go with the next purge.
    """
    for chunk in chunks(people):
        theirs = col(Contact.person_id).in_(chunk)
        change(session, update(Contact).where(theirs).values(person_id=None))
        change(session, delete(NoThanks).where(col(NoThanks.person_id).in_(chunk)))
        change(
            session,
            update(Person)
            .where(col(Person.id).in_(chunk))
            .values(email=None, email_hash=None, name="", agency="", active=False),
        )
    return len(people)
