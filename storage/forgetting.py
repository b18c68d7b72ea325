"""Taking back what one respondent said, and cutting the thread from answers to a contact."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import Session, SQLModel, col, delete, select, update

from storage.concerns import ReviewItem, ReviewState
from storage.holds import is_session_held
from storage.mail import Conversation, Outbox
from storage.rows import change, chunks, columns, rows
from storage.surveys import Answer, SessionState, SurveySession
from storage.tombstones import bury_session
from storage.voice import CodedAnswer, ThemeCoding

NO_REFERRAL = ("", "none", "redact")
"""Decisions that sent nothing on: the words of such an item are no record of a concern."""

_OUTBOX_INSTANTS = ("created_at", "not_before", "claimed_until", "settled_at")
_KEY_PARTS = re.compile(r"[:/|, ]")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What deleting did. `open_items` stay with the reviewer, who may still need to find them.

    `held`: a legal hold (storage/holds.py) stopped it, and nothing was deleted: say so.
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
) -> Forgotten | None:
    """Deletes what was said in one session, found by its id or its receipt; None if there is none.

    Items that wait for the reviewer stay, and with them the way to the person who wrote them.
    The row of the session stays, emptied, so that its receipt can still say "deleted". Call
    `Database.fold_log` after the commit.
    """
    found = _find(session, session_id, receipt_hash)
    if found is None:
        return None
    if is_session_held(session, found.id):
        return Forgotten(held=True)
    bury_session(session, found.id, now)
    answers = session.exec(delete(Answer).where(col(Answer.pseudonym) == found.pseudonym)).rowcount
    for table in (ThemeCoding, CodedAnswer):
        session.exec(delete(table).where(col(table.pseudonym) == found.pseudonym))
    open_items = _settle_items(session, found.pseudonym)
    contacts = [] if found.contact_id is None else [found.contact_id]
    messages = _forget_messages(session, [found.id], contacts)
    _leave_conversations(session, [found.id])
    _empty(found, now, keep_contact=open_items > 0)
    session.flush()
    session.expire_all()
    return Forgotten(answers, messages, open_items)


def cut_links(session: Session, links: Iterable[tuple[str, int]]) -> int:
    """Cuts (session id, contact id): nothing in the database joins the two any longer.

    Nor does an instant: what was written down in one moment on both sides keeps its day only.
    """
    pairs = list(links)
    for chunk in chunks(pairs):
        ids = [session_id for session_id, _ in chunk]
        _forget_instants(session, ids)
        _forget_messages(session, ids, sorted({contact for _, contact in chunk}))
        _leave_conversations(session, ids)
        change(
            session,
            update(SurveySession)
            .where(col(SurveySession.id).in_(ids))
            .values(contact_id=None, progress="", comeback_hash=""),
        )
    return len(pairs)


def leave_place(session: Session, session_id: str) -> None:
    """A session goes on elsewhere: the place where it was until now keeps nothing of it.

    What waits for its contact about this session is taken back; what was sent loses its subject
    and its instants.
    """
    found = rows(session, _moments([session_id]))
    contacts = [row.contact_id for row in found if row.contact_id is not None]
    _keep_days_of_contacts(session, found)
    _forget_messages(session, [session_id], contacts)
    _leave_conversations(session, [session_id])
    session.flush()
    session.expire_all()


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
            item.words = item.redacted_words = ""
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
    found = [
        row
        for row in session.exec(
            select(Outbox.id, Outbox.dedupe_key, Outbox.params, Outbox.settled_at).where(
                col(Outbox.contact_id).in_(contact_ids)
            )
        )
        if _names(row[1], row[2], wanted)
    ]
    waiting = [row[0] for row in found if row[3] is None]
    sent = [row[0] for row in found if row[3] is not None]
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
    changes = [{"row_id": one, "key": f"cut:{one}"} for one in outbox_ids]
    session.connection().execute(statement, changes)


def _forget_instants(session: Session, session_ids: Sequence[str]) -> None:
    """Keeps the day of these sessions, and of what their contacts were sent while they ran."""
    found = rows(session, _moments(session_ids))
    _keep_days(session, SurveySession, "id", found, ("started_at", "moved_at", "ended_at"))
    _keep_days_of_contacts(session, found)


def _moments(session_ids: Sequence[str]) -> Any:
    return columns(
        SurveySession.id,
        SurveySession.contact_id,
        SurveySession.pseudonym,
        SurveySession.started_at,
        SurveySession.moved_at,
        SurveySession.ended_at,
    ).where(col(SurveySession.id).in_(session_ids))


def _keep_days_of_contacts(session: Session, found: Sequence[Any]) -> None:
    """Of what the contacts of these sessions were sent while they wrote only the day stays."""
    said = _last_said(session, [row.pseudonym for row in found])
    spans: dict[int, list[tuple[datetime, datetime]]] = {}
    for row in found:
        ended = row.ended_at or row.moved_at
        last = max(row.moved_at, ended, said.get(row.pseudonym, ended))
        spans.setdefault(row.contact_id, []).append((row.started_at, last))
    for model, key, seen, instants in (
        (Outbox, "id", "created_at", _OUTBOX_INSTANTS),
        (Conversation, "contact_id", "moved_at", ("moved_at",)),
    ):
        table = _table(model)
        wanted = [getattr(table.c, name) for name in dict.fromkeys((key, "contact_id", *instants))]
        query = columns(*wanted).where(table.c.contact_id.in_(list(spans)))
        if model is Outbox:
            query = query.where(table.c.settled_at.is_not(None))
        meant = [
            row
            for row in rows(session, query)
            if any(a <= getattr(row, seen) <= b for a, b in spans[row.contact_id])
        ]
        _keep_days(session, model, key, meant, instants)


def _last_said(session: Session, pseudonyms: Sequence[str]) -> dict[str, datetime]:
    """When somebody last wrote anything at all, which may be after their session ended."""
    query = (
        columns(ReviewItem.pseudonym, func.max(col(ReviewItem.received_at)).label("last"))
        .where(col(ReviewItem.pseudonym).in_(pseudonyms))
        .group_by(col(ReviewItem.pseudonym))
    )
    return {row.pseudonym: row.last for row in rows(session, query)}


def _keep_days(
    session: Session, model: type[SQLModel], key: str, found: Sequence[Any], names: Sequence[str]
) -> None:
    """Of these instants of rows of one table only the day stays."""
    table = _table(model)
    statement = (
        update(table)
        .where(table.c[key] == bindparam("row_key"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    changes = [
        {"row_key": getattr(row, key), **{f"new_{n}": _day(getattr(row, n)) for n in names}}
        for row in found
    ]
    if changes:
        session.connection().execute(statement, changes)


def _day(instant: datetime | None) -> datetime | None:
    if instant is None:
        return None
    return datetime.combine(instant.astimezone(UTC).date(), time(), UTC)


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
