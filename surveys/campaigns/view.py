"""How a campaign stands: sent, waiting, not reached and why. Never who answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, func, literal
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.invitations import Campaign, CampaignMember, MemberState
from storage.mail import Outbox
from storage.people import Person
from storage.rows import columns, rows
from storage.surveys import Invite, Survey, SurveyState
from surveys.campaigns.sending import INVITED

_FAILED = ("gone", "fault", "gave_up")


@dataclass(frozen=True, slots=True)
class Missed:
    """One person who did not get it, and why."""

    name: str
    email: str
    reason: str


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign in figures. `used` counts invitations used; it says nothing of any one person.

    `is_over` where its round is closed: who is still planned then will not be asked.
    """

    id: int
    kind: str
    round: int
    audience: str
    started_at: datetime
    first_at: datetime
    last_at: datetime | None
    stopped_at: datetime | None
    remind_on: date | None
    members: int
    planned: int
    waiting: int
    delivered: int
    lapsed: int
    declined: int
    stopped: int
    used: int
    missed_total: int
    is_over: bool
    missed: tuple[Missed, ...] = ()


def of_survey(db: Db, survey_id: int) -> list[Campaign]:
    """The campaigns of a survey, the newest first."""
    query = (
        select(Campaign)
        .where(col(Campaign.survey_id) == survey_id)
        .order_by(col(Campaign.id).desc())
    )
    return list(db.exec(query))


def view(db: Db, campaign: Campaign, *, shown: int = 50) -> CampaignView:
    """All that may be known of a campaign; of those not reached at most `shown` by name."""
    assert campaign.id is not None
    states = _states(db, campaign.id)
    sent = _outcomes(db, campaign.id)
    failed = sum(count for outcome, count in sent.items() if outcome in _FAILED)
    last_at, remind_on = _dates(db, campaign.id)
    return CampaignView(
        id=campaign.id,
        kind=campaign.kind,
        round=campaign.round,
        audience=campaign.audience,
        started_at=campaign.started_at,
        first_at=campaign.first_at,
        last_at=last_at,
        stopped_at=campaign.stopped_at,
        remind_on=remind_on,
        members=sum(states.values()) if campaign.asked is None else campaign.asked,
        planned=states.get(MemberState.PLANNED, 0),
        waiting=sent.get("", 0),
        delivered=sent.get("sent", 0),
        lapsed=sent.get("lapsed", 0),
        declined=states.get(MemberState.DECLINED, 0),
        stopped=states.get(MemberState.STOPPED, 0),
        used=_used(db, campaign.id) if campaign.began is None else campaign.began,
        missed_total=states.get(MemberState.UNREACHED, 0) + failed,
        is_over=_is_over(db, campaign),
        missed=_missed(db, campaign.id, shown),
    )


def _is_over(db: Db, campaign: Campaign) -> bool:
    survey = db.get(Survey, campaign.survey_id)
    return survey is None or survey.state != SurveyState.OPEN or survey.round != campaign.round


def _states(db: Db, campaign_id: int) -> dict[str, int]:
    query = (
        columns(CampaignMember.state, func.count())
        .where(col(CampaignMember.campaign_id) == campaign_id)
        .group_by(col(CampaignMember.state))
    )
    return dict(map(tuple, rows(db, query)))


def _message_of(campaign_id: int) -> Any:
    """The outbox's key of a member's message, as SQL."""
    return literal(f"{INVITED}:{campaign_id}:") + cast(col(CampaignMember.person_id), String)


def _outcomes(db: Db, campaign_id: int) -> dict[str, int]:
    query = (
        columns(Outbox.outcome, func.count())
        .join(CampaignMember, col(Outbox.dedupe_key) == _message_of(campaign_id))
        .where(col(CampaignMember.campaign_id) == campaign_id)
        .group_by(col(Outbox.outcome))
    )
    return dict(map(tuple, rows(db, query)))


def _dates(db: Db, campaign_id: int) -> tuple[datetime | None, date | None]:
    mine = col(CampaignMember.campaign_id) == campaign_id
    going = col(CampaignMember.state).in_([MemberState.PLANNED, MemberState.QUEUED])
    last_at = db.exec(select(func.max(CampaignMember.send_at)).where(mine, going)).one()
    remind_on = db.exec(select(func.min(CampaignMember.remind_on)).where(mine)).one()
    return last_at, remind_on


def _used(db: Db, campaign_id: int) -> int:
    query = select(func.count()).where(col(Invite.campaign_id) == campaign_id, col(Invite.uses) > 0)
    return int(db.exec(query).one())


def _missed(db: Db, campaign_id: int, shown: int) -> tuple[Missed, ...]:
    """Those without an address that works, then those whose message failed."""
    mine = col(CampaignMember.campaign_id) == campaign_id
    unreached = (
        columns(Person.name, Person.email, CampaignMember.reason)
        .join(CampaignMember, col(CampaignMember.person_id) == col(Person.id))
        .where(mine, col(CampaignMember.state) == MemberState.UNREACHED)
        .order_by(col(Person.id))
        .limit(shown)
    )
    failed = (
        columns(Person.name, Person.email, Outbox.outcome)
        .join(CampaignMember, col(CampaignMember.person_id) == col(Person.id))
        .join(Outbox, col(Outbox.dedupe_key) == _message_of(campaign_id))
        .where(mine, col(Outbox.outcome).in_(_FAILED))
        .order_by(col(Person.id))
        .limit(shown)
    )
    found: Sequence[Any] = [*rows(db, unreached), *rows(db, failed)]
    return tuple(Missed(name, email or "", reason) for name, email, reason in found[:shown])
