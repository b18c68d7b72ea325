"""What the policy needs to know of every open action and everybody who is asked about it.

Read with a fixed number of queries, however many actions there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal
from sqlmodel import Session, col, select

from reminders.action_views import kind_of, status_of
from reminders.handing_over import waiting_hand_overs
from reminders.policy import FINISHED, ActionFacts, Reach, is_reviewed, review_date
from reminders.recipients import Recipient, not_carried, open_actions, recipients
from reminders.wishes import NONE, Wishes, wishes
from storage.calendar import Calendar
from storage.mail import Outbox
from storage.plans import Action, Nudge
from storage.rows import columns, rows

# A question of a review waits this long for its message to be delivered and answered.
REVIEW_STAYS = timedelta(days=7)
_UNDER_WAY = ("", "sent")


@dataclass(frozen=True, slots=True)
class Asked:
    """One action and one of those who are asked about it; `recipient` is None without a lead.

    `hands_over`: they said that it is not theirs, and the manager has not settled it.
    """

    facts: ActionFacts
    recipient: Recipient | None
    hands_over: bool
    stored_review_on: date | None

    @property
    def action_id(self) -> int:
        return int(self.facts.action)

    @property
    def person_id(self) -> int | None:
        return self.recipient.person_id if self.recipient is not None else None


@dataclass(frozen=True, slots=True)
class _Asking:
    """What was asked of one person about one action."""

    last_on: date
    unanswered: int


def gather(
    db: Session, *, today: date, calendar: Calendar, closed_too: bool = False
) -> tuple[Asked, ...]:
    """Every open action with everybody who is asked, in the order of the plans.

    `closed_too` adds finished and retired ones, for those who want to know why nothing is asked.
    Missing and past review dates are filled in; they differ from what is stored until a round has
    written them.
    """
    found = rows(db, _actions(closed_too))
    book = _Book(
        recipients=recipients(db, today=today),
        asked=_asked(db),
        hand_overs=waiting_hand_overs(db),
        wishes=wishes(db),
        review_days={},
    )
    return tuple(one for row in found for one in _of_action(row, book, today, calendar))


@dataclass(frozen=True, slots=True)
class _Book:
    recipients: Mapping[int, tuple[Recipient, ...]]
    asked: Mapping[tuple[int, int], _Asking]
    hand_overs: set[tuple[int, int]]
    wishes: Mapping[int, Wishes]
    review_days: dict[tuple[date | None, date], date]

    def review_day(self, meets_on: date | None, since: date, calendar: Calendar) -> date:
        """Of a few bodies and one day, for thousands of actions."""
        key = (meets_on, since)
        if key not in self.review_days:
            found = review_date(since, next_meeting=meets_on, calendar=calendar)
            self.review_days[key] = found.on
        return self.review_days[key]


def _actions(closed_too: bool) -> Select[Any]:
    where: tuple[ColumnElement[bool], ...] = (not_carried(),) if closed_too else open_actions()
    return (
        columns(
            col(Action.id),
            col(Action.ref),
            col(Action.due_on),
            col(Action.deadline_kind),
            col(Action.status),
            col(Action.needs_review),
            col(Action.retired_on),
            col(Action.snoozed_until),
            col(Action.last_reply_on),
            col(Action.review_on),
        )
        .where(*where)
        .order_by(col(Action.plan_id), col(Action.position), col(Action.id))
    )


def unanswered() -> tuple[ColumnElement[bool], ...]:
    """Nudges that wait for an answer. One that never reached anybody is nobody's silence."""
    lost = select(Outbox.dedupe_key).where(
        col(Outbox.intent) == "nudges", col(Outbox.outcome).not_in(_UNDER_WAY)
    )
    return (
        col(Nudge.answered_at).is_(None),
        (literal("nudges:") + col(Nudge.batch)).not_in(lost),
    )


def _asked(db: Session) -> dict[tuple[int, int], _Asking]:
    """By action and person, for open actions."""
    waiting, reached = unanswered()
    counted = func.sum(case((waiting & reached, 1), else_=0))
    query = (
        columns(col(Nudge.action_id), col(Nudge.person_id), func.max(col(Nudge.queued_on)), counted)
        .join(Action, col(Action.id) == col(Nudge.action_id))
        .where(*open_actions())
        .group_by(col(Nudge.action_id), col(Nudge.person_id))
    )
    return {
        (action_id, person_id): _Asking(last_on, int(count))
        for action_id, person_id, last_on, count in rows(db, query)
    }


def _of_action(row: Row[Any], book: _Book, today: date, calendar: Calendar) -> Iterator[Asked]:
    facts = _facts(row)
    found = book.recipients.get(row.id, ())
    settled = facts.retired or facts.needs_review or facts.status in FINISHED
    if not settled and is_reviewed(facts, today):
        facts = _with_review(facts, found, book, today, calendar)
    if not found:
        yield Asked(facts, None, False, row.review_on)
    for recipient in found:
        yield _for_recipient(facts, recipient, book, row.review_on)


def _facts(row: Row[Any]) -> ActionFacts:
    return ActionFacts(
        action=row.id,
        ref=row.ref,
        recipient=None,
        due_on=row.due_on,
        kind=kind_of(row.deadline_kind),
        status=status_of(row.status),
        needs_review=row.needs_review,
        retired=row.retired_on is not None,
        snoozed_until=row.snoozed_until,
        last_reply_on=row.last_reply_on,
        review_on=row.review_on,
    )


def _for_recipient(
    facts: ActionFacts, recipient: Recipient, book: _Book, stored_review_on: date | None
) -> Asked:
    person_id = recipient.person_id
    if person_id is None:  # a body that names nobody: there is a lead, but no way to reach it
        facts = replace(facts, recipient=f"body:{recipient.body_id}", reach=Reach.NO_ADDRESS)
        return Asked(facts, recipient, False, stored_review_on)
    key = (recipient.action_id, person_id)
    asking, chosen = book.asked.get(key), book.wishes.get(person_id, NONE)
    facts = replace(
        facts,
        recipient=person_id,
        reach=recipient.reach,
        last_asked_on=asking.last_on if asking else None,
        unanswered=asking.unanswered if asking else 0,
        quiet_until=chosen.quiet_until,
        asked_on=chosen.days,
    )
    return Asked(facts, recipient, key in book.hand_overs, stored_review_on)


def _with_review(
    facts: ActionFacts,
    found: Sequence[Recipient],
    book: _Book,
    today: date,
    calendar: Calendar,
) -> ActionFacts:
    """The review date, moved on once the last one was asked or answered and is some days past."""
    if facts.review_on is not None:
        past = today > facts.review_on + REVIEW_STAYS
        if not past or not _was_reviewed(facts, found, book, calendar):
            return facts
    meets_on = next((one.meets_on for one in found if one.meets_on is not None), None)
    return replace(facts, review_on=book.review_day(meets_on, today, calendar))


def _was_reviewed(
    facts: ActionFacts, found: Sequence[Recipient], book: _Book, calendar: Calendar
) -> bool:
    assert facts.review_on is not None
    sent_on = calendar.working_day_before(facts.review_on)
    keys = [(one.action_id, one.person_id) for one in found if one.person_id is not None]
    asked = [book.asked[key].last_on for key in keys if key in book.asked]
    replied = [facts.last_reply_on] if facts.last_reply_on is not None else []
    return any(day >= sent_on for day in [*asked, *replied])
