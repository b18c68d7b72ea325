"""Which nudge an action deserves, and when; which colour it has. Pure: facts in, plans out.

`plan` says everything that would be sent, `ripe` picks what is due now, and `why_not` explains
every silence. Nothing here knows what was sent already: the unique key of a nudge sees to that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from reminders.deadlines import DeadlineKind
from storage.calendar import Calendar, add_months, quarter_end

UNANSWERED_LIMIT = 3
REVIEW_LEAD = 10  # working days between a review and the meeting it is for
FAR_OFF = 3  # months; a deadline further away is asked about quarterly

Key = int | str


class Status(StrEnum):
    """How an action stands, as its lead reports it."""

    NOT_STARTED = "not_started"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    WAITING = "waiting"
    COMPLETE_AWAITING_EVIDENCE = "complete_awaiting_evidence"
    COMPLETE = "complete"
    EMBEDDED = "embedded"
    SUPERSEDED = "superseded"
    NEEDS_REVIEW = "needs_review"


FINISHED = frozenset({Status.COMPLETE, Status.EMBEDDED, Status.SUPERSEDED})
# What a lead calls complete is with the chair; to ask the lead again would be to nag.
ANSWERED_FOR = FINISHED | {Status.COMPLETE_AWAITING_EVIDENCE}


class Reach(StrEnum):
    """Whether the recipient can be sent anything."""

    OK = "ok"
    NO_ADDRESS = "no_address"
    GONE = "gone"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What the policy needs to know of one action and one of its leads.

    `unanswered` counts the nudges sent to this lead since the last reply of any lead.
    `review_on` is the stored day of the next quarterly review (see `review_date`). `quiet_until`
    and `asked_on` (days of the week, from Monday as 0; none: any) are what this person chose.
    """

    action: Key
    ref: str
    recipient: Key | None
    due_on: date | None = None
    kind: DeadlineKind = DeadlineKind.DATE
    status: Status = Status.NOT_STARTED
    needs_review: bool = False
    retired: bool = False
    reach: Reach = Reach.OK
    snoozed_until: date | None = None
    last_reply_on: date | None = None
    last_asked_on: date | None = None
    unanswered: int = 0
    review_on: date | None = None
    quiet_until: date | None = None
    asked_on: frozenset[int] = frozenset()

    @property
    def deadline(self) -> date | None:
        """The day the action can be late for; 'ongoing' and the like have none."""
        dated = self.kind in (DeadlineKind.DATE, DeadlineKind.NONE)  # none printed, one agreed
        return self.due_on if dated else None


@dataclass(frozen=True, slots=True)
class Before:
    """So many days before the deadline."""

    days: int

    def __str__(self) -> str:
        return f"{self.days}d"


@dataclass(frozen=True, slots=True)
class OnTheDay:
    """On the deadline itself."""

    def __str__(self) -> str:
        return "0d"


@dataclass(frozen=True, slots=True)
class Weekly:
    """So many weeks after the deadline."""

    number: int

    def __str__(self) -> str:
        return f"+{self.number}w"


@dataclass(frozen=True, slots=True)
class Review:
    """The quarterly question about an action whose deadline is far off or missing."""

    def __str__(self) -> str:
        return "review"


@dataclass(frozen=True, slots=True)
class AfterSnooze:
    """The question that a lead asked to be asked later."""

    def __str__(self) -> str:
        return "snooze"


Stage = Before | OnTheDay | Weekly | Review | AfterSnooze


def usual_stages(before: Iterable[int] = (30, 14, 3), weeks: int = 52) -> tuple[Stage, ...]:
    """Stages from the days before a deadline to the last weekly question after it."""
    earlier = tuple(Before(days) for days in sorted(set(before), reverse=True) if days > 0)
    return (*earlier, OnTheDay(), *(Weekly(number) for number in range(1, weeks + 1)))


DEFAULT_STAGES = usual_stages()


@dataclass(frozen=True, slots=True)
class PlannedNudge:
    """One question to one person; `key` is what makes it once, `send_on` a working day."""

    action: Key
    due_on: date
    stage: Stage
    recipient: Key
    send_on: date

    @property
    def key(self) -> tuple[Key, date, str, Key]:
        return self.action, self.due_on, str(self.stage), self.recipient


