"""The words of those few actions that a report shows: a fixed number of queries, however many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from digests.states import status_of
from digests.weekly_view import Word
from storage.calendar import Calendar
from storage.people import Person
from storage.plans import Action, ActionChange, ActionLead, Body, Update
from storage.rows import columns, rows


@dataclass(frozen=True, slots=True)
class Details:
    """What is printed of an action beside its dates."""

    text: str
    leads: tuple[str, ...]
    reasons: tuple[str, ...]
    moves: int
    agreed_by: tuple[str, ...]
    last_word: Word | None


def details(
    session: Session, action_ids: Sequence[int], *, before: datetime, calendar: Calendar
) -> Mapping[int, Details]:
    """Text, leads, moves and last word of these actions, as known before a moment."""
    ids = sorted(set(action_ids))
    texts = session.exec(
        select(Action.id, Action.text, Action.review_reasons).where(col(Action.id).in_(ids))
    ).all()
    leads = lead_names(session, ids)
    moves = _moves(session, ids, before)
    agreed = _agreed(session, ids, before)
    words = _last_words(session, ids, before, calendar)
    return {
        action_id: Details(
            text=text,
            leads=leads.get(action_id, ()),
            reasons=tuple(reasons),
            moves=moves.get(action_id, 0),
            agreed_by=agreed.get(action_id, ()),
            last_word=words.get(action_id),
        )
        for action_id, text, reasons in texts
        if action_id is not None
    }


def lead_names(session: Session, action_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Who leads each action, in printed order: bodies and posts by name, else as printed."""
    found = session.exec(
        select(ActionLead.action_id, func.coalesce(Body.name, Person.name, ActionLead.printed))
        .select_from(ActionLead)
        .join(Body, col(Body.id) == col(ActionLead.body_id), isouter=True)
        .join(Person, col(Person.id) == col(ActionLead.person_id), isouter=True)
        .where(col(ActionLead.action_id).in_(action_ids))
        .order_by(col(ActionLead.action_id), col(ActionLead.position))
    )
    return _grouped((action_id, name) for action_id, name in found if name)


def public_lead_names(session: Session, action_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Who leads each action, as a public page may say it: groups, else as the plan prints it.

    Never the name of a person whom an action was given to.
    """
    found = session.exec(
        select(ActionLead.action_id, func.coalesce(Body.name, ActionLead.printed))
        .select_from(ActionLead)
        .join(Body, col(Body.id) == col(ActionLead.body_id), isouter=True)
        .where(col(ActionLead.action_id).in_(action_ids))
        .order_by(col(ActionLead.action_id), col(ActionLead.position))
    )
    return _grouped((action_id, name) for action_id, name in found if name)


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for key, name in pairs:
        if name not in found.get(key, ()):
            found[key] = (*found.get(key, ()), name)
    return found


def _moves(session: Session, ids: Sequence[int], before: datetime) -> dict[int, int]:
    found = session.exec(
        select(ActionChange.action_id, func.count())
        .where(
            col(ActionChange.action_id).in_(ids),
            col(ActionChange.field) == "due_on",
            col(ActionChange.before) != "",
            col(ActionChange.at) < before,
        )
        .group_by(col(ActionChange.action_id))
    )
    return dict(found.all())


def _agreed(session: Session, ids: Sequence[int], before: datetime) -> dict[int, tuple[str, ...]]:
    found = session.exec(
        select(Update.action_id, Person.name)
        .join(Person, col(Person.id) == col(Update.date_agreed_by_id))
        .where(col(Update.action_id).in_(ids), col(Update.date_agreed_at) < before)
        .order_by(col(Update.action_id), col(Update.date_agreed_at), col(Update.id))
    )
    return _grouped(found.all())


def _last_words(
    session: Session, ids: Sequence[int], before: datetime, calendar: Calendar
) -> dict[int, Word]:
    last = (
        select(func.max(col(Update.id)))
        .where(col(Update.action_id).in_(ids), col(Update.at) < before)
        .group_by(col(Update.action_id))
    )
    query = (
        columns(Update.action_id, Update.at, Person.name, Update.status, Update.note)
        .select_from(Update)
        .join(Person, col(Person.id) == col(Update.person_id), isouter=True)
        .where(col(Update.id).in_(last))
    )
    return {
        action_id: Word(calendar.local_date(at), who or "", status_of(status), note)
        for action_id, at, who, status, note in rows(session, query)
    }
