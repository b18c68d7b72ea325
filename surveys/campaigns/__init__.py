"""Campaigns: starting, widening, stopping, and taking no for an answer.

Members are written set-wise, a batch a statement. That nobody is in it twice is a unique key: of
the campaign and the person, and of the occasion and the person, so that two campaigns for the same
round of a survey do not both write to somebody.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count, islice
from typing import Any

from sqlalchemy import literal
from sqlmodel import Session as Db
from sqlmodel import col, select, update

from storage.audit import record
from storage.calendar import Calendar
from storage.database import Database, insert_new
from storage.invitations import Campaign, CampaignKind, CampaignMember, MemberState, NoThanks
from storage.rows import columns, rows
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveyState
from surveys.campaigns.audiences import (
    EVERY_INVITATION,
    NO_THANKS,
    Listed,
    Wanted,
    choose,
    listed,
    scope_of,
)
from surveys.campaigns.pace import Pace, plan_sends
from surveys.definition import Audience, Mode
from surveys.invitations import invite_each

_BATCH = 2000


class CannotStart(ValueError):
    """The campaign cannot start as things stand; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Started:
    """What starting did: how many were taken in, and how many of them cannot be reached now.

    `already`: asked on this occasion before, and not again. `is_over`: the campaign was stopped or
    its round is past, so that nobody more is asked by it.
    """

    campaign_id: int
    taken: int
    unreached: int
    already: int
    first_at: datetime | None = None
    last_at: datetime | None = None
    is_over: bool = False

    def plus(self, more: "Started") -> "Started":
        return Started(
            self.campaign_id,
            self.taken + more.taken,
            self.unreached + more.unreached,
            self.already + more.already,
            self.first_at or more.first_at,
            more.last_at or self.last_at,
        )


NOBODY = Started(campaign_id=0, taken=0, unreached=0, already=0)


def start(
    database: Database,
    survey_id: int,
    wanted: Wanted,
    *,
    now: datetime,
    calendar: Calendar,
    pace: Pace,
    first_at: datetime | None = None,
    closes_on: date | None = None,
    person_id: int | None = None,
) -> Started:
    """A campaign for the present round of an open survey, to these people. CannotStart otherwise.

    Whoever was asked in this round already is left out, so starting again only adds newcomers. It
    is written in parts, so that answers which come in meanwhile need not wait; what a crash leaves
    out is taken in when it is started again.
    """
    begins = max(now, first_at or now)
    with database.reading() as looking:
        survey = looking.get_one(SurveyRow, survey_id)
        _may_start(survey)
        everyone = listed(looking, survey_id=survey_id, only=wanted.people)
        reached = _still_to_ask(looking, occasion_of(survey), choose(everyone, wanted))
        _ends_in_time(reached, begins, closes_on, calendar, pace)
        campaign = _new(database, survey, wanted, now, begins, pace)
        people = listed(looking, survey_id=survey_id, only=wanted.people)
        total = _in_parts(database, campaign, choose(people, wanted), now, calendar, pace)
    with database.writing() as db:
        if not total.taken:
            db.delete(db.merge(campaign))
            return replace(NOBODY, already=total.already)
        record(
            db,
            at=now,
            act="campaign started",
            subject=f"survey {survey.slug}",
            person_id=person_id,
            detail=f"campaign {campaign.id}, {total.taken} people",
        )
    return total


def _new(
    database: Database,
    survey: SurveyRow,
    wanted: Wanted,
    now: datetime,
    begins: datetime,
    pace: Pace,
) -> Campaign:
    with database.writing() as db:
        return of_key(
            db,
            key=f"survey:{survey.id}:{survey.round}:{secrets.token_hex(8)}",
            survey=survey,
            occasion=occasion_of(survey),
            now=now,
            first_at=begins,
            pace=pace,
            audience=wanted.in_words()[:200],
        )


def _in_parts(
    database: Database,
    campaign: Campaign,
    people: Iterable[Listed],
    now: datetime,
    calendar: Calendar,
    pace: Pace,
) -> Started:
    total = replace(NOBODY, campaign_id=campaign.id or 0)
    for part in _in_batches(people):
        with database.writing() as db:
            done = take_in(
                db, campaign, part, now=now, calendar=calendar, pace=pace, after=total.last_at
            )
        total = total.plus(done)
    return total


