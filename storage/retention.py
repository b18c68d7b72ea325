"""How long things are kept, and the purge that keeps to it: beside `forgetting`, all deleting.

Rows that others count (sends, sessions, review items) stay, emptied of words and of persons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, func, literal
from sqlmodel import Session, and_, col, delete, exists, or_, select, update

from storage import audit
from storage.calendar import add_months
from storage.concerns import ReviewItem, ReviewState
from storage.editions import Edition, EditionFile
from storage.forgetting import NO_REFERRAL, cut_links
from storage.invitations import (
    Campaign,
    CampaignMember,
    Course,
    CoursePlace,
    SendingBatch,
)
from storage.leaving import forget_leavers, forget_people, forget_what_they_sent
from storage.mail import ChatMessage, Conversation, InboxKey, KeptMessage, Outbox, WrongCodes
from storage.people import Contact, ContactState, JoinCode, Person
from storage.plans import BodyMember
from storage.rows import change, chunks
from storage.surveys import (
    Answer,
    Invite,
    SessionState,
    Survey,
    SurveyRound,
    SurveySession,
    SurveyVersion,
)
from storage.types import EMPTY_SEALED
from storage.voice import TellContact

YOUTH = "youth"
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """For how long. A legal hold stops all of it."""

    inbox_days: int = 14
    chat_hours: int = 48
    outbox_days: int = 30
    link_days: int = 30
    tell_months: int = 12
    youth_words_months: int = 12
    practitioner_months: int = 24
    campaign_months: int = 12
    course_months: int = 12
    edition_months: int = 24
    audit_months: int = 72
    legal_hold: bool = False

    def words_months(self, *, youth: bool) -> int:
        """How long what somebody wrote is kept."""
        return self.youth_words_months if youth else self.practitioner_months


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
        "chat messages": _chat_messages(session, now, rules),
        "codes": _codes(session, now, rules),
        "message contents": _outbox(session, now, rules),
        "links": _links(session, now, rules),
        "agreements to hear": _agreements(session, now, rules),
        "campaign members": _campaigns(session, now, rules),
        "course places": _courses(session, now, rules),
        "people who left": forget_leavers(session),
        "contacts": _contacts(session, now, rules),
        "youth words": _youth_words(session, now, rules),
        "practitioner words": _practitioner_words(session, now, rules),
        "digests": _editions(session, now, rules),
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


def _chat_messages(session: Session, now: datetime, rules: RetentionRules) -> int:
    """What a bot can no longer clear from a screen; and guesses at codes, which are forgiven."""
    since = now - timedelta(hours=rules.chat_hours)
    change(session, delete(WrongCodes).where(col(WrongCodes.since) < since))
    return change(session, delete(ChatMessage).where(col(ChatMessage.at) < since))


def _codes(session: Session, now: datetime, rules: RetentionRules) -> int:
    """Codes by which somebody showed who they are, or did not in time."""
    over = now - timedelta(days=rules.outbox_days)
    return change(session, delete(JoinCode).where(col(JoinCode.expires_at) < over))


def _outbox(session: Session, now: datetime, rules: RetentionRules) -> int:
    over = col(Outbox.settled_at) < now - timedelta(days=rules.outbox_days)
    return change(
        session, update(Outbox).where(over, _holds(Outbox.params, beyond="{}")).values(params="{}")
    )


def _links(session: Session, now: datetime, rules: RetentionRules) -> int:
    """The way from answers to a contact: young people's, practitioners', and what was deleted."""
    since = now - timedelta(days=rules.link_days)
    closed = and_(
        col(Survey.audience) == YOUTH, or_(col(Survey.closed_at) < since, _round_closed(since))
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


def _round_closed(since: datetime) -> Any:
    """Whether a session's own round is over, though its survey may have come round again."""
    return exists().where(
        col(SurveyRound.survey_id) == col(SurveySession.survey_id),
        col(SurveyRound.number) == col(SurveySession.round),
        col(SurveyRound.closed_at) < since,
    )


def _agreements(session: Session, now: datetime, rules: RetentionRules) -> int:
    over = select(Survey.id).where(col(Survey.closed_at) < _back(now, rules.tell_months))
    return change(session, delete(TellContact).where(col(TellContact.survey_id).in_(over)))


