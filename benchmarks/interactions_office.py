"""Our side of the interactions benchmark: a real program on a real file, with people and a plan."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.app import App, build
from bot.messages import Address, Arrived, Incoming
from bot.settings import Settings
from reminders import rounds
from storage.mail import Outbox
from storage.people import Contact, Person, Role
from storage.plans import Action, ActionLead, Partnership, Plan, Update
from storage.surveys import Answer
from storage.types import Keyring
from surveys.invitations import invite
from surveys.register import add, example_survey, open_survey
from surveys.xlsform import read_xlsform

NOW = datetime(2023, 12, 4, 10, tzinfo=UTC)
SURVEY = "neglect_tool_practitioners.xlsx"


@dataclass(slots=True)
class Lead:
    """Somebody who leads a few actions; `name` is as the platform has it."""

    number: int
    person_id: int

    @property
    def name(self) -> str:
        return f"Lead {self.number}"


def email_of(number: int) -> str:
    return f"lead{number}@rochdale.example"


@dataclass(slots=True)
class Office:
    """A program with a plan and an open survey; people come round by round."""

    app: App
    plan_id: int
    token: str
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    events: "count[int]" = field(default_factory=lambda: count(1))

    def hire(self, people: int) -> list[Lead]:
        """So many new leads, who are not connected with any platform yet."""
        leads = []
        with self.app.database.writing() as db:
            for number in (next(self.numbers) for _ in range(people)):
                email = email_of(number)
                found = self.app.around.keyring.fingerprint("email", email)
                row = Person(email=email, email_hash=found, name=f"Lead {number}", key=email)
                db.add(row)
                db.flush()
                assert row.id is not None
                leads.append(Lead(number, row.id))
        return leads

    def nudge(self, leads: Sequence[Lead], actions: int) -> None:
        """Each leads so many actions that are due soon, and the round of the day asks them."""
        due = NOW.date() + timedelta(days=14)
        with self.app.database.writing() as db:
            for lead in leads:
                for place in range(1, actions + 1):
                    action = Action(
                        plan_id=self.plan_id,
                        ref=f"{lead.number}.{place}",
                        text="Train everybody who works with families to use the neglect tool",
                        due_on=due,
                        first_due_on=due,
                        deadline_kind="date",
                        position=lead.number * 100 + place,
                    )
                    db.add(action)
                    db.flush()
                    assert action.id is not None
                    db.add(ActionLead(action_id=action.id, person_id=lead.person_id))
            rounds.run(db, now=NOW, calendar=self.app.around.calendar)

    async def invite(self, leads: Sequence[Lead]) -> None:
        """The survey's welcome to each, where they are reached."""
        with self.app.database.reading() as db:
            ids = [lead.person_id for lead in leads]
            contacts = db.exec(select(Contact).where(col(Contact.person_id).in_(ids))).all()
            homes = [
                Address(one.platform, one.space, one.address, reference=one.reference or "")
                for one in contacts
            ]
        for home in homes:
            event = f"invite{next(self.events)}"
            came = Arrived(self.token)
            await self.app.mailroom.receive(
                Incoming(home.platform, home.space, event, home, came, NOW)
            )

    def waiting(self) -> int:
        """What is still to be sent."""
        return self._count(select(func.count()).where(col(Outbox.settled_at).is_(None)))

    def counted(self) -> tuple[int, int]:
        """How many updates there are, and how many answers."""
        return (
            self._count(select(func.count()).select_from(Update)),
            self._count(select(func.count()).select_from(Answer)),
        )

    def _count(self, query: Any) -> int:
        with self.app.database.reading() as db:
            return int(db.exec(query).one())


@contextmanager
def opened(folder: Path, settings: dict[str, Any]) -> Iterator[Office]:
    """A new database file, with a plan and a survey for practitioners."""
    folder.mkdir(parents=True, exist_ok=True)
    database = {"url": f"sqlite:///{folder / 'loop.db'}"}
    app = build(
        Settings.model_validate({"database": database, **settings}), Keyring.generate(), lambda: NOW
    )
    form, issues = read_xlsform(example_survey(SURVEY))
    assert form is not None, issues
    with app.database.writing() as db:
        for email in filter(None, (form.settings.reviewer, form.settings.deputy)):
            found = app.around.keyring.fingerprint("email", email)
            db.add(Person(email=email, email_hash=found, name=email, roles=[Role.REVIEWER]))
        partnership = Partnership(slug="rochdale", name="Rochdale")
        db.add(partnership)
        db.flush()
        assert partnership.id is not None
        plan = Plan(
            partnership_id=partnership.id,
            title="Strategic Plan",
            period_label="2022-24",
            imported_at=NOW,
        )
        db.add(plan)
        survey = add(db, form, now=NOW).survey
        open_survey(db, survey.slug, form, now=NOW)
        assert survey.id is not None
        assert plan.id is not None
        token = invite(db, survey.id, now=NOW)
        plan_id = plan.id
    try:
        yield Office(app, plan_id, token)
    finally:
        app.close()
