"""What the weekly digest shows: frozen, and safe to hand to any template."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from digests.owed import Owed
from digests.period import Period
from reminders.policy import Status
from reminders.standing import Colour, DateStatus

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """The first rows of a section, and how many there are in all."""

    total: int
    rows: tuple[T, ...]

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Word:
    """The last thing somebody said of an action."""

    on: date
    who: str
    status: Status
    note: str


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action as it stands; `days` are days overdue or left, `plan` tells plans apart."""

    plan: str
    ref: str
    text: str
    leads: tuple[str, ...]
    first_due: date | None
    due: date
    days: int
    moves: int
    agreed_by: tuple[str, ...]
    reported: Status
    computed: DateStatus
    colour: Colour
    last_word: Word | None


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody said this week. `moved_from` and `moved_to` are set where a date moved.

    `corrects`: it takes the place of something that was said earlier.
    """

    plan: str
    ref: str
    text: str
    on: date
    who: str
    before: Status | None
    after: Status | None
    note: str
    moved_from: date | None = None
    moved_to: date | None = None
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody who was asked and has not replied."""

    plan: str
    ref: str
    text: str
    who: str
    asked: int
    last_asked: date
    due: date | None


class Waiting(StrEnum):
    """What sort of decision is waited for; also the key of its words."""

    BLOCKED = "blocked"
    DATE = "date"
    ESCALATION = "escalation"
    COMPLETION = "completion"


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that waits for a person."""

    plan: str
    ref: str
    text: str
    kind: Waiting
    since: date
    who: str
    detail: str
    proposed: date | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """An action that nobody leads, or that import could not settle; it nudges nobody."""

    plan: str
    ref: str
    text: str
    no_lead: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewClock:
    """Texts of young people as work of the reviewers: how many came in, and whether read in time.

    `received` and `in_time` are None where the count is too small; what waits is always shown.
    `minutes`: within which half of them had a person, None where the count is too small.
    """

    received: int | None
    in_time: int | None
    kept: bool
    waiting: int
    overdue: int
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """A survey that is open or closed this week; `people` is about how many, None when too few."""

    title: str
    audience: str
    opened: date | None
    closed: date | None
    people: int | None
    clock: ReviewClock | None


class Obstacle(StrEnum):
    """Why somebody cannot be asked; also the key of its words."""

    NO_CONTACT = "no_contact"
    NO_ADDRESS = "no_address"
    GONE = "gone"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody who leads an action and cannot be asked, and why."""

    who: str
    reason: Obstacle
    detail: str
    since: date | None
    actions: int


@dataclass(frozen=True, slots=True)
class Meeting:
    body: str
    on: date
    working_days: int


@dataclass(frozen=True, slots=True)
class ColourCount:
    """How many actions have a colour by what leads say, and once the dates are counted in."""

    colour: Colour
    reported: int
    reported_before: int | None
    computed: int
    computed_before: int | None


@dataclass(frozen=True, slots=True)
class WeeklyDigest:
    """One screen, exceptions first. Nothing in it is about an individual child.

    `unheard`: urgent texts of which alerts reached nobody in time. `emergencies`: openings of the
    review queue that no reviewer has looked at.
    """

    partnership: str
    plans: tuple[str, ...]
    period: Period
    previous: Period | None
    actions: int
    overdue: Listed[ActionLine]
    due_14: Listed[ActionLine]
    due_30: Listed[ActionLine]
    changed: Listed[Change]
    silent: Listed[Silence]
    decisions: Listed[Decision]
    doubtful: Listed[Doubt]
    surveys: tuple[SurveyLine, ...]
    outside: ReviewClock | None
    unheard: int
    emergencies: int
    owed: Listed[Owed]
    unreached: Listed[Unreached]
    meetings: Listed[Meeting]
    colours: tuple[ColourCount, ...]
