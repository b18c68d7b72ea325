"""What a campaign sends when its time has come: each invitation once, one reminder, no more.

Run it as often as you like, on as many nodes: what is queued is marked in the same transaction,
and the outbox has a unique key for each message.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, update
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.calendar import Calendar
from storage.database import insert_new
from storage.invitations import (
    Campaign,
    CampaignKind,
    CampaignMember,
    MemberState,
    SendingBatch,
)
from storage.mail import Outbox, Urgency, outbox_row
from storage.people import Contact, ContactState, Person
from storage.rows import columns, rows
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveyState
from surveys import round_rows
from surveys.campaigns.audiences import NO_ADDRESS
from surveys.campaigns.pace import SendingHours, last_day_to_remind, reminder_on
from surveys.definition import Mode
from surveys.invitations import unused
from surveys.sessions import Forms

MOST = 1000
"""So many members are dealt with in one transaction."""
INVITED, REMINDED, NOTED = "invitation", "invitation_reminder", "course_note"
_HOUR = timedelta(hours=1)
_Due = Any


@dataclass(frozen=True, slots=True)
class SendReport:
    """What one run did; `handled` is how many members it looked at (0: nothing more is due)."""

    invited: int = 0
    reminded: int = 0
    unreached: int = 0
    handled: int = 0

    def plus(self, other: "SendReport") -> "SendReport":
        return SendReport(
            self.invited + other.invited,
            self.reminded + other.reminded,
            self.unreached + other.unreached,
            self.handled + other.handled,
        )


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a run needs of its surroundings."""

    forms: Forms
    now: datetime
    calendar: Calendar
    hours: SendingHours
    cap_per_hour: int

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.now)


def run(db: Db, around: Occasion) -> SendReport:
    """Queues what is due, at most `MOST` and within the cap; nothing outside the sending hours."""
    if not around.hours.are_now(around.now, around.calendar):
        return SendReport()
    _try_again(db)
    room = min(MOST, around.cap_per_hour - sent_within(db, around.now - _HOUR))
    if room <= 0:
        return SendReport()
    reminded, considered = _remind(db, around, room)
    invited, unreached = _invite(db, around, room - reminded)
    if invited or reminded:
        db.add(SendingBatch(at=around.now, count=invited + reminded))
        db.flush()
    return SendReport(invited, reminded, unreached, considered + invited + unreached)


def sent_within(db: Db, since: datetime) -> int:
    """How many messages of campaigns were queued since then."""
    total = db.exec(select(func.sum(SendingBatch.count)).where(col(SendingBatch.at) > since)).one()
    return int(total or 0)


def invitation_key(campaign_id: int, person_id: int) -> str:
    """The outbox's key for one person's invitation."""
    return f"{INVITED}:{campaign_id}:{person_id}"


def _try_again(db: Db) -> None:
    """Those who could not be reached and now can wait their turn again."""
    reached = exists().where(
        col(Contact.person_id) == col(CampaignMember.person_id),
        col(Contact.state) == ContactState.ACTIVE,
    )
    statement = (
        update(CampaignMember)
        .where(
            col(CampaignMember.state) == MemberState.UNREACHED,
            col(CampaignMember.campaign_id).in_(_live()),
            reached,
        )
        .values(state=MemberState.PLANNED, reason="")
        .execution_options(synchronize_session=False)
    )
    db.connection().execute(statement)


def _live() -> Any:
    """Campaigns that may send: not stopped, their survey open and still in the same round."""
    return (
        columns(Campaign.id)
        .join(SurveyRow, col(SurveyRow.id) == col(Campaign.survey_id))
        .where(
            col(Campaign.stopped_at).is_(None),
            or_(
                col(Campaign.kind) == CampaignKind.NOTE,
                and_(
                    col(SurveyRow.state) == SurveyState.OPEN,
                    col(SurveyRow.round) == col(Campaign.round),
                ),
            ),
        )
    )


