"""Campaigns and their members, courses and their places, and who asked not to be invited.

No row here points to a session or an answer. Whether an invitation was used stands in `Invite`
alone, which names no person: its token is derived when it is needed (surveys/invitations.py).
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import OneOf, UtcDateTime


class CampaignKind(StrEnum):
    """What its members get: an invitation to a survey, or a note to those who missed a course."""

    INVITATION = "invitation"
    NOTE = "note"


class MemberState(StrEnum):
    """How far a member's message has come; `unreached` goes on when they can be reached."""

    PLANNED = "planned"
    QUEUED = "queued"
    UNREACHED = "unreached"
    DECLINED = "declined"
    STOPPED = "stopped"


class Campaign(SQLModel, table=True):
    """One survey sent to chosen people, spread over time. `key` makes a campaign start once.

    `occasion` is what a person is asked about once only: a round of a survey, or a course.
    `asked` and `began` are what is left when its members are deleted: how many there were.
    """

    __tablename__ = "campaign"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=96)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    round: int = 1
    kind: CampaignKind = Field(default=CampaignKind.INVITATION, sa_type=OneOf(CampaignKind))
    course_id: int | None = Field(default=None, foreign_key="course.id", index=True)
    occasion: str = Field(max_length=64)
    audience: str = ""
    started_at: datetime = Field(sa_type=UtcDateTime)
    first_at: datetime = Field(sa_type=UtcDateTime)
    cap_per_hour: int
    remind_after: int = 0
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked: int | None = None
    began: int | None = None


class CampaignMember(SQLModel, table=True):
    """One person of a campaign. `reminded_at` is set for everybody whose reminder day has passed,

    reminded or not, so that it does not say who answered.
    """

    __tablename__ = "campaign_member"
    __table_args__ = (
        UniqueConstraint("occasion", "person_id"),
        Index("ix_campaign_member_due", "state", "send_at"),
        Index("ix_campaign_member_remind", "remind_on"),
    )

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    occasion: str = Field(max_length=64)
    state: MemberState = Field(default=MemberState.PLANNED, sa_type=OneOf(MemberState))
    reason: str = Field(default="", max_length=24)
    send_at: datetime = Field(sa_type=UtcDateTime)
    queued_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    remind_on: date | None = None
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class NoThanks(SQLModel, table=True):
    """Somebody who does not want to be invited: to one survey, or to any (`survey_id` None)."""

    __tablename__ = "no_thanks"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    scope: str = Field(primary_key=True, max_length=24)
    survey_id: int | None = Field(default=None, foreign_key="survey.id")
    said_on: date


class Course(SQLModel, table=True):
    """A course whose delegates are asked afterwards, and again some months later."""

    __tablename__ = "course"
    __table_args__ = (UniqueConstraint("name", "held_on"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    held_on: date
    evaluation_id: int = Field(foreign_key="survey.id")
    missed_id: int | None = Field(default=None, foreign_key="survey.id")
    added_at: datetime = Field(sa_type=UtcDateTime)


class CoursePlace(SQLModel, table=True):
    """A place on a course. `brought`: the list made this person known to us, and nothing else."""

    __tablename__ = "course_place"

    course_id: int = Field(foreign_key="course.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    attended: bool
    brought: bool = False


class SendingBatch(SQLModel, table=True):
    """How many messages of campaigns were queued at once: the cap per hour counts these."""

    __tablename__ = "sending_batch"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    count: int
