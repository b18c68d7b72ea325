"""A plan on the board's stage: who leads what, what was said, what waits for a decision."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session as Db

from reminders import updates
from reminders.handing_over import hand_over
from storage.people import Role
from storage.plans import Escalation, Priority
from storage.types import Keyring
from tests.bot.web.board.office import Office, _hired
from tests.reminders.small_plan import SmallPlan

TODAY = date(2023, 12, 4)
WORDS = "We trained 43 <b>staff</b> & more"
TYPED = "Because the school asked for it"


@dataclass
class Laid:
    """What was laid out, by ids."""

    plan: int
    actions: dict[str, int]
    updates: dict[str, int]
    escalation: int
    body: int


def lay_out(office: Office) -> Laid:
    """A lead, a chair and a manager, and one of everything that can wait."""
    with office.stage.database.writing() as db:
        return laid_in(db, office.stage.database.keyring, office.people, office.stage.now)


def laid_in(db: Db, keyring: Keyring, people: dict[str, int], now: datetime) -> Laid:
    """The same for any stage. `people` are those who are there, by name; it learns of the rest."""
    for name, role in (("lead", Role.LEAD), ("chair", Role.CHAIR), ("ruth", Role.LEAD)):
        if name not in people:
            people[name] = _hired(db, keyring, name, role)
    return _laid(db, people, now)


def _laid(db: Db, people: dict[str, int], now: datetime) -> Laid:
    plan = SmallPlan.start(db)
    body = plan.body("Neglect Board", chair_person_id=people["chair"])
    priority = Priority(plan_id=plan.plan_id, ref="1", title="Neglect")
    db.add(priority)
    db.flush()
    mine: dict[str, Any] = {
        "people": [people["lead"]],
        "bodies": [body],
        "priority_id": priority.id,
    }
    doubt: dict[str, Any] = {"needs_review": True, "review_reasons": ["Two dates in one cell."]}
    actions = {
        "1.1": plan.action("1.1", date(2023, 12, 31), text="Train <staff> & carers", **mine),
        "1.2": plan.action("1.2", date(2023, 11, 1), outcome="Fewer visits", **mine),
        "1.3": plan.action("1.3", date(2024, 3, 31), **mine),
        "1.4": plan.action("1.4", date(2024, 3, 31), **mine),
        "2.1": plan.action("2.1", date(2023, 10, 2), people=[people["ruth"]]),
        "2.2": plan.action("2.2", date(2024, 5, 31), people=[people["ruth"]], **doubt),
    }
    said: dict[str, Any] = {"person_id": people["lead"], "now": now, "today": TODAY}
    moved = updates.record(
        db,
        action_id=actions["1.1"],
        status="at_risk",
        note=WORDS,
        proposed_due_on=date(2024, 5, 31),
        **said,
    )
    done = updates.record(db, action_id=actions["1.3"], status="complete", **said)
    asked = updates.record(
        db,
        action_id=actions["1.4"],
        status="off_track",
        help_wanted="Who pays for it?",
        **said,
    )
    hand_over(db, action_id=actions["1.2"], person_id=people["lead"], now=now, today=TODAY)
    rung = Escalation(
        action_id=actions["2.1"], due_on=date(2023, 10, 2), step="manager", proposed_at=now
    )
    db.add(rung)
    db.flush()
    kept = {"date": moved.id or 0, "done": done.id or 0, "help": asked.id or 0}
    return Laid(plan.plan_id, actions, kept, rung.id or 0, body)