def _due(db: Db, *which: Any, order: Any, most: int) -> Sequence[_Due]:
    """Members to deal with, locked; those whom another node deals with are passed by."""
    if most <= 0:
        return []
    query = (
        columns(
            CampaignMember.campaign_id,
            CampaignMember.person_id,
            Campaign.survey_id,
            Campaign.kind,
            Campaign.remind_after,
        )
        .join(Campaign, col(Campaign.id) == col(CampaignMember.campaign_id))
        .join(Person, col(Person.id) == col(CampaignMember.person_id))
        .where(*which, col(CampaignMember.campaign_id).in_(_live()))
        .order_by(order, col(CampaignMember.campaign_id), col(CampaignMember.person_id))
        .limit(most)
        .with_for_update(of=CampaignMember, skip_locked=True)
    )
    return rows(db, query)


def _is_here(around: Occasion) -> Any:
    """Who is away gets it when they are back."""
    away = col(Person.away_until)
    return and_(col(Person.active), or_(away.is_(None), away < around.today))


def _invite(db: Db, around: Occasion, most: int) -> tuple[int, int]:
    due = _due(
        db,
        col(CampaignMember.state) == MemberState.PLANNED,
        col(CampaignMember.send_at) <= around.now,
        _is_here(around),
        order=col(CampaignMember.send_at),
        most=most,
    )
    contacts = _contacts(db, [member.person_id for member in due])
    ends = _ends(db, around, {member.survey_id for member in due})
    reached = [member for member in due if member.person_id in contacts]
    lost = [member for member in due if member.person_id not in contacts]
    insert_new(db, Outbox, [_message(one, contacts, ends, around) for one in reached])
    _mark(db, [_queued(one, ends, around) for one in reached])
    _mark(db, [_unreached(one) for one in lost])
    return len(reached), len(lost)


def _message(
    member: _Due, contacts: Mapping[int, int], ends: Mapping[int, date | None], around: Occasion
) -> dict[str, Any]:
    note = member.kind == CampaignKind.NOTE
    return outbox_row(
        key=invitation_key(member.campaign_id, member.person_id),
        intent=NOTED if note else INVITED,
        contact_id=contacts[member.person_id],
        now=around.now,
        params={"campaign": member.campaign_id, "person": member.person_id},
        urgency=Urgency.BROADCAST,
        lapses_at=_lapses(ends.get(member.survey_id), around),
    )


def _lapses(closes_on: date | None, around: Occasion) -> datetime | None:
    """Nothing arrives after the survey's last day."""
    if closes_on is None:
        return None
    return around.hours.on(closes_on, around.calendar)[1]


def _queued(member: _Due, ends: Mapping[int, date | None], around: Occasion) -> dict[str, Any]:
    closes_on = ends.get(member.survey_id)
    wanted = member.remind_after if member.kind == CampaignKind.INVITATION else 0
    return {
        **_place(member),
        "new_state": MemberState.QUEUED,
        "new_reason": "",
        "new_queued": around.now,
        "new_remind": reminder_on(around.today, closes_on, wanted, around.calendar),
    }


def _unreached(member: _Due) -> dict[str, Any]:
    return {
        **_place(member),
        "new_state": MemberState.UNREACHED,
        "new_reason": NO_ADDRESS,
        "new_queued": None,
        "new_remind": None,
    }


def _place(member: _Due) -> dict[str, Any]:
    return {"campaign": member.campaign_id, "person": member.person_id}


def _mark(db: Db, changes: Sequence[Mapping[str, Any]]) -> None:
    if changes:
        db.connection().execute(_marking(), list(changes))


@lru_cache(maxsize=1)
def _marking() -> Any:
    table = CampaignMember.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(
            table.c.campaign_id == bindparam("campaign"), table.c.person_id == bindparam("person")
        )
        .values(
            state=bindparam("new_state"),
            reason=bindparam("new_reason"),
            queued_at=bindparam("new_queued"),
            remind_on=bindparam("new_remind"),
        )
    )


