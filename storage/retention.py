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
from storage.anonymous import TookPart
from storage.board import purge_board
from storage.concerns import OnCallShift, ReviewEvent, ReviewItem, ReviewState
from storage.editions import Edition, EditionFile
from storage.forgetting import NO_REFERRAL, cut_links
from storage.holds import Held, Holds, LegalHold, holds
from storage.leaving import forget_leavers, forget_what_they_sent
from storage.mail import ChatMessage, Conversation, InboxKey, KeptMessage, Outbox, WrongCodes
from storage.people import Contact, ContactState, JoinCode
from storage.retention_invitations import campaigns, courses
from storage.retention_rules import RetentionRules, back
from storage.rows import change, chunks
from storage.surveys import (
    Answer,
    SessionState,
    Survey,
    SurveyRound,
    SurveySession,
    SurveyVersion,
)
from storage.tombstones import ITEM, bury, digest_of, forget_old, write_out
from storage.types import EMPTY_SEALED
from storage.voice import TellContact

YOUTH = "youth"
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows of each kind were deleted or emptied; `held`: the legal holds that are set."""

    counts: Mapping[str, int] = field(default_factory=dict)
    held: tuple[str, ...] = ()


def purge(session: Session, *, now: datetime, rules: RetentionRules) -> Purged:
    """Deletes what is over its time, in the caller's transaction; doing it twice does no more.

    Call `Database.fold_log` after the commit.
    """
    write_out(session)
    held = holds(session)
    if held.everything:
        return Purged(held=held.names)
    session.flush()
    counts = {
        "inbox keys": _inbox(session, now, rules),
        "chat messages": _chat_messages(session, now, rules, held),
        "codes": _codes(session, now, rules, held),
        "message contents": _outbox(session, now, rules, held),
        "links": _links(session, now, rules, held),
        "agreements to hear": _agreements(session, now, rules, held),
        "campaign members": campaigns(session, now, rules, held),
        "course places": courses(session, now, rules, held),
        "people who left": forget_leavers(session),
        "who took part": _took_part(session, now, rules, held),
        "contacts": _contacts(session, now, rules, held),
        "youth words": _youth_words(session, now, rules, held),
        "practitioner words": _practitioner_words(session, now, rules, held),
        "digests": _editions(session, now, rules, held),
        "shifts": _shifts(session, now, rules, held),
        "sign-ins": purge_board(session, now),
        "tombstones": forget_old(session, now),
        # What is held may turn on who read and did what: the log is left whole meanwhile.
        "audit entries": 0 if held else _audit(session, now, rules),
    }
    session.expire_all()
    return Purged(counts, held.names)


def remove_concern(session: Session, *, item_id: int, now: datetime) -> None:
    """Empties a closed item, once a person confirmed that the case system has it. Raises Held."""
    item = session.get_one(ReviewItem, item_id)
    if item.state is not ReviewState.CLOSED:
        raise ValueError("an open concern is not removed; close it first")
    found = holds(session)
    if session.exec(
        select(ReviewItem.id).where(col(ReviewItem.id) == item_id, found.items())
    ).all():
        raise Held(", ".join(found.names))
    bury(session, ITEM, digest_of(session, ITEM, item.ref), now)
    _empty_answer(session, item)
    item.words = item.redacted_words = item.reason = item.group_name = ""
    item.referral_to = ""
    item.pseudonym = None
    session.add(item)
    events = update(ReviewEvent).where(col(ReviewEvent.item_id) == item_id)
    change(session, events.values(words=""))


def _empty_answer(session: Session, item: ReviewItem) -> None:
    """The answer that holds the same words, and the ended session, which holds them once more."""
    if item.pseudonym is None:
        return
    answers = session.exec(
        select(Answer).where(
            Answer.pseudonym == item.pseudonym,
            Answer.question == item.question,
            col(Answer.words).is_not(None),
        )
    )
    for answer in answers:
        if _plain(answer.words or "") == _plain(item.words):
            answer.words = None
            session.add(answer)
    ended = update(SurveySession).where(
        col(SurveySession.pseudonym) == item.pseudonym,
        col(SurveySession.state) != SessionState.OPEN,
    )
    change(session, ended.values(progress=""))


def _plain(words: str) -> str:
    """Without what the queue cannot hold, so that both copies are alike."""
    return "".join(filter(str.isprintable, words)).strip()


def unconfirmed(session: Session, *, now: datetime, rules: RetentionRules) -> list[ReviewItem]:
    """Concerns that were referred and closed so long ago that the case system must have them.

    Their words are still here: a person confirms (`remove_concern`), or says why not.
    """
    since = now - timedelta(days=rules.link_days)
    return list(
        session.exec(
            select(ReviewItem)
            .where(
                col(ReviewItem.state) == ReviewState.CLOSED,
                col(ReviewItem.decision).not_in(NO_REFERRAL),
                col(ReviewItem.decided_at) < since,
                _holds(ReviewItem.words),
            )
            .order_by(col(ReviewItem.decided_at), col(ReviewItem.ref))
        )
    )


def _inbox(session: Session, now: datetime, rules: RetentionRules) -> int:
    oldest = now.astimezone(UTC).date() - timedelta(days=rules.inbox_days)
    return change(session, delete(InboxKey).where(col(InboxKey.received_on) < oldest))


def _chat_messages(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    """What a bot can no longer clear from a screen; and guesses at codes, which are forgiven."""
    since = now - timedelta(hours=rules.chat_hours)
    change(session, delete(WrongCodes).where(col(WrongCodes.since) < since))
    over = (col(ChatMessage.at) < since, ~held.contact_ids(col(ChatMessage.contact_id)))
    return change(session, delete(ChatMessage).where(*over))


def _codes(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    """Codes by which somebody showed who they are, or did not in time."""
    over = col(JoinCode.expires_at) < now - timedelta(days=rules.outbox_days)
    free = ~held.person_ids(col(JoinCode.person_id))
    return change(session, delete(JoinCode).where(over, free))


def _outbox(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    over = and_(
        col(Outbox.settled_at) < now - timedelta(days=rules.outbox_days),
        ~held.contact_ids(col(Outbox.contact_id)),
    )
    return change(
        session, update(Outbox).where(over, _holds(Outbox.params, beyond="{}")).values(params="{}")
    )


def _links(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    """The way from answers to a contact: young people's, practitioners', and what was deleted."""
    since = now - timedelta(days=rules.link_days)
    closed = and_(
        col(Survey.audience) == YOUTH, or_(col(Survey.closed_at) < since, _round_closed(since))
    )
    old = and_(
        col(Survey.audience) != YOUTH,
        col(SurveySession.moved_at) < back(now, rules.practitioner_months),
    )
    deleted = col(SurveySession.state) == SessionState.DELETED
    rows = session.exec(
        select(SurveySession.id, SurveySession.contact_id)
        .join(Survey, col(Survey.id) == col(SurveySession.survey_id))
        .where(col(SurveySession.contact_id).is_not(None), or_(closed, old, deleted))
        .where(~_has_open_item(), ~held.sessions())
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


def _round_closed(since: datetime) -> Any:
    """Whether a session's own round is over, though its survey may have come round again."""
    return exists().where(
        col(SurveyRound.survey_id) == col(SurveySession.survey_id),
        col(SurveyRound.number) == col(SurveySession.round),
        col(SurveyRound.closed_at) < since,
    )


