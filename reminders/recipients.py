"""Who is asked about an action, who may answer for it, and who may settle it.

A body has one recipient: fifteen people nudged means nobody responsible. The contact is asked; the
deputy where the contact is away or cannot be reached. With two leads both are asked, and any
answer counts for all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_
from sqlmodel import Session, col, select

from reminders.action_views import ActionView as ActionView
from reminders.action_views import LastWords as LastWords
from reminders.action_views import views as views
from reminders.policy import FINISHED, Reach
from storage.people import Contact, ContactState, Person, Preferences, Role
from storage.plans import Action, ActionLead, Body, BodyMember
from storage.rows import columns, many, rows

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

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody whom it names."""
        named = (self.person_id, self.contact_id, self.deputy_id, self.chair_id)
        return tuple(person for person in named if person is not None)

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
    leads = _read(db, query)
    posts = _posts(db, None if action_ids is None else leads)
    found: dict[int, dict[int | str, Recipient]] = defaultdict(dict)
    for lead in leads:
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


def _posts(db: Session, of: Sequence[_Lead] | None = None) -> dict[int, _Post]:
    """Everybody who could be asked, with how they can be reached; `of`: for these leads alone."""
    people = columns(
        col(Person.id), col(Person.active), col(Person.away_until), col(Person.deputy_id)
    ).add_columns(col(Preferences.stopped_on))
    people = people.outerjoin(Preferences, col(Preferences.person_id) == col(Person.id))
    contacts = columns(col(Contact.person_id), col(Contact.state), col(Contact.state_reason)).where(
        col(Contact.person_id).is_not(None)
    )
    if of is not None:
        named = {person for lead in of for person in lead.people}
        deputies = select(Person.deputy_id).where(col(Person.id).in_(named))
        people = people.where(or_(col(Person.id).in_(named), col(Person.id).in_(deputies)))
        contacts = contacts.where(
            or_(col(Contact.person_id).in_(named), col(Contact.person_id).in_(deputies))
        )
    states: dict[int, list[tuple[ContactState, str]]] = defaultdict(list)
    for person_id, state, reason in rows(db, contacts):
        states[person_id].append((state, reason))
    return {
        person_id: _Post(
            _reach(active, states.get(person_id, ()), stopped_on), away_until, deputy_id
        )
        for person_id, active, away_until, deputy_id, stopped_on in rows(db, people)
    }


def _reach(
    active: bool, states: Sequence[tuple[ContactState, str]], stopped_on: date | None
) -> Reach:
    if not active:
        return Reach.GONE
    if not states:
        return Reach.NO_ADDRESS
    if stopped_on is not None:
        return Reach.STOPPED
    if any(state is ContactState.ACTIVE for state, _ in states):
        return Reach.OK
    return Reach.STOPPED if any(reason in _LEFT for _, reason in states) else Reach.GONE


# -- who may answer and who may settle


def may_speak_for(db: Session, person_id: int, action_id: int) -> bool:
    """Whether a person's words count for an action.

    A lead of it, the contact, deputy or chair of a leading body, whoever deputises for one of
    them, or a business manager.
    """
    person = db.get(Person, person_id)
    if person is None or not person.active:
        return False
    return Role.MANAGER in person.roles or bool(spoken_for_among(db, person_id, [action_id]))


def spoken_for_among(db: Session, person_id: int, action_ids: Iterable[int]) -> set[int]:
    """Those of these actions for which a person's words count as a lead's; one query for all."""
    ids = sorted(set(action_ids))
    return {action_id for (action_id,) in rows(db, _spoken(), person=person_id, ids=ids)}


@lru_cache(maxsize=1)
def _spoken() -> Select[Any]:
    """Made once, as it is asked with every press."""
    return (
        columns(col(ActionLead.action_id))
        .select_from(ActionLead)
        .outerjoin(Body, col(Body.id) == col(ActionLead.body_id))
        .where(
            col(ActionLead.action_id).in_(many("ids")),
            or_(_spoken_for(bindparam("person")), _is_member(bindparam("person"))),
        )
    )


def spoken_for_by(person_id: int) -> ColumnElement[bool]:
    """The same as a condition, for the `where` of any query that has `Action` in it."""
    theirs = (
        select(ActionLead.action_id)
        .outerjoin(Body, col(Body.id) == col(ActionLead.body_id))
        .where(or_(_spoken_for(person_id), _is_member(person_id)))
    )
    return col(Action.id).in_(theirs)


def _is_member(person_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """Members are not asked, so that somebody is responsible; their words count all the same."""
    theirs = select(BodyMember.body_id).where(BodyMember.person_id == person_id)
    return col(Body.id).in_(theirs)


def answered_beside(db: Session, person_id: int) -> dict[str, list[int]]:
    """The open actions of bodies that somebody is a member of, by ref."""
    query = (
        select(Action.ref, Action.id)
        .join(ActionLead, col(ActionLead.action_id) == col(Action.id))
        .join(BodyMember, col(BodyMember.body_id) == col(ActionLead.body_id))
        .where(BodyMember.person_id == person_id, *open_actions())
        .order_by(col(Action.id))
    )
    found: dict[str, list[int]] = defaultdict(list)
    for ref, action_id in db.exec(query.distinct()):
        found[ref].append(action_id or 0)
    return dict(found)


@dataclass(frozen=True, slots=True)
class StandIn:
    """For whom somebody is asked, and until when that one is away; None: cannot be reached."""

    name: str
    away_until: date | None


def stands_in_for(
    db: Session, person_id: int, action_ids: Iterable[int], *, today: date
) -> dict[int, StandIn]:
    """Of these actions those that come to a person because somebody else cannot answer now."""
    leads = _read(db, _leads().where(col(ActionLead.action_id).in_(sorted(set(action_ids)))))
    posts = _posts(db, leads)
    found: dict[int, StandIn] = {}
    for lead in leads:
        order = lead.in_order(posts)
        if person_id not in order[1:] or posts[order[0]].is_here(today):
            continue
        first = db.get_one(Person, order[0])
        is_away = first.away_until is not None and first.away_until >= today
        found[lead.action_id] = StandIn(first.name, first.away_until if is_away else None)
    own = {lead.action_id for lead in leads if lead.in_order(posts)[:1] == [person_id]}
    return {action_id: one for action_id, one in found.items() if action_id not in own}


def _spoken_for(person_id: int | BindParameter[int]) -> ColumnElement[bool]:
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
    ids = (action_id for (action_id,) in rows(db, _theirs(), person=person_id))
    found = views(db, ids, today=today)
    return tuple(sorted(found.values(), key=lambda view: view.urgency))


@lru_cache(maxsize=1)
def _theirs() -> Select[Any]:
    return (
        columns(col(ActionLead.action_id))
        .select_from(ActionLead)
        .outerjoin(Body, col(Body.id) == col(ActionLead.body_id))
        .join(Action, col(Action.id) == col(ActionLead.action_id))
        .where(_spoken_for(bindparam("person")), *open_actions())
    )