def _contacts(db: Db, people: Sequence[int]) -> dict[int, int]:
    """Where each is reached: the first address that works."""
    query = (
        columns(Contact.person_id, func.min(Contact.id))
        .where(col(Contact.person_id).in_(people), col(Contact.state) == ContactState.ACTIVE)
        .group_by(col(Contact.person_id))
    )
    return dict(map(tuple, rows(db, query)))


def _ends(db: Db, around: Occasion, survey_ids: Iterable[int]) -> dict[int, date | None]:
    """The last day of each survey's present round."""
    found: dict[int, date | None] = {}
    for survey in db.exec(select(SurveyRow).where(col(SurveyRow.id).in_(list(survey_ids)))):
        if survey.id is not None and survey.version_id is not None:
            settings = around.forms.of(db, survey.version_id).settings
            present = round_rows.current(db, survey)
            found[survey.id] = round_rows.last_day(present, settings, around.calendar)
    return found


# the one reminder


def _remind(db: Db, around: Occasion, most: int) -> tuple[int, int]:
    """Reminds those whose day has come; how many were reminded, and how many considered."""
    due = _due(
        db,
        col(CampaignMember.remind_on) <= around.today,
        col(CampaignMember.state) == MemberState.QUEUED,
        _is_here(around),
        order=col(CampaignMember.remind_on),
        most=most,
    )
    ends = _ends(db, around, {member.survey_id for member in due})
    wanted = [one for one in _still_wanted(db, due) if _in_time(one, ends, around)]
    contacts = _contacts(db, [member.person_id for member in wanted])
    messages = [
        outbox_row(
            key=f"{REMINDED}:{member.campaign_id}:{member.person_id}",
            intent=REMINDED,
            contact_id=contacts[member.person_id],
            now=around.now,
            params={"campaign": member.campaign_id, "person": member.person_id},
            urgency=Urgency.BROADCAST,
            lapses_at=_lapses(ends.get(member.survey_id), around),
        )
        for member in wanted
        if member.person_id in contacts
    ]
    insert_new(db, Outbox, messages)
    _settle(db, due, around.now)
    return len(messages), len(due)


def _in_time(member: _Due, ends: Mapping[int, date | None], around: Occasion) -> bool:
    closes_on = ends.get(member.survey_id)
    return closes_on is None or around.today <= last_day_to_remind(closes_on, around.calendar)


def _still_wanted(db: Db, due: Sequence[_Due]) -> list[_Due]:
    """Confidential: those whose token was not used. Anonymous: everyone, and nothing is asked."""
    modes = _modes(db, {member.survey_id for member in due})
    by_campaign: dict[int, list[_Due]] = {}
    for member in due:
        by_campaign.setdefault(member.campaign_id, []).append(member)
    wanted: list[_Due] = []
    for campaign_id, members in by_campaign.items():
        if modes[members[0].survey_id] == Mode.ANONYMOUS:
            wanted += members
            continue
        open_ = set(unused(db, campaign_id, [member.person_id for member in members]))
        wanted += [member for member in members if member.person_id in open_]
    return wanted


def _modes(db: Db, survey_ids: Iterable[int]) -> dict[int, str]:
    query = columns(SurveyRow.id, SurveyRow.mode).where(col(SurveyRow.id).in_(list(survey_ids)))
    return dict(map(tuple, rows(db, query)))


def _settle(db: Db, due: Sequence[_Due], now: datetime) -> None:
    """The same for all: whether somebody was reminded does not stand in their row."""
    table = CampaignMember.__table__  # type: ignore[attr-defined]
    statement = (
        update(table)
        .where(
            table.c.campaign_id == bindparam("campaign"), table.c.person_id == bindparam("person")
        )
        .values(remind_on=None, reminded_at=bindparam("at"))
    )
    if due:
        changes = [{**_place(member), "at": now} for member in due]
        db.connection().execute(statement, changes)
