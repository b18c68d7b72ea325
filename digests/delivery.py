"""Who is told what came of a survey, and how far each publication has come on its way to them.

The list never says who said what: whoever is on it is told of everything that is published.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from digests.themes import Refused
from storage import audit
from storage.database import insert_new
from storage.invitations import Campaign, CampaignKind, CampaignMember, NoThanks
from storage.mail import Outbox, Urgency, outbox_row
from storage.people import Contact, ContactState, contacts_of
from storage.retention import ERASED
from storage.rows import chunks, columns, rows
from storage.surveys import Survey, SurveySession
from storage.voice import Publication, TellContact
from surveys.definition import Audience

KIND = "you-said-we-did"
TOLD = "told"
MOST_AGAIN = 5
"""Times that somebody who was not reached is tried again by hand; after that, ask them."""

_DONE = frozenset({"sent", "shown"})
_FAILED = frozenset({"gone", "fault", "gave_up"})


class Progress(StrEnum):
    """How far a publication has come to one contact; `LEFT_OUT` wanted it no more, or had newer."""

    DELIVERED = "delivered"
    UNDER_WAY = "under_way"
    NOT_REACHED = "not_reached"
    LEFT_OUT = "left_out"


class Why(StrEnum):
    """Why somebody was not reached, or waits."""

    BLOCKED = "blocked"
    ERASED = "erased"
    NOWHERE = "nowhere"
    FAULT = "fault"
    GAVE_UP = "gave_up"
    TRYING = "trying"
    JOINED_LATER = "joined_later"


@dataclass(frozen=True, slots=True)
class Step:
    """How one contact stands. `next_at`: when it is tried again, where it is under way."""

    progress: Progress
    why: Why | None = None
    next_at: datetime | None = None
    may_try: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on the list: where, and whether they can be written to."""

    contact_id: int
    state: ContactState
    reason: str


# who is on the list


def members(session: Session, survey_id: int) -> Iterator[Sequence[Member]]:
    """Everyone who is to be told, in pieces, in an order that says nothing."""
    yield from _who_asked(session, survey_id)
    survey = session.get(Survey, survey_id)
    if survey is not None and survey.audience == Audience.PRACTITIONERS:
        asked = {one for piece in _who_asked(session, survey_id) for one in _ids(piece)}
        others = [one for one in _practitioners(session, survey_id) if one.contact_id not in asked]
        yield from chunks(others)


def _ids(piece: Sequence[Member]) -> list[int]:
    return [one.contact_id for one in piece]


def _who_asked(session: Session, survey_id: int) -> Iterator[Sequence[Member]]:
    query = (
        select(Contact.id, Contact.state, Contact.state_reason)
        .join(TellContact, col(TellContact.contact_id) == col(Contact.id))
        .where(col(TellContact.survey_id) == survey_id)
        .order_by(col(Contact.id))
    )
    found = [Member(one or 0, ContactState(state), why) for one, state, why in session.exec(query)]
    yield from chunks(found)


def _practitioners(session: Session, survey_id: int) -> list[Member]:
    """Those who were invited by name, or answered where we know them: never by what they said."""
    people = _invited(session, survey_id) | _answered(session, survey_id)
    reached = contacts_of(session, people - _wants_none(session, survey_id)).values()
    return sorted(
        (Member(row.id or 0, row.state, row.state_reason) for row in reached),
        key=lambda one: one.contact_id,
    )


def nowhere_to_reach(session: Session, survey_id: int) -> int:
    """Practitioners who were invited by name and whom nothing of ours reaches."""
    survey = session.get(Survey, survey_id)
    if survey is None or survey.audience != Audience.PRACTITIONERS:
        return 0
    people = _invited(session, survey_id) - _wants_none(session, survey_id)
    return len(people) - len(contacts_of(session, people))


