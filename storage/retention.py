"""How long things are kept, and the purge that keeps to it: beside `forgetting`, all deleting.

Rows that others count (sends, sessions, review items) stay, emptied of words and of persons.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, func, literal
from sqlmodel import Session, and_, col, delete, exists, or_, select, update

from storage import audit
from storage.calendar import add_months
from storage.concerns import ReviewItem, ReviewState
from storage.forgetting import NO_REFERRAL, change, chunks, cut_links
from storage.mail import Conversation, InboxKey, KeptMessage, Outbox
from storage.people import Contact, ContactState
from storage.surveys import Answer, SessionState, Survey, SurveySession, SurveyVersion
from storage.types import EMPTY_SEALED
from storage.voice import TellContact

YOUTH = "youth"
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """For how long. A legal hold stops all of it."""

    inbox_days: int = 14
    outbox_days: int = 30
    link_days: int = 30
    tell_months: int = 12
    youth_words_months: int = 12
    practitioner_months: int = 24
    audit_months: int = 72
    legal_hold: bool = False


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows of each kind were deleted or emptied."""

    counts: Mapping[str, int] = field(default_factory=dict)
    held: bool = False


def purge(session: Session, *, now: datetime, rules: RetentionRules) -> Purged:
    """Deletes what is over its time, in the caller's transaction; doing it twice does no more.

    Call `Database.fold_log` after the commit.
    """
    if rules.legal_hold:
        return Purged(held=True)
    session.flush()
    counts = {
        "inbox keys": _inbox(session, now, rules),
        "message contents": _outbox(session, now, rules),
        "links": _links(session, now, rules),
        "agreements to hear": _agreements(session, now, rules),
        "contacts": _contacts(session, now, rules),
        "youth words": _youth_words(session, now, rules),
        "practitioner words": _practitioner_words(session, now, rules),
        "audit entries": audit.cut(session, before=_back(now, rules.audit_months), now=now),
    }
    session.expire_all()
    return Purged(counts)


def remove_concern(session: Session, *, item_id: int) -> None:
    """Empties a closed item, once a person confirmed that the case system has it."""
    item = session.get_one(ReviewItem, item_id)
    if item.state is not ReviewState.CLOSED:
        raise ValueError("an open concern is not removed; close it first")
    item.words = item.reason = item.group_name = ""
    item.pseudonym = None
    session.add(item)


def _inbox(session: Session, now: datetime, rules: RetentionRules) -> int:
    oldest = now.astimezone(UTC).date() - timedelta(days=rules.inbox_days)
    return change(session, delete(InboxKey).where(col(InboxKey.received_on) < oldest))


def _outbox(session: Session, now: datetime, rules: RetentionRules) -> int:
    over = col(Outbox.settled_at) < now - timedelta(days=rules.outbox_days)
    return change(
        session, update(Outbox).where(over, _holds(Outbox.params, beyond="{}")).values(params="{}")
    )


def _links(session: Session, now: datetime, rules: RetentionRules) -> int:
    """The way from answers to a contact: young people's, practitioners', and what was deleted."""
    closed = and_(
        col(Survey.audience) == YOUTH,
        col(Survey.closed_at) < now - timedelta(days=rules.link_days),
    )
    old = and_(
        col(Survey.audience) != YOUTH,
        col(SurveySession.moved_at) < _back(now, rules.practitioner_months),
    )
    deleted = col(SurveySession.state) == SessionState.DELETED
    rows = session.exec(
        select(SurveySession.id, SurveySession.contact_id)
        .join(Survey, col(Survey.id) == col(SurveySession.survey_id))
        .where(col(SurveySession.contact_id).is_not(None), or_(closed, old, deleted))
        .where(~_has_open_item())
    ).all()
    ids = [row[0] for row in rows]
    for chunk in chunks(ids):
        is_open = col(SurveySession.state) == SessionState.OPEN
        change(
            session,
            update(SurveySession)
            .where(col(SurveySession.id).in_(chunk), is_open)
            .values(state=SessionState.EXPIRED, ended_at=now),
        )
    return cut_links(session, [(row[0], row[1]) for row in rows if row[1] is not None])


