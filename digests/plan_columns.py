"""What is worked out of an action, said in SQL: so that thousands are filtered where they are.

The same rules as `reminders.standing`; a test holds the two against each other.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, literal, or_, true
from sqlmodel import col, select

from reminders.deadlines import DeadlineKind
from reminders.policy import FINISHED, Status
from reminders.recipients import spoken_for_by
from reminders.standing import Colour, reported_colour
from storage.people import Person
from storage.plans import Action, ActionLead, Body

_KNOWN = [status.value for status in Status]
_FINISHED = [status.value for status in FINISHED]
_UNDATED = [
    kind.value
    for kind in (
        DeadlineKind.ONGOING,
        DeadlineKind.RECURRING,
        DeadlineKind.CONDITIONAL,
        DeadlineKind.MULTIPLE,
        DeadlineKind.UNREADABLE,
    )
]
_NOT_WELL = [status.value for status in (Status.AT_RISK, Status.OFF_TRACK, Status.WAITING)]
MOST_WORDS = 8
_ASK_FOR_A_LOOK = (Colour.RED.value, Colour.AMBER.value)


@dataclass(frozen=True, slots=True)
class Scope:
    """What of all plans somebody sees: everything; else what they speak for, and exceptions."""

    person_id: int
    everything: bool = False
    exceptions: bool = False


def has_date() -> ColumnElement[bool]:
    """It has a day, and one that counts: 'ongoing' is never late."""
    return and_(col(Action.due_on).is_not(None), col(Action.deadline_kind).not_in(_UNDATED))


def is_finished() -> ColumnElement[bool]:
    return col(Action.status).in_(_FINISHED)


def is_overdue(today: date) -> ColumnElement[bool]:
    """What the dates say is late. The last day itself is not."""
    return and_(~is_finished(), has_date(), col(Action.due_on) < today)


def colour_on(today: date) -> ColumnElement[str]:
    """The colour of a report: the lead's own, but red once a deadline has passed."""
    by_colour: dict[Colour, list[str]] = {}
    for status in Status:
        by_colour.setdefault(reported_colour(status), []).append(status.value)
    said = [
        (col(Action.status).in_(statuses), literal(colour.value))
        for colour, statuses in by_colour.items()
    ]
    return case((is_overdue(today), literal(Colour.RED.value)), *said, else_=Colour.GREY.value)


def is_exception(today: date) -> ColumnElement[bool]:
    """Late, at risk, stuck, or in a colour that asks for a look."""
    return or_(
        col(Action.status).in_(_NOT_WELL),
        colour_on(today).in_(_ASK_FOR_A_LOOK),
    )


def seen_in(scope: Scope, today: date) -> ColumnElement[bool]:
    """The actions that somebody may see."""
    if scope.everything:
        return true()
    theirs = spoken_for_by(scope.person_id)
    return or_(theirs, is_exception(today)) if scope.exceptions else theirs


def holds_words(words: str) -> ColumnElement[bool]:
    """Every one of the words stands in its ref, text, outcome, or in the name of a lead."""
    return and_(true(), *(_holds(word) for word in words.split()[:MOST_WORDS]))


def _holds(word: str) -> ColumnElement[bool]:
    name = func.coalesce(col(Body.name), col(Person.name), col(ActionLead.printed), "")
    named = (
        select(ActionLead.action_id)
        .outerjoin(Body, col(Body.id) == col(ActionLead.body_id))
        .outerjoin(Person, col(Person.id) == col(ActionLead.person_id))
        .where(_in(name, word))
    )
    own = (Action.ref, Action.text, Action.outcome)
    return or_(*(_in(col(one), word) for one in own), col(Action.id).in_(named))


def _in(text: SQLColumnExpression[str], word: str) -> ColumnElement[bool]:
    """Not every database knows the small letters beyond A to Z, so the word as typed counts too."""
    small = func.lower(text).contains(word.lower(), autoescape=True)
    return small if word.isascii() else or_(small, text.contains(word, autoescape=True))