def _invited(session: Session, survey_id: int, only: int | None = None) -> set[int]:
    query = (
        select(CampaignMember.person_id)
        .join(Campaign, col(Campaign.id) == col(CampaignMember.campaign_id))
        .where(
            col(Campaign.survey_id) == survey_id,
            col(Campaign.kind) == CampaignKind.INVITATION,
            col(CampaignMember.queued_at).is_not(None),
        )
    )
    if only is not None:
        query = query.where(col(CampaignMember.person_id) == only)
    return set(session.exec(query))


def _answered(session: Session, survey_id: int, only: int | None = None) -> set[int]:
    query = (
        select(Contact.person_id)
        .join(SurveySession, col(SurveySession.contact_id) == col(Contact.id))
        .where(col(SurveySession.survey_id) == survey_id, col(Contact.person_id).is_not(None))
    )
    if only is not None:
        query = query.where(col(Contact.person_id) == only)
    return {one for one in session.exec(query) if one is not None}


def _wants_none(session: Session, survey_id: int) -> set[int]:
    of_this = col(NoThanks.survey_id).is_(None) | (col(NoThanks.survey_id) == survey_id)
    return set(session.exec(select(NoThanks.person_id).where(of_this)))


def is_on_list(session: Session, survey_id: int, contact_id: int) -> bool:
    """Whether this contact is to be told of this survey, as things stand now."""
    if session.get(TellContact, (survey_id, contact_id)) is not None:
        return True
    contact = session.get(Contact, contact_id)
    survey = session.get(Survey, survey_id)
    if contact is None or contact.person_id is None or survey is None:
        return False
    who = contact.person_id
    asked = _invited(session, survey_id, who) | _answered(session, survey_id, who)
    is_asked = survey.audience == Audience.PRACTITIONERS and bool(asked)
    return is_asked and who not in _wants_none(session, survey_id)


# telling them


def tell(session: Session, publication_id: int, *, now: datetime) -> int:
    """Queues the message for everyone on the list; telling twice queues nothing new."""
    survey_id = _survey_of(session, publication_id)
    told = 0
    for piece in members(session, survey_id):
        keys = {
            f"told:{publication_id}:{one.contact_id}": one.contact_id
            for one in piece
            if one.state is ContactState.ACTIVE
        }
        there = set(session.exec(select(Outbox.dedupe_key).where(col(Outbox.dedupe_key).in_(keys))))
        new = [_row(key, one, publication_id, now) for key, one in keys.items() if key not in there]
        told += len(insert_new(session, Outbox, new, col(Outbox.id)))
    return told


def tell_who_joined(session: Session, *, now: datetime) -> int:
    """The newest publication of each survey to whoever came onto its list since; once each."""
    return sum(tell(session, one, now=now) for one in newest_of_each(session))


def tell_again(session: Session, publication_id: int, *, person_id: int, now: datetime) -> int:
    """Tries those again who were not reached and can be now; pressing twice queues nothing new."""
    survey_id = _survey_of(session, publication_id)
    if publication_id not in newest_of_each(session):
        raise Refused("A newer publication has gone to everybody on the list. Tell of that one.")
    queued = tell(session, publication_id, now=now)
    for piece in members(session, survey_id):
        new = _again(session, publication_id, piece, now)
        queued += len(insert_new(session, Outbox, new, col(Outbox.id)))
    if queued:
        audit.record(
            session,
            at=now,
            act="publication.tell_again",
            subject=f"publication:{publication_id}",
            person_id=person_id,
        )
    return queued


def _again(
    session: Session, publication_id: int, piece: Sequence[Member], now: datetime
) -> list[dict[str, object]]:
    tries = _tries(session, publication_id, _ids(piece))
    return [
        _row(
            f"told:{publication_id}:{one.contact_id}:{len(tries[one.contact_id])}",
            one.contact_id,
            publication_id,
            now,
        )
        for one in piece
        if step_of(one, tries.get(one.contact_id, ())).may_try and one.contact_id in tries
    ]