def _agreements(session: Session, now: datetime, rules: RetentionRules) -> int:
    over = select(Survey.id).where(col(Survey.closed_at) < _back(now, rules.tell_months))
    return change(session, delete(TellContact).where(col(TellContact.survey_id).in_(over)))


def _contacts(session: Session, now: datetime, rules: RetentionRules) -> int:
    """Addresses of people unknown whom nothing holds: the row stays, for the sends count on it."""
    since = now - timedelta(days=rules.link_days)
    held = [
        exists().where(col(SurveySession.contact_id) == col(Contact.id)),
        exists().where(col(TellContact.contact_id) == col(Contact.id)),
        exists().where(
            col(Conversation.contact_id) == col(Contact.id), col(Conversation.moved_at) >= since
        ),
        exists().where(col(Outbox.contact_id) == col(Contact.id), col(Outbox.settled_at).is_(None)),
    ]
    idle = session.exec(
        select(Contact.id).where(
            col(Contact.person_id).is_(None), col(Contact.state_reason) != ERASED, ~or_(*held)
        )
    ).all()
    for chunk in chunks(idle):
        _erase(session, list(chunk), now)
    return len(idle)


def _erase(session: Session, contact_ids: list[Any], now: datetime) -> None:
    change(session, delete(Conversation).where(col(Conversation.contact_id).in_(contact_ids)))
    kept = col(KeptMessage.contact_id).in_(contact_ids)
    change(session, update(KeptMessage).where(kept).values(contact_id=None))
    change(
        session,
        update(Contact)
        .where(col(Contact.id).in_(contact_ids))
        .values(
            address="",
            address_hash=literal(f"{ERASED}:") + cast(col(Contact.id), String),
            state=ContactState.GONE,
            state_since=now,
            state_reason=ERASED,
        ),
    )


def _youth_words(session: Session, now: datetime, rules: RetentionRules) -> int:
    """Every place where a young person's own words are kept, but the record of a concern."""
    oldest = _back(now, rules.youth_words_months)
    read = and_(
        col(ReviewItem.state) == ReviewState.CLOSED,
        col(ReviewItem.decision).in_(NO_REFERRAL),
        col(ReviewItem.received_at) < oldest,
    )
    items = update(ReviewItem).where(read, _holds(ReviewItem.words)).values(words="")
    over = col(KeptMessage.received_at) < oldest
    kept = update(KeptMessage).where(over, _holds(KeptMessage.content)).values(content="")
    said = _said_in_surveys(session, col(Survey.audience) == YOUTH, oldest)
    return said + change(session, items) + change(session, kept)


def _practitioner_words(session: Session, now: datetime, rules: RetentionRules) -> int:
    oldest = _back(now, rules.practitioner_months)
    return _said_in_surveys(session, col(Survey.audience) != YOUTH, oldest)


def _said_in_surveys(session: Session, audience: Any, oldest: datetime) -> int:
    """Answers in words, and ended sessions, which hold them once more as they were typed."""
    versions = (
        select(SurveyVersion.id)
        .join(Survey, col(Survey.slug) == col(SurveyVersion.slug))
        .where(audience)
    )
    answers = (
        update(Answer)
        .where(col(Answer.version_id).in_(versions), col(Answer.words).is_not(None))
        .where(col(Answer.answered_on) < oldest.date())
        .values(words=None)
    )
    ended = (
        update(SurveySession)
        .where(col(SurveySession.survey_id).in_(select(Survey.id).where(audience)))
        .where(col(SurveySession.state) != SessionState.OPEN, _holds(SurveySession.progress))
        .where(col(SurveySession.moved_at) < oldest)
        .values(progress="")
    )
    return change(session, answers) + change(session, ended)


def _has_open_item() -> Any:
    """Whether something of a session waits for the reviewer, who may need to find its author."""
    return exists().where(
        col(ReviewItem.pseudonym) == col(SurveySession.pseudonym),
        col(ReviewItem.state) != ReviewState.CLOSED,
    )


def _holds(column: Any, *, beyond: str = "") -> Any:
    """Whether encrypted text is longer than an empty one; its length shows without the key."""
    return func.length(column) > EMPTY_SEALED + len(beyond)


def _back(now: datetime, months: int) -> datetime:
    day = add_months(now.astimezone(UTC).date(), -months)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