def _may_start(survey: SurveyRow) -> None:
    if survey.audience == Audience.YOUTH:
        raise CannotStart(
            "young people are not in the people list and are not written to by name; make a link "
            f"or a poster for their group: `survey invite {survey.slug} --group NAME`"
        )
    if survey.mode == Mode.ANONYMOUS:
        raise CannotStart(
            "nobody is invited by name to an anonymous survey: who was asked by name could be "
            "found. Give everyone the same link: "
            f"`survey invite {survey.slug} --group NAME`, and remind everyone or no one"
        )
    if survey.audience == Audience.LEADS:
        raise CannotStart("this form is what leads answer about an action; reminders bring it")
    if survey.state != SurveyState.OPEN:
        raise CannotStart(
            f"'{survey.slug}' is not open; open it first: `survey open {survey.slug}`"
        )


def occasion_of(survey: SurveyRow) -> str:
    """What nobody is asked about twice: the present round of a survey."""
    return f"round:{survey.id}:{survey.round}"


def _still_to_ask(db: Db, occasion: str, people: Iterable[Listed]) -> int:
    """How many of these can be reached and were not asked before."""
    count_ = 0
    for batch in _in_batches(people):
        ids = {person.id for person in batch if not person.trouble}
        count_ += len(ids - _asked(db, occasion, sorted(ids)))
    return count_


def _ends_in_time(
    reached: int, begins: datetime, closes_on: date | None, calendar: Calendar, pace: Pace
) -> None:
    """Nobody is left out because the survey closed before their turn came."""
    if closes_on is None or not reached:
        return
    *_, (_, last_at) = plan_sends(range(reached), begins, pace.cap_per_hour, calendar, pace.hours)
    last = calendar.local_date(last_at)
    if last > closes_on:
        raise CannotStart(
            f"at {pace.cap_per_hour} an hour the last of {reached} people would be asked on "
            f"{last}, after the survey closes on {closes_on}; raise --cap, begin earlier, or ask "
            "fewer people"
        )


def of_key(
    db: Db,
    *,
    key: str,
    survey: SurveyRow,
    occasion: str,
    now: datetime,
    first_at: datetime,
    pace: Pace,
    kind: CampaignKind = CampaignKind.INVITATION,
    course_id: int | None = None,
    audience: str = "",
) -> Campaign:
    """The campaign of this key: the one that is there, or a new one."""
    row = {
        "key": key,
        "survey_id": survey.id,
        "round": survey.round,
        "kind": kind,
        "course_id": course_id,
        "occasion": occasion,
        "audience": audience,
        "started_at": now,
        "first_at": first_at,
        "cap_per_hour": pace.cap_per_hour,
        "remind_after": pace.remind_after if kind is CampaignKind.INVITATION else 0,
    }
    insert_new(db, Campaign, [row])
    return db.exec(select(Campaign).where(col(Campaign.key) == key)).one()


def take_in(
    db: Db,
    campaign: Campaign,
    people: Iterable[Listed],
    *,
    now: datetime,
    calendar: Calendar,
    pace: Pace,
    group_name: str = "",
    after: datetime | None = None,
) -> Started:
    """Adds people to a campaign, each with an instant of their own; who is in it stays as is.

    `after` is the instant of the last one who was added before.
    """
    assert campaign.id is not None
    begins = max(now, campaign.first_at) if after is None else after
    slots = plan_sends(count(), begins, pace.cap_per_hour, calendar, pace.hours)
    if after is not None:
        next(slots)
    taken: list[int] = []
    unreached = already = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    for batch in _in_batches(people):
        known = _asked(db, campaign.occasion, [person.id for person in batch])
        fresh = [person for person in batch if person.id not in known]
        made = [_row(campaign, person, slots) for person in fresh]
        # Another node may be asking some of them at this moment: whom it has, it has alone.
        landed = {
            row.person_id for row in insert_new(db, CampaignMember, made, CampaignMember.person_id)
        }
        fresh = [person for person in fresh if person.id in landed]
        made = [row for row in made if row["person_id"] in landed]
        already += len(batch) - len(fresh)
        taken += [person.id for person in fresh]
        unreached += sum(person.trouble not in ("", NO_THANKS) for person in fresh)
        instants = [row["send_at"] for row in made if row["state"] == MemberState.PLANNED]
        first_at = first_at or (instants[0] if instants else None)
        last_at = instants[-1] if instants else last_at
    if campaign.kind is CampaignKind.INVITATION:
        invite_each(db, campaign.survey_id, campaign.id, taken, now=now, group_name=group_name)
    return Started(campaign.id, len(taken), unreached, already, first_at, last_at)