def _row(key: str, contact_id: int, publication_id: int, now: datetime) -> dict[str, object]:
    return outbox_row(
        key=key,
        intent=TOLD,
        contact_id=contact_id,
        now=now,
        params={"publication": publication_id},
        urgency=Urgency.BROADCAST,
    )


def _survey_of(session: Session, publication_id: int) -> int:
    publication = session.get(Publication, publication_id)
    if publication is None or publication.survey_id is None:
        raise Refused("There is no such publication. List what went out and take one of those.")
    return publication.survey_id


def newest_of_each(session: Session) -> list[int]:
    """The publication of each survey that stands now."""
    query = (
        select(func.max(col(Publication.id)))
        .where(col(Publication.kind) == KIND, col(Publication.survey_id).is_not(None))
        .group_by(col(Publication.survey_id))
    )
    return sorted(one for one in session.exec(query) if one is not None)


# how far it has come


@dataclass(frozen=True, slots=True)
class Try:
    """One row of the outbox: when it was settled and how, or that it waits and why."""

    settled_at: datetime | None
    outcome: str
    waits_for: str
    next_at: datetime | None


def _tries(
    session: Session, publication_id: int, contacts: Sequence[int]
) -> dict[int, tuple[Try, ...]]:
    """What was sent of a publication to these contacts, in order. The keys are looked up whole."""
    endings = ("", *(f":{n}" for n in range(1, MOST_AGAIN + 1)))
    keys = [f"told:{publication_id}:{one}{ending}" for one in contacts for ending in endings]
    found: dict[int, tuple[Try, ...]] = {}
    for chunk in chunks(keys):
        query = (
            columns(
                col(Outbox.contact_id),
                col(Outbox.settled_at),
                col(Outbox.outcome),
                col(Outbox.detail),
                col(Outbox.claimed_until),
            )
            .where(col(Outbox.dedupe_key).in_(chunk))
            .order_by(col(Outbox.id))
        )
        for contact_id, *rest in rows(session, query):
            found[contact_id] = (*found.get(contact_id, ()), Try(*rest))
    return found


def steps(
    session: Session, publication_id: int, *, until: datetime | None = None
) -> Iterator[Step]:
    """How each on the list stands; `until`: as it stood then, as far as rows still say it."""
    survey_id = _survey_of(session, publication_id)
    for piece in members(session, survey_id):
        tries = _tries(session, publication_id, _ids(piece))
        for one in piece:
            yield step_of(one, tries.get(one.contact_id, ()), until)
    for _ in range(nowhere_to_reach(session, survey_id)):
        yield Step(Progress.NOT_REACHED, Why.NOWHERE)


def step_of(member: Member, tries: Sequence[Try], until: datetime | None = None) -> Step:
    """What became of it for one contact, by the last try."""
    done = [one for one in tries if one.outcome in _DONE and _is_by(one, until)]
    if done:
        return Step(Progress.DELIVERED)
    if not tries:
        return _never_tried(member)
    last = tries[-1]
    if last.settled_at is None or not _is_by(last, until):
        trying = Why.TRYING if last.waits_for else None
        return Step(Progress.UNDER_WAY, trying, last.next_at if last.waits_for else None)
    if last.outcome not in _FAILED:
        return Step(Progress.LEFT_OUT)
    may_try = member.state is ContactState.ACTIVE and len(tries) <= MOST_AGAIN
    return Step(Progress.NOT_REACHED, _why(member, last.outcome), may_try=may_try)


def _never_tried(member: Member) -> Step:
    if member.state is ContactState.ACTIVE:
        return Step(Progress.UNDER_WAY, Why.JOINED_LATER, may_try=True)
    return Step(Progress.NOT_REACHED, _why(member, "gone"))


def _why(member: Member, outcome: str) -> Why:
    if member.reason == ERASED:
        return Why.ERASED
    return {"gone": Why.BLOCKED, "fault": Why.FAULT}.get(outcome, Why.GAVE_UP)


def _is_by(one: Try, until: datetime | None) -> bool:
    return one.settled_at is not None and (until is None or one.settled_at < until)