def plan(
    action: ActionFacts,
    stages: Iterable[Stage],
    calendar: Calendar,
    *,
    until: date | None = None,
) -> tuple[PlannedNudge, ...]:
    """The nudges that an action still deserves, earliest first; none where `barred` says why.

    A reply answers everything up to its own day. A snooze silences everything until its day and
    asks then. `until` leaves out what comes later, for a round over many actions.
    """
    if barred(action) is not None or action.recipient is None:
        return ()
    planned = (
        PlannedNudge(action.action, due_on, stage, action.recipient, send_on)
        for due_on, stage, send_on in _moments(action, stages, calendar, until or date.max)
        if until is None or send_on <= until
    )
    return tuple(nudge for nudge in planned if _still_to_ask(action, nudge))


def _still_to_ask(action: ActionFacts, nudge: PlannedNudge) -> bool:
    if action.last_reply_on is not None and nudge.send_on <= action.last_reply_on:
        return False
    asleep = action.snoozed_until is not None and nudge.send_on < action.snoozed_until
    return isinstance(nudge.stage, AfterSnooze) or not asleep


Moment = tuple[date, Stage, date]


def _moments(
    action: ActionFacts, stages: Iterable[Stage], calendar: Calendar, until: date
) -> Iterator[Moment]:
    moments = list(_deadline_moments(action.deadline, stages, calendar, until))
    if action.review_on is not None and is_reviewed(action, action.review_on):
        on = action.review_on
        moments.append((on, Review(), calendar.working_day_before(on)))
    if action.snoozed_until is not None:
        on = action.snoozed_until
        moments.append((on, AfterSnooze(), calendar.working_day_after(on)))
    return iter(sorted(moments, key=lambda moment: moment[2]))  # stable: stages keep their order


def _deadline_moments(
    due_on: date | None, stages: Iterable[Stage], calendar: Calendar, until: date
) -> Iterator[Moment]:
    if due_on is None:
        return
    weeks_late = (until - due_on).days // 7
    for stage in stages:
        match stage:
            case Before(days):
                yield due_on, stage, calendar.working_day_before(due_on - timedelta(days=days))
            case OnTheDay():
                yield due_on, stage, calendar.working_day_before(due_on)
            case Weekly(number) if number <= weeks_late:
                yield due_on, stage, calendar.working_day_after(due_on + timedelta(weeks=number))
            case _:
                continue  # too late to matter, or a review or snooze, which have their own days


def ripe(planned: Iterable[PlannedNudge], today: date) -> PlannedNudge | None:
    """The newest nudge whose day has come: after a week's silence one message goes, not five."""
    newest: PlannedNudge | None = None
    for nudge in planned:
        if nudge.send_on <= today and (newest is None or nudge.send_on >= newest.send_on):
            newest = nudge  # of two for one day the later stage, which comes later in a plan
    return newest


# -- reviews


def is_reviewed(action: ActionFacts, on: date) -> bool:
    """Whether on a day the quarterly review asks about an action, and not its deadline."""
    return action.deadline is None or action.deadline > add_months(on, FAR_OFF)


class ReviewBasis(StrEnum):
    """What a review date was counted from; `QUARTER_END` is the default where no meeting is set."""

    MEETING = "meeting"
    QUARTER_END = "quarter_end"


@dataclass(frozen=True, slots=True)
class ReviewDate:
    """A day to ask about an undated action, and why that day."""

    on: date
    basis: ReviewBasis


def review_date(since: date, *, next_meeting: date | None, calendar: Calendar) -> ReviewDate:
    """The first review day on or after `since`: ten working days before the body meets.

    Without a meeting, or with one too near to be prepared for or more than a quarter away, the
    quarter's end stands in. After a review pass the day after it, or the same one comes back.
    """
    earliest = since
    if next_meeting is not None:
        on = calendar.add_working_days(next_meeting, -REVIEW_LEAD)
        if since <= on <= add_months(since, FAR_OFF + 1):
            return ReviewDate(on, ReviewBasis.MEETING)
        if on < since:
            earliest = max(since, next_meeting)
    end = quarter_end(since)
    on = calendar.add_working_days(end, -REVIEW_LEAD)
    while on < earliest:
        end = quarter_end(end + timedelta(days=1))
        on = calendar.add_working_days(end, -REVIEW_LEAD)
    return ReviewDate(on, ReviewBasis.QUARTER_END)