def _in_batches(people: Iterable[Listed]) -> Iterator[list[Listed]]:
    waiting = iter(people)
    while batch := list(islice(waiting, _BATCH)):
        yield batch


def _asked(db: Db, occasion: str, people: Sequence[int]) -> set[int]:
    query = columns(CampaignMember.person_id).where(
        col(CampaignMember.occasion) == occasion, col(CampaignMember.person_id).in_(people)
    )
    return {person_id for (person_id,) in rows(db, query)}


def _row(
    campaign: Campaign, person: Listed, slots: Iterator[tuple[int, datetime]]
) -> dict[str, Any]:
    """Those who cannot be reached take no place in the queue."""
    state = MemberState.PLANNED
    if person.trouble:
        is_refusal = person.trouble == NO_THANKS
        state = MemberState.DECLINED if is_refusal else MemberState.UNREACHED
    return {
        "campaign_id": campaign.id,
        "person_id": person.id,
        "occasion": campaign.occasion,
        "state": state,
        "reason": person.trouble,
        "send_at": campaign.first_at if person.trouble else next(slots)[1],
    }


def stop(db: Db, campaign: Campaign, *, now: datetime, person_id: int | None = None) -> int:
    """Sends no more of it, reminders included; how many had not been sent to.

    They may be asked by another campaign. Links that were sent go on working.
    """
    if campaign.stopped_at is not None:
        return 0
    campaign.stopped_at = now
    db.add(campaign)
    db.flush()
    mine = col(CampaignMember.campaign_id) == campaign.id
    waiting = col(CampaignMember.state).in_([MemberState.PLANNED, MemberState.UNREACHED])
    values = {"state": MemberState.STOPPED, "occasion": literal(f"stopped:{campaign.id}")}
    stopped = db.exec(_plain(update(CampaignMember).where(mine, waiting).values(values)))
    db.exec(_plain(update(CampaignMember).where(mine).values(remind_on=None)))
    record(
        db, at=now, act="campaign stopped", subject=f"campaign {campaign.id}", person_id=person_id
    )
    return int(stopped.rowcount)


def decline(db: Db, *, person_id: int, survey_id: int | None, today: date) -> None:
    """Somebody wants no more of this survey, or (None) of any: nothing further goes to them."""
    scope = EVERY_INVITATION if survey_id is None else scope_of(survey_id)
    row = {
        "person_id": person_id,
        "scope": scope,
        "survey_id": survey_id,
        "said_on": today,
    }
    insert_new(db, NoThanks, [row])
    meant = [col(CampaignMember.person_id) == person_id]
    if survey_id is not None:
        theirs = select(Campaign.id).where(col(Campaign.survey_id) == survey_id)
        meant.append(col(CampaignMember.campaign_id).in_(theirs))
    waiting = col(CampaignMember.state).in_(
        [MemberState.PLANNED, MemberState.QUEUED, MemberState.UNREACHED]
    )
    values = {"state": MemberState.DECLINED, "reason": NO_THANKS, "remind_on": None}
    db.exec(_plain(update(CampaignMember).where(*meant, waiting).values(values)))


def welcome_back(db: Db, *, person_id: int, survey_id: int) -> None:
    """Somebody begins a survey after all: their earlier no to it is taken back."""
    if (row := db.get(NoThanks, (person_id, scope_of(survey_id)))) is not None:
        db.delete(row)


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
