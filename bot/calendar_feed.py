"""Calendars that people subscribe to: an address each, and the deadlines that it shows.

Whoever has the address sees them without signing in, so it is long, kept nowhere, can be ended,
and shows nothing as soon as its owner may not see it any more.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.access import Right, Who, who_acts
from bot.circumstances import Circumstances
from digests.calendar_file import Entry, calendar_file
from digests.escaping import one_line, shortened
from digests.plan_columns import has_date
from reminders.recipients import actions_of, open_actions
from storage import audit
from storage.chosen import CalendarFeed
from storage.plans import Action, ActionChange, ActionLead, Body, BodyMember, Partnership, Plan
from storage.rows import columns, rows
from storage.types import Keyring

MOST = 10
"""How many one person may have at a time."""

_LETTERS = 90
_MOST_EVENTS = 2000


class NoCalendar(Exception):
    """It cannot be made; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar of somebody, as a list shows it; `group` is empty for their own."""

    id: int
    group: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Served:
    """What a calendar program gets."""

    content: bytes = field(repr=False)
    changed: datetime


# making and ending


def make(db: Db, who: Who, around: Circumstances, body_id: int | None = None) -> str:
    """A new calendar; the secret part of its address, which is shown once and kept nowhere.

    Raises NoCalendar.
    """
    if body_id is not None and body_id not in dict(groups_of(db, who)):
        raise NoCalendar("That group is not one of yours. Please choose one from the list.")
    if len(feeds_of(db, who.person_id)) >= MOST:
        raise NoCalendar(f"You have {MOST} calendars already. Please end one first.")
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        token_hash=_digest(around.keyring, token),
        person_id=who.person_id,
        body_id=body_id,
        made_at=around.now,
    )
    db.add(feed)
    db.flush()
    _note(db, "calendar made", feed, who.person_id, around.now)
    return token


def end(db: Db, feed_id: int, person_id: int, now: datetime) -> bool:
    """Its address shows nothing from now on; False where it is none of theirs, or over."""
    feed = db.get(CalendarFeed, feed_id)
    if feed is None or feed.person_id != person_id or feed.ended_at is not None:
        return False
    feed.ended_at = now
    db.add(feed)
    _note(db, "calendar ended", feed, person_id, now)
    return True


def _note(db: Db, act: str, feed: CalendarFeed, person_id: int, now: datetime) -> None:
    detail = f"body:{feed.body_id}" if feed.body_id is not None else "own actions"
    audit.record(
        db, at=now, act=act, subject=f"calendar:{feed.id}", person_id=person_id, detail=detail
    )


def feeds_of(db: Db, person_id: int) -> tuple[Feed, ...]:
    """The calendars that somebody has, the newest first."""
    query = (
        columns(col(CalendarFeed.id), col(Body.name), col(CalendarFeed.made_at))
        .select_from(CalendarFeed)
        .outerjoin(Body, col(Body.id) == col(CalendarFeed.body_id))
        .where(col(CalendarFeed.person_id) == person_id, col(CalendarFeed.ended_at).is_(None))
        .order_by(col(CalendarFeed.id).desc())
    )
    return tuple(Feed(id_, name or "", made) for id_, name, made in rows(db, query))


def groups_of(db: Db, who: Who) -> tuple[tuple[int, str], ...]:
    """The bodies whose deadlines somebody may have: all, or those that they belong to."""
    query = columns(col(Body.id), col(Body.name)).order_by(col(Body.name))
    if not who.may(Right.ALL_ACTIONS):
        member = select(BodyMember.body_id).where(BodyMember.person_id == who.person_id)
        posts = (Body.chair_person_id, Body.contact_person_id, Body.deputy_person_id)
        query = query.where(
            or_(col(Body.id).in_(member), *(col(post) == who.person_id for post in posts))
        )
    return tuple((id_, name) for id_, name in rows(db, query))


# what an address shows


def served(db: Db, token: str, around: Circumstances) -> Served | None:
    """The calendar of an address; None for one that is unknown, over, or not theirs any more."""
    digest = _digest(around.keyring, token)
    feed = db.exec(select(CalendarFeed).where(CalendarFeed.token_hash == digest)).first()
    if feed is None or feed.ended_at is not None:
        return None
    who = who_acts(db, feed.person_id, around)
    if who is None or not who.rights & {Right.OWN_ACTIONS, Right.ALL_ACTIONS}:
        return None
    if feed.body_id is None:
        found = [view.id for view in actions_of(db, who.person_id, today=around.today)]
        return _made(db, who.name, col(Action.id).in_(found), feed, around)
    name = dict(groups_of(db, who)).get(feed.body_id)
    if name is None:
        return None
    led = select(ActionLead.action_id).where(ActionLead.body_id == feed.body_id)
    return _made(db, name, col(Action.id).in_(led), feed, around)


def _made(
    db: Db, whose: str, which: ColumnElement[bool], feed: CalendarFeed, around: Circumstances
) -> Served:
    found = _deadlines(db, which)
    base = around.settings.links.board.rstrip("/")
    entries = [_entry(row, base) for row in found]
    name = f"{one_line(whose)}: {around.settings.partnership.name}"
    changed = max([entry.changed for entry in entries], default=feed.made_at)
    return Served(calendar_file(name, entries), changed)


def _deadlines(db: Db, which: ColumnElement[bool]) -> Sequence[Any]:
    """Open actions with a day that counts; doubtful ones ask nobody, so they stand nowhere."""
    moved = (
        columns(
            col(ActionChange.action_id).label("id"),
            func.count().label("times"),
            func.max(ActionChange.at).label("at"),
        )
        .where(col(ActionChange.field) == "due_on", col(ActionChange.before) != "")
        .group_by(col(ActionChange.action_id))
        .subquery()
    )
    query = (
        columns(
            col(Action.id),
            col(Action.ref),
            col(Action.text),
            col(Action.due_on),
            col(Partnership.slug),
            col(Plan.imported_at),
            func.coalesce(moved.c.times, 0).label("times"),
            moved.c.at,
        )
        .select_from(Action)
        .join(Plan, col(Plan.id) == col(Action.plan_id))
        .join(Partnership, col(Partnership.id) == col(Plan.partnership_id))
        .outerjoin(moved, moved.c.id == col(Action.id))
        .where(which, *open_actions(), has_date(), ~col(Action.needs_review))
        .order_by(col(Action.due_on), col(Action.id))
        .limit(_MOST_EVENTS)
    )
    return rows(db, query)


def _entry(row: Any, base: str) -> Entry:
    return Entry(
        uid=str(uuid5(NAMESPACE_URL, f"{row.slug}/action/{row.id}")),
        on=row.due_on,
        summary=f"{one_line(row.ref)} {shortened(one_line(row.text), _LETTERS)}",
        sequence=row.times,
        changed=max(filter(None, (row.imported_at, row.at))),
        url=f"{base}/plan/{row.id}" if base else "",
    )


def _digest(keyring: Keyring, token: str) -> str:
    return keyring.fingerprint("calendar", token)


def address_of(token: str, around: Circumstances) -> str:
    """Where a calendar program finds it: on the pages that everybody reaches, else on the board.

    Outlook and Google read calendars from their own machines, which reach no board behind a wall.
    """
    links = around.settings.links
    base = (links.web or links.board).rstrip("/")
    return f"{base}/calendar/{token}.ics" if base else ""
