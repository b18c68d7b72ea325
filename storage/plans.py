"""The plan: priorities, actions, who leads, what was said of them, and the nudges sent."""

from datetime import date, datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import Encrypted, UtcDateTime


class Partnership(SQLModel, table=True):
    __tablename__ = "partnership"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=64)
    name: str
    short_name: str = ""
    area: str = ""


class Plan(SQLModel, table=True):
    """Known by partnership, title and period.

    `extras` keeps contacts, surveys asked for and notes as printed.
    """

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("partnership_id", "title", "period_label"),)

    id: int | None = Field(default=None, primary_key=True)
    partnership_id: int = Field(foreign_key="partnership.id")
    title: str
    period_label: str
    period_start: date | None = None
    period_end: date | None = None
    period_assumed: bool = False
    source_file: str = ""
    imported_at: datetime = Field(sa_type=UtcDateTime)
    extras: dict[str, object] = Field(default_factory=dict, sa_type=JSON)


class Body(SQLModel, table=True):
    """A subgroup, executive, team ...: one contact and a deputy; the others look on the board."""

    __tablename__ = "body"
    __table_args__ = (UniqueConstraint("partnership_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    partnership_id: int = Field(foreign_key="partnership.id")
    key: str = Field(max_length=64)
    name: str
    kind: str = Field(default="subgroup", max_length=32)
    contact_person_id: int | None = Field(default=None, foreign_key="person.id")
    deputy_person_id: int | None = Field(default=None, foreign_key="person.id")
    chair_person_id: int | None = Field(default=None, foreign_key="person.id")
    next_meeting: date | None = None
    note: str = ""
    source_lines: str = ""


class BodyMember(SQLModel, table=True):
    """Somebody of a body who is not asked about its actions, and may answer all the same."""

    __tablename__ = "body_member"

    body_id: int = Field(foreign_key="body.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)


class Priority(SQLModel, table=True):
    __tablename__ = "priority"
    __table_args__ = (UniqueConstraint("plan_id", "ref"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id")
    ref: str = Field(max_length=32)
    title: str
    lead: str = ""
    body: str = ""
    rationale: str = ""
    objective: str = ""
    source_lines: str = ""
    position: int = 0
    retired_on: date | None = None


class Action(SQLModel, table=True):
    """`status` is what the lead said; what the dates say is computed when read.

    `first_due_on` never changes once set; every move of `due_on` is an `ActionChange`.
    """

    __tablename__ = "action"
    __table_args__ = (UniqueConstraint("plan_id", "ref"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    priority_id: int | None = Field(default=None, foreign_key="priority.id")
    ref: str = Field(max_length=32)
    text: str
    outcome: str = ""
    lead_printed: str = ""
    deadline_printed: str = ""
    deadline_kind: str = Field(default="none", max_length=16)
    first_due_on: date | None = None
    due_on: date | None = None
    review_on: date | None = None
    status: str = Field(default="not_started", max_length=32)
    status_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    needs_review: bool = False
    review_reasons: list[str] = Field(default_factory=list, sa_type=JSON)
    alternatives: list[str] = Field(default_factory=list, sa_type=JSON)
    note: str = ""
    follows_ref: str = Field(default="", max_length=32)
    source_lines: str = ""
    position: int = 0
    snoozed_until: date | None = None
    last_reply_on: date | None = None
    retired_on: date | None = None
    carried_from_id: int | None = Field(default=None, foreign_key="action.id")


class ActionLead(SQLModel, table=True):
    """A lead of an action: a body of the partnership or a person (post)."""

    __tablename__ = "action_lead"
    __table_args__ = (UniqueConstraint("action_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    action_id: int = Field(foreign_key="action.id", index=True)
    position: int = 0
    body_id: int | None = Field(default=None, foreign_key="body.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    printed: str = ""


class ActionChange(SQLModel, table=True):
    """What changed in an action, when and by whom: the history behind "moved three times"."""

    __tablename__ = "action_change"

    id: int | None = Field(default=None, primary_key=True)
    action_id: int = Field(foreign_key="action.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    field: str = Field(max_length=32)
    before: str = ""
    after: str = ""
    person_id: int | None = Field(default=None, foreign_key="person.id")
    how: str = Field(default="import", max_length=32)


class Update(SQLModel, table=True):
    """What somebody said of an action; `recorded_by_id` if another wrote it down ("by phone").

    `decided_...`: who decided on the date or the completion that it asks for, and why. `help_...`:
    the answer to what it asks help with.
    """

    __tablename__ = "action_update"

    id: int | None = Field(default=None, primary_key=True)
    action_id: int = Field(foreign_key="action.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    recorded_by_id: int | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    status: str = Field(max_length=32)
    note: str = Field(default="", sa_type=Encrypted)
    evidence: str = Field(default="", sa_type=Encrypted)
    help_wanted: str = Field(default="", sa_type=Encrypted)
    proposed_due_on: date | None = None
    date_agreed_by_id: int | None = Field(default=None, foreign_key="person.id")
    date_agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    date_refused: bool = False
    how: str = Field(default="chat", max_length=32)
    corrects_id: int | None = Field(default=None, foreign_key="action_update.id")
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_why: str = Field(default="", sa_type=Encrypted)
    help_answer: str = Field(default="", sa_type=Encrypted)
    help_answered_by_id: int | None = Field(default=None, foreign_key="person.id")
    help_answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Nudge(SQLModel, table=True):
    """One question to one person about one deadline. The unique key is what makes it once."""

    __tablename__ = "nudge"
    __table_args__ = (UniqueConstraint("action_id", "due_on", "stage", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    action_id: int = Field(foreign_key="action.id", index=True)
    due_on: date
    stage: str = Field(max_length=16)
    person_id: int = Field(foreign_key="person.id", index=True)
    queued_on: date
    batch: str = Field(max_length=64, index=True)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Escalation(SQLModel, table=True):
    """A rung of the ladder: proposed by the bot, sent only when a person approved it."""

    __tablename__ = "escalation"
    __table_args__ = (UniqueConstraint("action_id", "due_on", "step"),)

    id: int | None = Field(default=None, primary_key=True)
    action_id: int = Field(foreign_key="action.id", index=True)
    due_on: date
    step: str = Field(max_length=32)
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    needs_approval: bool = True
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved: bool | None = None
    decided_why: str = Field(default="", sa_type=Encrypted)


class Indicator(SQLModel, table=True):
    """A measure with a wanted direction.

    Printed figures stay as printed; computed ones stand beside them. What was read since stands in
    `IndicatorReading`. `keeper_id`: who enters readings, beside managers and chairs.
    """

    __tablename__ = "indicator"
    __table_args__ = (UniqueConstraint("plan_id", "ref"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    priority_ref: str = Field(default="", max_length=32)
    ref: str = Field(max_length=32)
    text: str
    direction: str = Field(default="none", max_length=16)
    status: str = Field(default="measure", max_length=16)
    figures: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    flag: str = ""
    note: str = ""
    source_lines: str = ""
    position: int = 0
    retired_on: date | None = None
    unit: str = Field(default="", max_length=32)
    baseline: float | None = None
    baseline_on: date | None = None
    target: float | None = None
    target_on: date | None = None
    keeper_id: int | None = Field(default=None, foreign_key="person.id")


class IndicatorReading(SQLModel, table=True):
    """What a measure stood at on a day: append-only; a correction names the one that it replaces.

    `value` as entered; where `part` and `whole` are given it can be computed as well, and both are
    shown. `people`: of how many single people it speaks, None where of none; small ones are hidden.
    """

    __tablename__ = "indicator_reading"

    id: int | None = Field(default=None, primary_key=True)
    indicator_id: int = Field(foreign_key="indicator.id", index=True)
    on: date
    value: float | None = None
    part: float | None = None
    whole: float | None = None
    people: int | None = None
    narrative: str = ""
    quality: str = Field(default="", max_length=200)
    how: str = Field(default="chat", max_length=16)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by_id: int | None = Field(default=None, foreign_key="person.id")
    corrects_id: int | None = Field(default=None, foreign_key="indicator_reading.id")


class Cycle(SQLModel, table=True):
    """What the partnership does at an interval: meetings, scorecards, reports."""

    __tablename__ = "cycle"

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    name: str
    frequency: str = ""
    body: str = ""
    source_lines: str = ""
    position: int = 0