def _agreements(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    over = select(Survey.id).where(col(Survey.closed_at) < back(now, rules.tell_months))
    free = and_(
        ~held.survey_ids(col(TellContact.survey_id)), ~held.contact_ids(col(TellContact.contact_id))
    )
    return change(session, delete(TellContact).where(col(TellContact.survey_id).in_(over), free))


def _audit(session: Session, now: datetime, rules: RetentionRules) -> int:
    """The log, and what else records who did what and when."""
    before = back(now, rules.audit_months)
    change(session, delete(LegalHold).where(col(LegalHold.lifted_at) < before))
    return audit.cut(session, before=before, now=now)


def _shifts(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    """Who was on call."""
    over = col(OnCallShift.ends_at) < back(now, rules.practitioner_months)
    free = ~held.person_ids(col(OnCallShift.person_id))
    return change(session, delete(OnCallShift).where(over, free))


def _editions(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    """Digests as they were sent, with their files."""
    over = select(Edition.id).where(
        col(Edition.as_at) < back(now, rules.edition_months),
        ~held.person_ids(col(Edition.made_for_id)),
    )
    change(session, delete(EditionFile).where(col(EditionFile.edition_id).in_(over)))
    return change(session, delete(Edition).where(col(Edition.id).in_(over)))


def _took_part(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    """Who took part in an anonymous survey: nobody can answer a round twice that is long over."""
    since = now - timedelta(days=rules.link_days)
    ended = exists().where(
        col(SurveyRound.survey_id) == col(TookPart.survey_id),
        col(SurveyRound.number) == col(TookPart.round),
        col(SurveyRound.closed_at) < since,
    )
    closed = col(TookPart.survey_id).in_(select(Survey.id).where(col(Survey.closed_at) < since))
    free = ~held.survey_ids(col(TookPart.survey_id))
    return change(session, delete(TookPart).where(or_(ended, closed), free))


def _contacts(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    """Addresses of people unknown whom nothing holds: the row stays, for the sends count on it."""
    since = now - timedelta(days=rules.link_days)
    holding = [
        exists().where(col(SurveySession.contact_id) == col(Contact.id)),
        exists().where(col(TellContact.contact_id) == col(Contact.id)),
        exists().where(col(TookPart.contact_id) == col(Contact.id)),
        exists().where(
            col(Conversation.contact_id) == col(Contact.id), col(Conversation.moved_at) >= since
        ),
        exists().where(col(Outbox.contact_id) == col(Contact.id), col(Outbox.settled_at).is_(None)),
        held.contact_ids(col(Contact.id)),
    ]
    idle = session.exec(
        select(Contact.id).where(
            col(Contact.person_id).is_(None), col(Contact.state_reason) != ERASED, ~or_(*holding)
        )
    ).all()
    for chunk in chunks(idle):
        empty_contacts(session, list(chunk), now)
    return len(idle)


def empty_contacts(session: Session, contact_ids: list[Any], now: datetime) -> None:
    """These addresses are nobody's any more; the rows stay, for the sends count on them."""
    forget_what_they_sent(session, contact_ids)
    change(
        session,
        update(Contact)
        .where(col(Contact.id).in_(contact_ids))
        .values(
            address="",
            reference=None,
            address_hash=literal(f"{ERASED}:") + cast(col(Contact.id), String),
            state=ContactState.GONE,
            state_since=now,
            state_reason=ERASED,
        ),
    )


def _youth_words(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    """Every place where a young person's own words are kept, but the record of a concern."""
    oldest = back(now, rules.youth_words_months)
    read = and_(
        col(ReviewItem.state) == ReviewState.CLOSED,
        col(ReviewItem.decision).in_(NO_REFERRAL),
        col(ReviewItem.received_at) < oldest,
        ~held.items(),
    )
    written = or_(_holds(ReviewItem.words), _holds(ReviewItem.redacted_words))
    items = update(ReviewItem).where(read, written).values(words="", redacted_words="")
    over = and_(
        col(KeptMessage.received_at) < oldest, ~held.contact_ids(col(KeptMessage.contact_id))
    )
    kept = update(KeptMessage).where(over, _holds(KeptMessage.content)).values(content="")
    said = _said_in_surveys(session, col(Survey.audience) == YOUTH, oldest, held)
    return said + change(session, items) + change(session, kept)


def _practitioner_words(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    oldest = back(now, rules.practitioner_months)
    return _said_in_surveys(session, col(Survey.audience) != YOUTH, oldest, held)


def _said_in_surveys(session: Session, audience: Any, oldest: datetime, held: Holds) -> int:
    """Answers in words, and ended sessions, which hold them once more as they were typed."""
    versions = (
        select(SurveyVersion.id)
        .join(Survey, col(Survey.slug) == col(SurveyVersion.slug))
        .where(audience)
    )
    answers = (
        update(Answer)
        .where(col(Answer.version_id).in_(versions), col(Answer.words).is_not(None))
        .where(col(Answer.answered_on) < oldest.date(), ~held.answers())
        .values(words=None)
    )
    ended = (
        update(SurveySession)
        .where(col(SurveySession.survey_id).in_(select(Survey.id).where(audience)))
        .where(col(SurveySession.state) != SessionState.OPEN, _holds(SurveySession.progress))
        .where(col(SurveySession.moved_at) < oldest, ~held.sessions())
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