# -- silence, explained


class Silence(StrEnum):
    """Why an action gets no nudge; also the key of its words."""

    RETIRED = "retired"
    NEEDS_REVIEW = "needs_review"
    FINISHED = "finished"
    NO_LEAD = "no_lead"
    UNREACHABLE = "unreachable"
    PERSON_TAKES_OVER = "person_takes_over"
    SNOOZED = "snoozed"
    REPLIED = "replied"
    ALREADY_ASKED = "already_asked"
    NOT_YET = "not_yet"
    CLOSED_TODAY = "closed_today"
    QUIET = "quiet"
    NOT_THEIR_DAY = "not_their_day"
    NO_REVIEW_DATE = "no_review_date"
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, slots=True)
class Reason:
    """A silence and what its words need: dates, the stage, the status or the reach."""

    key: Silence
    params: Mapping[str, date | int | str] = field(default_factory=dict)


def barred(action: ActionFacts) -> Reason | None:
    """What silences an action whatever the day is."""
    if action.retired:
        return Reason(Silence.RETIRED)
    if action.needs_review or action.status is Status.NEEDS_REVIEW:
        return Reason(Silence.NEEDS_REVIEW)
    if action.status in ANSWERED_FOR:
        return Reason(Silence.FINISHED, {"status": str(action.status)})
    if action.recipient is None:
        return Reason(Silence.NO_LEAD)
    if action.reach is not Reach.OK:
        return Reason(Silence.UNREACHABLE, {"reach": str(action.reach)})
    if action.unanswered >= UNANSWERED_LIMIT:
        return Reason(Silence.PERSON_TAKES_OVER, {"unanswered": action.unanswered})
    return None


def why_not(
    action: ActionFacts,
    today: date,
    *,
    calendar: Calendar,
    stages: Iterable[Stage] = DEFAULT_STAGES,
) -> Reason | None:
    """Why nothing goes out about an action today; None when something does."""
    reason = barred(action)
    if reason is not None:
        return reason
    if action.snoozed_until is not None and today < action.snoozed_until:
        return Reason(Silence.SNOOZED, {"until": action.snoozed_until})
    if action.quiet_until is not None and today < action.quiet_until:
        return Reason(Silence.QUIET, {"until": action.quiet_until})
    planned = plan(action, stages, calendar)
    coming = _coming(planned, today)
    newest = ripe(planned, today)
    if newest is None:
        return _nothing_ripe(action, today, coming)
    if action.last_asked_on is not None and action.last_asked_on >= newest.send_on:
        return Reason(Silence.ALREADY_ASKED, {"on": action.last_asked_on} | coming)
    if not calendar.is_working_day(today):
        return Reason(Silence.CLOSED_TODAY, {"next": calendar.working_day_after(today)})
    return chosen_silence(action, today)


def chosen_silence(action: ActionFacts, today: date) -> Reason | None:
    """Whether the person themselves asked not to be asked on this day; it comes later then."""
    if action.quiet_until is not None and today < action.quiet_until:
        return Reason(Silence.QUIET, {"until": action.quiet_until})
    if action.asked_on and today.weekday() not in action.asked_on:
        ahead = min((day - today.weekday()) % 7 for day in action.asked_on)
        return Reason(Silence.NOT_THEIR_DAY, {"next": today + timedelta(days=ahead)})
    return None


def _coming(planned: Iterable[PlannedNudge], today: date) -> dict[str, date | int | str]:
    upcoming = next((nudge for nudge in planned if nudge.send_on > today), None)
    return {"next": upcoming.send_on, "stage": str(upcoming.stage)} if upcoming else {}


def _nothing_ripe(
    action: ActionFacts, today: date, coming: Mapping[str, date | int | str]
) -> Reason:
    if action.deadline is None and action.review_on is None:
        return Reason(Silence.NO_REVIEW_DATE)
    if action.last_reply_on is not None and action.last_reply_on <= today:
        return Reason(Silence.REPLIED, {"on": action.last_reply_on, **coming})
    return Reason(Silence.NOT_YET, coming) if coming else Reason(Silence.NOTHING_LEFT)
