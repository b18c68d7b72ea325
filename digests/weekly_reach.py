"""The weekly digest's sections about reaching people: who cannot be asked, and what meets next."""

from collections.abc import Iterable

from sqlalchemy import func
from sqlmodel import col, select

from digests.weekly_scene import Scene
from digests.weekly_view import Listed, Meeting, Obstacle, Unreached
from storage.people import Contact, ContactState, Person, Preferences
from storage.plans import Action, ActionLead, Body, Plan
from storage.rows import columns, rows

_SOON = 30
"""Working days: a meeting further off is no news this week."""


def unreached(scene: Scene) -> Listed[Unreached]:
    """Who cannot be asked, and why; those with the most actions first."""
    found = [*_bodies(scene), *_posts(scene), *_gone(scene), *_stopped(scene)]
    found.sort(key=lambda one: (-one.actions, one.who, one.reason))
    return Listed(len(found), tuple(found[: scene.most]))


def _bodies(scene: Scene) -> Iterable[Unreached]:
    found = scene.session.exec(
        select(Body.id, Body.name, ActionLead.action_id)
        .join(ActionLead, col(ActionLead.body_id) == col(Body.id))
        .join(Action, col(Action.id) == col(ActionLead.action_id))
        .where(col(Action.plan_id).in_(scene.plans), col(Body.contact_person_id).is_(None))
        .order_by(col(Body.id))
    )
    waiting: dict[str, set[int]] = {}
    live = scene.live
    for _, name, action_id in found:
        if action_id in live:
            waiting.setdefault(name, set()).add(action_id)
    return [
        Unreached(name, Obstacle.NO_CONTACT, "", None, len(ids)) for name, ids in waiting.items()
    ]


def _asked(scene: Scene) -> dict[int, set[int]]:
    """Who is asked about which live actions: a post itself, or the contact of a body."""
    person = func.coalesce(ActionLead.person_id, Body.contact_person_id)
    found = scene.session.exec(
        select(person, ActionLead.action_id)
        .select_from(ActionLead)
        .join(Action, col(Action.id) == col(ActionLead.action_id))
        .join(Body, col(Body.id) == col(ActionLead.body_id), isouter=True)
        .where(col(Action.plan_id).in_(scene.plans), person.is_not(None))
    )
    live = scene.live
    asked: dict[int, set[int]] = {}
    for person_id, action_id in found:
        if action_id in live:
            asked.setdefault(person_id, set()).add(action_id)
    return asked


def _posts(scene: Scene) -> Iterable[Unreached]:
    reachable = (
        select(Contact.person_id)
        .where(col(Contact.person_id).is_not(None), col(Contact.state) == ContactState.ACTIVE)
        .distinct()
    )
    found = scene.session.exec(
        select(Person.id, Person.name).where(
            col(Person.email_hash).is_(None), col(Person.id).not_in(reachable)
        )
    ).all()
    asked = _asked(scene)
    return [
        Unreached(name, Obstacle.NO_ADDRESS, "", None, len(asked[person_id]))
        for person_id, name in found
        if person_id in asked
    ]


def _gone(scene: Scene) -> Iterable[Unreached]:
    found = scene.session.exec(
        select(Person.id, Person.name, Contact)
        .join(Contact, col(Contact.person_id) == col(Person.id))
        .where(
            col(Contact.state) == ContactState.GONE,
            col(Contact.state_since).is_(None) | (col(Contact.state_since) < scene.ends),
        )
        .order_by(col(Person.id), col(Contact.id))
    ).all()
    asked = _asked(scene) if found else {}
    return [
        Unreached(
            who=name,
            reason=Obstacle.GONE,
            detail=": ".join(part for part in (contact.platform, contact.state_reason) if part),
            since=scene.calendar.local_date(contact.state_since) if contact.state_since else None,
            actions=len(asked.get(person_id or 0, ())),
        )
        for person_id, name, contact in found
    ]


def _stopped(scene: Scene) -> Iterable[Unreached]:
    """Those who asked for no more reminders and lead something that is still open."""
    query = (
        columns(Person.id, Person.name, Preferences.stopped_on)
        .join(Preferences, col(Preferences.person_id) == col(Person.id))
        .where(col(Preferences.stopped_on) <= scene.today)
        .order_by(col(Person.id))
    )
    found = rows(scene.session, query)
    asked = _asked(scene) if found else {}
    return [
        Unreached(name, Obstacle.STOPPED, "", stopped_on, len(asked[person_id]))
        for person_id, name, stopped_on in found
        if person_id in asked
    ]


def meetings(scene: Scene) -> Listed[Meeting]:
    """What meets next, the nearest first; what meets only much later is counted."""
    partnerships = select(Plan.partnership_id).where(col(Plan.id).in_(scene.plans))
    query = (
        columns(Body.name, Body.next_meeting)
        .where(col(Body.partnership_id).in_(partnerships), col(Body.next_meeting) > scene.today)
        .order_by(col(Body.next_meeting), col(Body.name))
    )
    found = [
        Meeting(name, day, scene.calendar.working_days_between(scene.today, day))
        for name, day in rows(scene.session, query)
    ]
    soon = [one for one in found if one.working_days <= _SOON] or found[:1]
    return Listed(len(found), tuple(soon[: scene.most]))
