"""What people are shown of an action, in a nudge or a list: a fixed number of queries for all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from reminders.deadlines import DeadlineKind
from reminders.policy import Status
from reminders.standing import DateStatus, computed_status, days_overdue
from storage.calendar import Calendar
from storage.people import Person
from storage.plans import Action, ActionChange, ActionLead, Body, Update
from storage.rows import columns, many, rows
from storage.types import EMPTY_SEALED

HANDED_OVER = "hand over"
_LOCAL = Calendar()


@dataclass(frozen=True, slots=True)
class LastWords:
    """What was last said of an action, by whom and when; never empty."""

    text: str
    on: date
    who: str
    person_id: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action as it is shown. `follows` is the text of the one that it only points to.

    `status` is what the lead said, `computed` what the dates say.
    """

    id: int
    ref: str
    plan_id: int
    text: str
    follows_ref: str
    follows: str
    outcome: str
    leads: tuple[str, ...]
    kind: DeadlineKind
    due_on: date | None
    first_due_on: date | None
    moved: int
    review_on: date | None
    snoozed_until: date | None
    status: Status
    status_on: date | None
    last_reply_on: date | None
    computed: DateStatus
    days_overdue: int
    last_words: LastWords | None
    needs_review: bool
    review_reasons: tuple[str, ...]
    position: int

    @property
    def urgency(self) -> tuple[bool, date, int, int]:
        """Sorts the most urgent first: the longest overdue, then the nearest; doubts last."""
        dated = self.kind in (DeadlineKind.DATE, DeadlineKind.NONE) and self.due_on is not None
        day = self.due_on if dated and self.due_on else date.max
        return self.needs_review, day, self.plan_id, self.position


def status_of(text: str) -> Status:
    """The status that a row holds; one of an unknown name is for a person to settle."""
    try:
        return Status(text)
    except ValueError:
        return Status.NEEDS_REVIEW


def kind_of(text: str) -> DeadlineKind:
    """The kind of deadline that a row holds."""
    try:
        return DeadlineKind(text)
    except ValueError:
        return DeadlineKind.NONE


def views(db: Session, action_ids: Iterable[int], *, today: date) -> dict[int, ActionView]:
    """These actions as people are shown them, by id, in the order of their plans."""
    ids = sorted(set(action_ids))
    found = db.exec(_actions(), params={"ids": ids}).all()
    pointing = [action.id for action in found if action.follows_ref]
    leads, follows = _leads(db, ids), dict(rows(db, _followed(), ids=pointing)) if pointing else {}
    moved, words = dict(rows(db, _moves(), ids=ids)), _last_words(db, ids)
    return {
        action.id: _view(
            action,
            leads=leads.get(action.id, ()),
            follows=follows.get(action.id, ""),
            moved=moved.get(action.id, 0),
            words=words.get(action.id),
            today=today,
        )
        for action in found
        if action.id is not None
    }


def _view(
    action: Action,
    *,
    leads: tuple[str, ...],
    follows: str,
    moved: int,
    words: LastWords | None,
    today: date,
) -> ActionView:
    status, kind = status_of(action.status), kind_of(action.deadline_kind)
    computed = computed_status(action.due_on, kind, status, today=today)
    return ActionView(
        id=action.id or 0,
        ref=action.ref,
        plan_id=action.plan_id,
        text=action.text,
        follows_ref=action.follows_ref,
        follows=follows,
        outcome=action.outcome,
        leads=leads,
        kind=kind,
        due_on=action.due_on,
        first_due_on=action.first_due_on,
        moved=moved,
        review_on=action.review_on,
        snoozed_until=action.snoozed_until,
        status=status,
        status_on=_LOCAL.local_date(action.status_at) if action.status_at else None,
        last_reply_on=action.last_reply_on,
        computed=computed,
        days_overdue=days_overdue(action.due_on, computed, today=today),
        last_words=words,
        needs_review=action.needs_review,
        review_reasons=tuple(action.review_reasons),
        position=action.position,
    )


def _leads(db: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """By name in printed order; as printed where nobody knows them."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for action_id, name in rows(db, _names(), ids=ids):
        if name:
            found[action_id][name] = None
    return {action_id: tuple(names) for action_id, names in found.items()}


def _last_words(db: Session, ids: Sequence[int]) -> dict[int, LastWords]:
    """The newest words that stand: not those corrected since, nor a bare "nothing new"."""
    return {
        action_id: LastWords(note, _LOCAL.local_date(at), who or "", person_id, status_of(status))
        for action_id, note, at, who, person_id, status in rows(db, _words(), ids=ids)
    }


# the queries, each made once: to make one takes longer than to ask it


@lru_cache(maxsize=1)
def _actions() -> SelectOfScalar[Action]:
    return (
        select(Action)
        .where(col(Action.id).in_(many("ids")))
        .order_by(col(Action.plan_id), col(Action.position), col(Action.id))
    )


@lru_cache(maxsize=1)
def _names() -> Select[Any]:
    return (
        columns(
            col(ActionLead.action_id),
            func.coalesce(col(Body.name), col(Person.name), col(ActionLead.printed)),
        )
        .select_from(ActionLead)
        .outerjoin(Body, col(Body.id) == col(ActionLead.body_id))
        .outerjoin(Person, col(Person.id) == col(ActionLead.person_id))
        .where(col(ActionLead.action_id).in_(many("ids")))
        .order_by(col(ActionLead.action_id), col(ActionLead.position))
    )


@lru_cache(maxsize=1)
def _followed() -> Select[Any]:
    earlier = aliased(Action)
    return (
        columns(col(Action.id), col(earlier.text))
        .join(earlier, col(earlier.plan_id) == col(Action.plan_id))
        .where(
            col(Action.id).in_(many("ids")),
            col(Action.follows_ref) != "",
            col(earlier.ref) == col(Action.follows_ref),
        )
    )


@lru_cache(maxsize=1)
def _moves() -> Select[Any]:
    return (
        columns(col(ActionChange.action_id), func.count())
        .where(
            col(ActionChange.action_id).in_(many("ids")),
            col(ActionChange.field) == "due_on",
            col(ActionChange.before) != "",
        )
        .group_by(col(ActionChange.action_id))
    )


@lru_cache(maxsize=1)
def _words() -> Select[Any]:
    corrected = select(Update.corrects_id).where(col(Update.corrects_id).is_not(None))
    newest = (
        columns(func.max(col(Update.id)))
        .where(
            col(Update.action_id).in_(many("ids")),
            func.length(col(Update.note)) > EMPTY_SEALED,
            col(Update.how) != HANDED_OVER,
            col(Update.id).not_in(corrected),
        )
        .group_by(col(Update.action_id))
    )
    return (
        columns(
            col(Update.action_id),
            col(Update.note),
            col(Update.at),
            col(Person.name),
            col(Update.person_id),
            col(Update.status),
        )
        .select_from(Update)
        .outerjoin(Person, col(Person.id) == col(Update.person_id))
        .where(col(Update.id).in_(newest))
    )
