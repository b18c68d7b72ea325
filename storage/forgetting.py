"""Taking back what one respondent said, and cutting the thread from answers to a contact."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel, col, delete, select, update

from storage.concerns import ReviewItem, ReviewState
from storage.invitations import NoThanks
from storage.mail import Conversation, Outbox
from storage.people import Contact, Person
from storage.surveys import Answer, SessionState, SurveySession
from storage.voice import ThemeCoding

NO_REFERRAL = ("", "none", "redact")
"""Decisions that sent nothing on: the words of such an item are no record of a concern."""

_CHUNK = 500
_KEY_PARTS = re.compile(r"[:/|, ]")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What deleting did. `open_items` stay with the reviewer, who may still need to find them.

    `held`: a legal hold stopped it, and nothing was deleted.
    """

    answers: int = 0
    messages: int = 0
    open_items: int = 0
    held: bool = False


def forget_session(
    session: Session,
    *,
    now: datetime,
    session_id: str | None = None,
    receipt_hash: str | None = None,
    legal_hold: bool = False,
) -> Forgotten | None:
    """Deletes what was said in one session, found by its id or its receipt; None if there is none.

    Items that wait for the reviewer stay, and with them the way to the person who wrote them.
    The row of the session stays, emptied, so that its receipt can still say "deleted". Call
    `Database.fold_log` after the commit.
    """
    found = _find(session, session_id, receipt_hash)
    if found is None:
        return None
    if legal_hold:
        return Forgotten(held=True)
    answers = session.exec(delete(Answer).where(col(Answer.pseudonym) == found.pseudonym)).rowcount
    session.exec(delete(ThemeCoding).where(col(ThemeCoding.pseudonym) == found.pseudonym))
    open_items = _settle_items(session, found.pseudonym)
    contacts = [] if found.contact_id is None else [found.contact_id]
    messages = _forget_messages(session, [found.id], contacts)
    _leave_conversations(session, [found.id])
    _empty(found, now, keep_contact=open_items > 0)
    session.flush()
    session.expire_all()
    return Forgotten(answers, messages, open_items)


def cut_links(session: Session, rows: Iterable[tuple[str, int]]) -> int:
    """Cuts (session id, contact id): nothing in the database joins the two any longer."""
    pairs = list(rows)
    for chunk in chunks(pairs):
        ids = [session_id for session_id, _ in chunk]
        _forget_messages(session, ids, sorted({contact for _, contact in chunk}))
        _leave_conversations(session, ids)
        change(
            session,
            update(SurveySession)
            .where(col(SurveySession.id).in_(ids))
            .values(contact_id=None, progress="", comeback_hash=""),
        )
    return len(pairs)


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


def change(session: Session, statement: Any) -> int:
    """Runs an update or a delete over many rows; how many it touched."""
    result = session.exec(statement.execution_options(synchronize_session=False))
    count: int = result.rowcount
    return count


def chunks(things: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """In pieces that fit into one statement on every database."""
    for start in range(0, len(things), _CHUNK):
        yield things[start : start + _CHUNK]


def _find(
    session: Session, session_id: str | None, receipt_hash: str | None
) -> SurveySession | None:
    # An empty receipt is that of everybody who has none: it finds nobody.
    if session_id:
        return session.get(SurveySession, session_id)
    if not receipt_hash:
        return None
    return session.exec(
        select(SurveySession).where(col(SurveySession.receipt_hash) == receipt_hash)
    ).first()


def _settle_items(session: Session, pseudonym: str) -> int:
    """Closed items lose their author, and their words unless they were passed on; how many wait."""
    items = session.exec(select(ReviewItem).where(col(ReviewItem.pseudonym) == pseudonym)).all()
    closed = [item for item in items if item.state is ReviewState.CLOSED]
    for item in closed:
        item.pseudonym = None
        if item.decision in NO_REFERRAL:
            item.words = ""
        session.add(item)
    return len(items) - len(closed)


def _empty(row: SurveySession, now: datetime, *, keep_contact: bool) -> None:
    row.state, row.progress, row.comeback_hash, row.group_name = SessionState.DELETED, "", "", ""
    row.ended_at = row.ended_at or now
    if not keep_contact:
        row.contact_id = None


def _forget_messages(
    session: Session, session_ids: Sequence[str], contact_ids: Sequence[int]
) -> int:
    """Messages about these sessions: those that wait are taken back, those sent lose their subject.

    How many were taken back.
    """
    wanted = frozenset(session_ids)
    rows = [
        row
        for row in session.exec(
            select(Outbox.id, Outbox.dedupe_key, Outbox.params, Outbox.settled_at).where(
                col(Outbox.contact_id).in_(contact_ids)
            )
        )
        if _names(row[1], row[2], wanted)
    ]
    waiting = [row[0] for row in rows if row[3] is None]
    sent = [row[0] for row in rows if row[3] is not None]
    for chunk in chunks(waiting):
        change(session, delete(Outbox).where(col(Outbox.id).in_(chunk)))
    if sent:
        _blank(session, sent)
    return len(waiting)


def _names(dedupe_key: str, params: str, session_ids: frozenset[str]) -> bool:
    """Whether a message is about one of these sessions: by its key, or by one of its params."""
    if not session_ids.isdisjoint(_KEY_PARTS.split(dedupe_key)):
        return True
    values = json.loads(params).values()
    return any(value in session_ids for value in values if isinstance(value, str))


def _blank(session: Session, outbox_ids: Sequence[int | None]) -> None:
    table = _table(Outbox)
    statement = (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values(dedupe_key=bindparam("key"), params="{}")
    )
    rows = [{"row_id": one, "key": f"cut:{one}"} for one in outbox_ids]
    session.connection().execute(statement, rows)


def _leave_conversations(session: Session, session_ids: Sequence[str]) -> None:
    here = col(Conversation.session_id).in_(session_ids)
    change(
        session,
        update(Conversation).where(here).values(session_id=None, menu=[], expecting=""),
    )
    before = col(Conversation.last_session_id).in_(session_ids)
    change(session, update(Conversation).where(before).values(last_session_id=None))


def _table(model: type[SQLModel]) -> Any:
    return model.__table__  # type: ignore[attr-defined]