def _campaigns(session: Session, now: datetime, rules: RetentionRules) -> int:
    """Who was invited, and which invitations were used: only how many stays."""
    since = now - timedelta(days=rules.link_days)
    ended = exists().where(
        col(SurveyRound.survey_id) == col(Campaign.survey_id),
        col(SurveyRound.number) == col(Campaign.round),
        col(SurveyRound.closed_at) < since,
    )
    old = col(Campaign.started_at) < _back(now, rules.campaign_months)
    over = session.exec(
        select(Campaign).where(
            col(Campaign.asked).is_(None), or_(ended, old, col(Campaign.stopped_at) < since)
        )
    ).all()
    return sum(_end_campaign(session, campaign) for campaign in over)


def _end_campaign(session: Session, campaign: Campaign) -> int:
    mine = col(CampaignMember.campaign_id) == campaign.id
    tokens = col(Invite.campaign_id) == campaign.id
    count = select(func.count())
    campaign.asked = session.exec(count.select_from(CampaignMember).where(mine)).one()
    campaign.began = session.exec(
        count.select_from(Invite).where(tokens, col(Invite.uses) > 0)
    ).one()
    session.add(campaign)
    session.flush()
    _cut_messages(session, campaign.id, mine)
    change(session, delete(Invite).where(tokens))
    return change(session, delete(CampaignMember).where(mine))


def _cut_messages(session: Session, campaign_id: int | None, mine: Any) -> None:
    """Invitations that went out lose what they were to, as the keys of their rows told it.

    Reminders go: only who had not begun got one, so their rows say who had.
    """

    def of(intent: str) -> Any:
        whose = literal(f"{intent}:{campaign_id}:") + cast(col(CampaignMember.person_id), String)
        return col(Outbox.dedupe_key).in_(select(whose).where(mine))

    change(session, delete(Outbox).where(of("invitation_reminder")))
    change(session, delete(Outbox).where(of("invitation"), col(Outbox.settled_at).is_(None)))
    change(
        session,
        update(Outbox)
        .where(of("invitation"))
        .values(dedupe_key=literal("cut:") + cast(col(Outbox.id), String), params="{}"),
    )


def _courses(session: Session, now: datetime, rules: RetentionRules) -> int:
    """Who was on a course; and those whom only its list had made known to us."""
    last = _back(now, rules.course_months).date()
    over = select(Course.id).where(col(Course.held_on) < last)
    still_asked = exists().where(col(CampaignMember.person_id) == col(CoursePlace.person_id))
    mine = and_(col(CoursePlace.course_id).in_(over), ~still_asked)
    brought = session.exec(
        select(CoursePlace.person_id).where(mine, col(CoursePlace.brought))
    ).all()
    gone = change(session, delete(CoursePlace).where(mine))
    forget_people(session, _known_by_nothing_else(session, brought))
    oldest = now - timedelta(days=rules.inbox_days)
    change(session, delete(SendingBatch).where(col(SendingBatch.at) < oldest))
    return gone


def _editions(session: Session, now: datetime, rules: RetentionRules) -> int:
    """Digests as they were sent, with their files."""
    over = select(Edition.id).where(col(Edition.as_at) < _back(now, rules.edition_months))
    change(session, delete(EditionFile).where(col(EditionFile.edition_id).in_(over)))
    return change(session, delete(Edition).where(col(Edition.id).in_(over)))


def _known_by_nothing_else(session: Session, people: Sequence[int]) -> list[int]:
    """Without a role or a post in a plan, and on no other course."""
    found: list[int] = []
    for chunk in chunks(people):
        rows = session.exec(
            select(Person).where(
                col(Person.id).in_(chunk),
                col(Person.key) == "",
                ~exists().where(col(CoursePlace.person_id) == col(Person.id)),
                ~exists().where(col(BodyMember.person_id) == col(Person.id)),
            )
        )
        found += [row.id for row in rows if row.id is not None and not row.roles]
    return found


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
    forget_what_they_sent(session, contact_ids)
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
