"""Opening the review queue in an emergency: by a role that the settings name, with a reason that

is kept, for a while, and never unseen: every reviewer and manager is told at once.
"""

from datetime import datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.access import Who
from bot.circumstances import Circumstances
from storage import audit
from storage.break_glass import BreakGlass
from storage.mail import Urgency, queue
from storage.people import Role, contacts_of, people_with

SHORTEST_REASON = 20
MOST_REASON = 2000


class NotOpened(ValueError):
    """The glass stays whole; the message says why and what to do."""


def open_glass(
    db: Db, who: Who, reason: str, around: Circumstances, *, trace_reason: str = ""
) -> BreakGlass:
    """Opens the queue to them for the minutes of the settings. Raises NotOpened.

    `trace_reason`, a second one, lets them find out whose answers they were as well: each time
    that is asked for a reason of its own, and recorded.
    """
    role = _role_of(who, around)
    why, why_trace = sentence(reason), trace_reason.strip() and sentence(trace_reason)
    now = around.now
    row = BreakGlass(
        person_id=who.person_id,
        role=role,
        reason=why,
        traces=bool(why_trace),
        trace_reason=why_trace,
        begins=now,
        ends=now + timedelta(minutes=around.settings.concerns.break_glass_minutes),
    )
    db.add(row)
    db.flush()
    _record(db, row, "break_glass.open", who.person_id, now)
    tell_everybody(db, row, now)
    return row


def _role_of(who: Who, around: Circumstances) -> str:
    """Under which of their roles they may; a reviewer has the queue anyway."""
    if Role.REVIEWER in who.roles:
        raise NotOpened("you are a reviewer: the review queue is open to you already")
    named = [role for role in around.settings.concerns.break_glass if role in who.roles]
    if not named:
        raise NotOpened("the settings do not allow your role to open the queue in an emergency")
    return named[0]


def sentence(reason: str) -> str:
    """A reason as it is kept. Raises NotOpened where it is less than a sentence."""
    text = " ".join(reason.split())
    if len(text) < SHORTEST_REASON:
        raise NotOpened(
            f"say in a sentence (at least {SHORTEST_REASON} letters) why it cannot wait for a "
            "reviewer; it is kept, and they will read it"
        )
    return text[:MOST_REASON]


def tell_everybody(db: Db, row: BreakGlass, now: datetime) -> int:
    """Every reviewer and manager but themselves hears who and until when, never why: a reason may

    name a child. How many it reaches.
    """
    people = {
        person.id
        for role in (Role.REVIEWER, Role.MANAGER)
        for person in people_with(db, role)
        if person.id is not None and person.id != row.person_id
    }
    return sum(
        queue(
            db,
            key=f"glass:{row.id}:{contact.id}",
            intent="glass_broken",
            contact_id=contact.id,
            now=now,
            params={"glass": row.id},
            urgency=Urgency.ALERT,
        )
        for contact in contacts_of(db, sorted(people)).values()
        if contact.id is not None
    )


def live(db: Db, person_id: int, now: datetime) -> BreakGlass | None:
    """What is open to this person now; of several what ends last."""
    return db.exec(
        select(BreakGlass)
        .where(
            BreakGlass.person_id == person_id,
            col(BreakGlass.begins) <= now,
            col(BreakGlass.ends) > now,
        )
        .order_by(col(BreakGlass.ends).desc())
        .limit(1)
    ).first()


def recent(db: Db, limit: int = 50) -> list[BreakGlass]:
    """The openings there were, the newest first."""
    return list(db.exec(select(BreakGlass).order_by(col(BreakGlass.id).desc()).limit(limit)))


def may_end(who: Who, row: BreakGlass) -> bool:
    """Themselves, a reviewer or a manager."""
    return who.person_id == row.person_id or bool(who.roles & {Role.REVIEWER, Role.MANAGER})


def end_glass(db: Db, row: BreakGlass, person_id: int, now: datetime) -> bool:
    """Before its time; False where it is over. `may_end` says who may."""
    if row.ends <= now:
        return False
    row.ends, row.ended_by_id = now, person_id
    db.add(row)
    _record(db, row, "break_glass.end", person_id, now)
    return True


def confirm(db: Db, row: BreakGlass, who: Who, now: datetime) -> bool:
    """A reviewer has looked at it afterwards; False where somebody had. Not who broke it."""
    is_theirs = who.person_id == row.person_id or Role.REVIEWER not in who.roles
    if row.seen_by_id is not None or is_theirs:
        return False
    row.seen_by_id, row.seen_at = who.person_id, now
    db.add(row)
    _record(db, row, "break_glass.seen", who.person_id, now)
    return True


def _record(db: Db, row: BreakGlass, act: str, person_id: int, now: datetime) -> None:
    detail = "with tracing" if row.traces and act == "break_glass.open" else ""
    audit.record(
        db, at=now, act=act, subject=f"break_glass:{row.id}", person_id=person_id, detail=detail
    )


def may_read_reason(who: Who) -> bool:
    """The reason may hold a child's name: it is read by reviewers alone, not by who broke one."""
    return Role.REVIEWER in who.roles
