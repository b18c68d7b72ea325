"""Who is asked about an action, who may answer for it, and who may settle it.

A body has one recipient: fifteen people nudged means nobody responsible. The contact is asked; the
deputy where the contact is away or cannot be reached. With two leads both are asked, and any
answer counts for all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_
from sqlmodel import Session, col, select

from reminders.action_views import ActionView as ActionView
from reminders.action_views import LastWords as LastWords
from reminders.action_views import views as views
from reminders.policy import FINISHED, Reach
from storage.people import Contact, ContactState, Person, Role
from storage.plans import Action, ActionLead, Body
from storage.rows import columns, rows

_LEFT = frozenset({"left", "stopped"})


class NotAllowed(PermissionError):
    """Only some people may decide this; the message says who."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is asked for one lead of an action, and who stands above.

    `person_id` is None where a body leads that names nobody. `deputy_id` is who hears when this
    person stays silent, `chair_id` who hears next; both only where they can be reached.
    """

    action_id: int
    person_id: int | None
    body_id: int | None
    reach: Reach
    deputy_id: int | None = None
    chair_id: int | None = None
    meets_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Post:
    """What decides whether a person can be asked."""

    reach: Reach
    away_until: date | None
    deputy_id: int | None

    def is_here(self, today: date) -> bool:
        away = self.away_until is not None and self.away_until >= today
        return self.reach is Reach.OK and not away


@dataclass(frozen=True, slots=True)
class _Lead:
    """A lead of an action, as stored: a body, a person, or a person who answers for a body."""

    action_id: int
    person_id: int | None
    body_id: int | None
    contact_id: int | None
    deputy_id: int | None
    chair_id: int | None
    meets_on: date | None

    def in_order(self, posts: Mapping[int, _Post]) -> list[int]:
        """Who could be asked, the first choice first."""
        first = self.person_id or self.contact_id
        own_deputy = posts[first].deputy_id if first is not None and first in posts else None
        order = (first, self.deputy_id if self.body_id else None, own_deputy)
        known = (person for person in order if person is not None and person in posts)
        return list(dict.fromkeys(known))


def open_actions() -> tuple[ColumnElement[bool], ...]:
    """Actions that somebody can still be asked about.

    For the `where` of any query that has `Action` in it.
    """
    return (
        col(Action.retired_on).is_(None),
        col(Action.status).not_in([str(status) for status in FINISHED]),
        not_carried(),
    )


def not_carried() -> ColumnElement[bool]:
    """Leaves out what was carried into a newer plan, for it is asked about there."""
    carried = select(Action.carried_from_id).where(col(Action.carried_from_id).is_not(None))
    return col(Action.id).not_in(carried)


def recipients(
    db: Session, action_ids: Iterable[int] | None = None, *, today: date
) -> dict[int, tuple[Recipient, ...]]:
    """Who is asked about each of these actions (None: all open ones), in the order of the leads.

    An action without a lead is absent. However many actions, three queries.
    """
    query = _leads().join(Action, col(Action.id) == col(ActionLead.action_id))
    if action_ids is None:
        query = query.where(*open_actions())
    else:
        query = query.where(col(ActionLead.action_id).in_(sorted(set(action_ids))))
    posts = _posts(db)
    found: dict[int, dict[int | str, Recipient]] = defaultdict(dict)
    for lead in _read(db, query):
        recipient = _recipient(lead, posts, today)
        if recipient is not None:
            key = recipient.person_id or f"body:{recipient.body_id}"
            found[lead.action_id].setdefault(key, recipient)
    return {action_id: tuple(by_person.values()) for action_id, by_person in found.items()}


def _recipient(lead: _Lead, posts: Mapping[int, _Post], today: date) -> Recipient | None:
    if lead.body_id is None and lead.person_id is None:
        return None
    order = lead.in_order(posts)
    if not order:
        return Recipient(
            lead.action_id, None, lead.body_id, Reach.NO_ADDRESS, meets_on=lead.meets_on
        )
    here = [person for person in order if posts[person].is_here(today)]
    # With nobody else to ask, somebody on leave is still asked: silence would be worse.
    reachable = here or [person for person in order if posts[person].reach is Reach.OK]
    chosen = (reachable or order)[0]
    chair = posts.get(lead.chair_id) if lead.chair_id is not None else None
    has_chair = chair is not None and chair.reach is Reach.OK and lead.chair_id != chosen
    return Recipient(
        lead.action_id,
        chosen,
        lead.body_id,
        posts[chosen].reach,
        deputy_id=next((person for person in here if person != chosen), None),
        chair_id=lead.chair_id if has_chair else None,
        meets_on=lead.meets_on,
    )


def _leads() -> Select[Any]:
    return (
        columns(
            col(ActionLead.action_id),
            col(ActionLead.person_id),
            col(ActionLead.body_id),
            col(Body.contact_person_id),
            col(Body.deputy_person_id),
            col(Body.chair_person_id),
            col(Body.next_meeting),
        )
        .select_from(ActionLead)
        .outerjoin(Body, col(Body.id) == col(ActionLead.body_id))
        .order_by(col(ActionLead.action_id), col(ActionLead.position))
    )


def _read(db: Session, query: Select[Any]) -> list[_Lead]:
    return [_Lead(*row) for row in rows(db, query)]


def _posts(db: Session) -> dict[int, _Post]:
    """Every person, with how they can be reached."""
    states: dict[int, list[tuple[ContactState, str]]] = defaultdict(list)
    contacts = columns(col(Contact.person_id), col(Contact.state), col(Contact.state_reason)).where(
        col(Contact.person_id).is_not(None)
    )
    for person_id, state, reason in rows(db, contacts):
        states[person_id].append((state, reason))
    people = columns(
        col(Person.id), col(Person.active), col(Person.away_until), col(Person.deputy_id)
    )
    return {
        person_id: _Post(_reach(active, states.get(person_id, ())), away_until, deputy_id)
        for person_id, active, away_until, deputy_id in rows(db, people)
    }


def _reach(active: bool, states: Sequence[tuple[ContactState, str]]) -> Reach:
    if not active:
        return Reach.GONE
    if not states:
        return Reach.NO_ADDRESS
    if any(state is ContactState.ACTIVE for state, _ in states):
        return Reach.OK
    return Reach.STOPPED if any(reason in _LEFT for _, reason in states) else Reach.GONE


# -- who may answer and who may settle


def may_speak_for(db: Session, person_id: int, action_id: int) -> bool:
    """Whether a person's words count for an action.

    A lead of it, the contact, deputy or chair of a leading body, whoever deputises for one of
    them, or a business manager.
    """
    spoken_for = _spoken_for(person_id)
    query = _leads().where(col(ActionLead.action_id) == action_id, spoken_for).limit(1)
    return is_manager(db, person_id) or (_is_active(db, person_id) and bool(_read(db, query)))


def _spoken_for(person_id: int) -> ColumnElement[bool]:
    deputised = select(Person.id).where(Person.deputy_id == person_id)
    return or_(
        col(ActionLead.person_id) == person_id,
        col(Body.contact_person_id) == person_id,
        col(Body.deputy_person_id) == person_id,
        col(Body.chair_person_id) == person_id,
        col(ActionLead.person_id).in_(deputised),
        col(Body.contact_person_id).in_(deputised),
    )


def may_settle(db: Session, person_id: int, action_id: int) -> bool:
    """Whether a person may accept a completion or a date: a chair of a lead, or a manager."""
    chaired = _leads().where(
        col(ActionLead.action_id) == action_id, col(Body.chair_person_id) == person_id
    )
    return is_manager(db, person_id) or (_is_active(db, person_id) and bool(_read(db, chaired)))


def is_manager(db: Session, person_id: int) -> bool:
    """Whether a person is an active business manager."""
    person = db.get(Person, person_id)
    return person is not None and person.active and Role.MANAGER in person.roles


def _is_active(db: Session, person_id: int) -> bool:
    person = db.get(Person, person_id)
    return person is not None and person.active


def actions_of(db: Session, person_id: int, *, today: date) -> tuple[ActionView, ...]:
    """The open actions that a person leads, stands in for or chairs, the most urgent first."""
    query = (
        _leads()
        .join(Action, col(Action.id) == col(ActionLead.action_id))
        .where(_spoken_for(person_id), *open_actions())
    )
    found = views(db, (lead.action_id for lead in _read(db, query)), today=today)
    return tuple(sorted(found.values(), key=lambda view: view.urgency))
