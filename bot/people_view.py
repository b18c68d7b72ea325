"""People as a manager sees them: what they lead, how they are reached, and why some are not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session as Db
from sqlmodel import col, select

from reminders.recipients import open_actions
from storage.people import UNSENT, Contact, ContactState, Person, Preferences, contacts_of
from storage.plans import Action, ActionLead, Body, BodyMember


class WhyNot(StrEnum):
    """Why nobody can be asked; each has its remedy in the words of the catalogue."""

    NO_EMAIL = "no_email"
    NOT_CONNECTED = "not_connected"
    GONE = "gone"
    STOPPED = "stopped"
    AWAY = "away"
    NO_CONTACT = "no_contact"


@dataclass(frozen=True, slots=True)
class Place:
    """One address of somebody: the platform, whether it works, and why it does not."""

    platform: str
    state: ContactState
    reason: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person. `actions` are the refs of the open actions that they answer for."""

    id: int
    name: str
    agency: str
    email: str
    roles: tuple[str, ...]
    places: tuple[Place, ...]
    actions: tuple[str, ...]
    bodies: tuple[str, ...]
    away_until: date | None
    deputy: str
    why_not: WhyNot | None

    @property
    def first(self) -> Place | None:
        """Where they are written to."""
        return next((place for place in self.places if place.is_first), None)


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody, or a body, who cannot be asked about actions of theirs."""

    who: str
    email: str
    why: WhyNot
    detail: str
    actions: tuple[str, ...]
    person_id: int | None = None
    until: date | None = None


def people_views(
    db: Db, person_ids: Iterable[int] | None = None, *, today: date
) -> tuple[PersonView, ...]:
    """Active people by name, or these of them; however many, the same few queries."""
    query = select(Person).where(Person.active).order_by(col(Person.name), col(Person.id))
    if person_ids is not None:
        query = query.where(col(Person.id).in_(sorted(set(person_ids))))
    people = db.exec(query).all()
    ids = [person.id for person in people if person.id is not None]
    places, stopped = _places(db, ids), _stopped(db, ids)
    actions, bodies = _led(db), _bodies(db)
    names = _deputies(db, people)
    return tuple(
        PersonView(
            id=person.id or 0,
            name=person.name,
            agency=person.agency,
            email=person.email or "",
            roles=tuple(person.roles) or ("lead",),
            places=places.get(person.id or 0, ()),
            actions=tuple(actions.get(person.id or 0, ())),
            bodies=tuple(bodies.get(person.id or 0, ())),
            away_until=_still(person.away_until, today),
            deputy=names.get(person.deputy_id or 0, ""),
            why_not=_why_not(person, places.get(person.id or 0, ()), stopped, today),
        )
        for person in people
    )


def unreached(db: Db, *, today: date) -> tuple[Unreached, ...]:
    """Who answers for open actions and cannot be asked, those with the most actions first."""
    posts = [
        Unreached(
            who=view.name,
            email=view.email,
            why=view.why_not,
            detail=", ".join(f"{one.platform}: {one.reason}" for one in view.places if one.reason),
            actions=view.actions,
            person_id=view.id,
            until=view.away_until,
        )
        for view in people_views(db, today=today)
        if view.why_not is not None and view.actions
    ]
    found = [*posts, *_bodies_without(db)]
    return tuple(sorted(found, key=lambda one: (-len(one.actions), one.who)))


def named(db: Db, text: str) -> list[int]:
    """Whose name, agency, e-mail or key holds this."""
    wanted = text.strip().casefold()
    return [
        person.id
        for person in db.exec(select(Person).where(Person.active).order_by(col(Person.name)))
        if person.id is not None
        and any(
            wanted in part.casefold()
            for part in (person.name, person.agency, person.email or "", person.key)
        )
    ]


def _still(until: date | None, today: date) -> date | None:
    return until if until is not None and until >= today else None


def _why_not(
    person: Person, places: Sequence[Place], stopped: set[int], today: date
) -> WhyNot | None:
    if person.id in stopped:
        return WhyNot.STOPPED
    if not any(place.is_first for place in places):
        if any(place.state is ContactState.GONE for place in places):
            return WhyNot.GONE
        return WhyNot.NOT_CONNECTED if person.email else WhyNot.NO_EMAIL
    is_away = _still(person.away_until, today) is not None
    return WhyNot.AWAY if is_away and person.deputy_id is None else None


def _places(db: Db, ids: Sequence[int]) -> dict[int, tuple[Place, ...]]:
    first = {contact.id for contact in contacts_of(db, ids).values()}
    found: dict[int, list[Place]] = defaultdict(list)
    query = select(Contact).where(
        col(Contact.person_id).in_(ids), col(Contact.platform).not_in(UNSENT)
    )
    for row in db.exec(query.order_by(col(Contact.id))):
        place = Place(row.platform, row.state, row.state_reason, row.id in first)
        found[row.person_id or 0].append(place)
    return {person_id: tuple(rows) for person_id, rows in found.items()}


def _stopped(db: Db, ids: Sequence[int]) -> set[int]:
    return set(
        db.exec(
            select(Preferences.person_id).where(
                col(Preferences.person_id).in_(ids), col(Preferences.stopped_on).is_not(None)
            )
        )
    )


def _led(db: Db) -> dict[int, dict[str, None]]:
    """The open actions of each person: as a lead, or as the contact of a body that leads."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    query = (
        select(ActionLead.person_id, Body.contact_person_id, Action.ref)
        .join(Action, col(Action.id) == col(ActionLead.action_id))
        .outerjoin(Body, col(Body.id) == col(ActionLead.body_id))
        .where(*open_actions())
        .order_by(col(Action.plan_id), col(Action.position))
    )
    for lead, contact, ref in db.exec(query):
        person_id = lead if lead is not None else contact
        if person_id is not None:
            found[person_id][ref] = None
    return found


def _bodies(db: Db) -> dict[int, dict[str, None]]:
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for body in db.exec(select(Body).order_by(col(Body.name))):
        for person_id in (body.contact_person_id, body.deputy_person_id, body.chair_person_id):
            if person_id is not None:
                found[person_id][body.name] = None
    seats = select(BodyMember.person_id, Body.name).join(
        Body, col(Body.id) == col(BodyMember.body_id)
    )
    for person_id, name in db.exec(seats.order_by(col(Body.name))):
        found[person_id][name] = None
    return found


def _deputies(db: Db, people: Sequence[Person]) -> dict[int, str]:
    ids = {person.deputy_id for person in people if person.deputy_id is not None}
    query = select(Person).where(col(Person.id).in_(sorted(ids)), Person.active)
    return {person.id: person.name for person in db.exec(query) if person.id is not None}


def _bodies_without(db: Db) -> list[Unreached]:
    """Bodies that lead open actions and name nobody to ask."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    query = (
        select(Body.name, Action.ref)
        .join(ActionLead, col(ActionLead.body_id) == col(Body.id))
        .join(Action, col(Action.id) == col(ActionLead.action_id))
        .where(
            *open_actions(),
            col(ActionLead.person_id).is_(None),
            col(Body.contact_person_id).is_(None),
            col(Body.deputy_person_id).is_(None),
        )
        .order_by(col(Action.plan_id), col(Action.position))
    )
    for name, ref in db.exec(query):
        found[name][ref] = None
    return [Unreached(name, "", WhyNot.NO_CONTACT, "", tuple(refs)) for name, refs in found.items()]
