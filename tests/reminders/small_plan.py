"""A partnership with a plan, for tests: people, bodies and actions made in one line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from sqlmodel import Session, col, select

from reminders import rounds
from reminders.rounds import RoundReport
from storage.calendar import Calendar
from storage.mail import Outbox
from storage.people import Contact, ContactState, Person, Role
from storage.plans import Action, ActionLead, Body, Nudge, Partnership, Plan

CALENDAR = Calendar()
_NUMBERS = count(1)


def nine(day: date) -> datetime:
    """Nine in the morning, local time."""
    return CALENDAR.at_local(day, time(9))


@dataclass(slots=True)
class SmallPlan:
    """One plan in one transaction; what is made has its id at once."""

    db: Session
    plan_id: int
    partnership_id: int

    @classmethod
    def start(cls, db: Session, title: str = "Strategic Plan") -> "SmallPlan":
        number = next(_NUMBERS)
        partnership = _kept(db, Partnership(slug=f"p{number}", name="Rochdale"))
        plan = Plan(
            partnership_id=_id(partnership),
            title=title,
            period_label="2022-24",
            imported_at=nine(date(2022, 4, 1)),
        )
        return cls(db, _id(_kept(db, plan)), _id(partnership))

    def person(self, name: str, *roles: Role, reached: bool = True, **more: Any) -> int:
        person = Person(name=name, key=f"{name}{next(_NUMBERS)}", roles=list(roles), **more)
        person_id = _id(_kept(self.db, person))
        if reached:
            self.contact(person_id)
        return person_id

    def contact(self, person_id: int, state: ContactState = ContactState.ACTIVE) -> Contact:
        number = f"c{next(_NUMBERS)}"
        contact = Contact(
            platform="console",
            address=number,
            address_hash=number,
            person_id=person_id,
            state=state,
        )
        _kept(self.db, contact)
        return contact

    def body(self, name: str, **more: Any) -> int:
        body = Body(partnership_id=self.partnership_id, key=name, name=name, **more)
        return _id(_kept(self.db, body))

    def action(
        self,
        ref: str,
        due_on: date | None = None,
        *,
        bodies: Sequence[int] = (),
        people: Sequence[int] = (),
        **more: Any,
    ) -> int:
        values = {"text": f"Text of {ref}", "deadline_kind": "date" if due_on else "none"}
        action = Action(
            plan_id=self.plan_id,
            ref=ref,
            due_on=due_on,
            first_due_on=due_on,
            position=next(_NUMBERS),
            **values | more,
        )
        action_id = _id(_kept(self.db, action))
        leads = [ActionLead(action_id=action_id, body_id=body) for body in bodies]
        leads += [ActionLead(action_id=action_id, person_id=person) for person in people]
        for position, lead in enumerate(leads):
            lead.position = position
            _kept(self.db, lead)
        return action_id

    # what happened

    def round(self, day: date, **more: Any) -> RoundReport:
        return rounds.run(self.db, now=nine(day), calendar=CALENDAR, **more)

    def rounds(self, first: date, last: date) -> None:
        """A round on every day, as the scheduler has it."""
        for days in range((last - first).days + 1):
            self.round(first + timedelta(days=days))

    def read(self, action_id: int) -> Action:
        return self.db.get_one(Action, action_id, populate_existing=True)

    def nudges(self, action_id: int) -> list[tuple[str, int]]:
        """Stage and person of every nudge, in the order of asking."""
        found = self.db.exec(
            select(Nudge)
            .where(Nudge.action_id == action_id)
            .order_by(col(Nudge.queued_on), col(Nudge.person_id))
        )
        return [(nudge.stage, nudge.person_id) for nudge in found]

    def asked(self) -> list[Nudge]:
        """Every nudge, in the order of asking."""
        return list(self.db.exec(select(Nudge).order_by(col(Nudge.queued_on), col(Nudge.id))))

    def queued(self, intent: str) -> list[Outbox]:
        found = select(Outbox).where(Outbox.intent == intent).order_by(col(Outbox.id))
        return list(self.db.exec(found))

    def told(self, intent: str) -> list[int | None]:
        """The people whom an intent was queued for."""
        return [self.db.get_one(Contact, row.contact_id).person_id for row in self.queued(intent)]


def _kept(db: Session, row: Any) -> Any:
    db.add(row)
    db.flush()
    return row


def _id(row: Any) -> int:
    assert row.id is not None
    return int(row.id)
