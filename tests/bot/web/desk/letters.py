"""People who get e-mails, and the links in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.mailed_links import MailedLinks
from bot.messages import EMAIL, Address
from bot.people import link
from storage.database import Database
from storage.people import Person, Role
from storage.plans import Action, Update
from tests.bot.moment import MONDAY
from tests.bot.stage import Recorder, Stage
from tests.bot.web.conftest import Browsers, pages_of
from tests.reminders.plans_made import snapshot
from tests.reminders.small_plan import SmallPlan

ADDRESS = "http://127.0.0.1:8080"


class MailStage(Stage):
    """A stage whose mail goes out as well; nobody can be written to on the desk."""

    def _senders(self) -> dict[str, Recorder]:
        return {**super()._senders(), EMAIL: self.recorder}


@dataclass
class Letters:
    """A plan whose leads are reached by e-mail, and the pages that their links open."""

    stage: MailStage
    browser: Browsers
    plan_id: int = 0
    actions: dict[str, int] = field(default_factory=dict)

    def person(self, name: str, *roles: Role, agency: str = "ICB") -> int:
        """Somebody who is reached by e-mail alone."""
        person_id = self.stage.person(name, *roles, linked=False)
        with self.stage.database.writing() as db:
            person = db.get_one(Person, person_id)
            person.agency = agency
            db.add(person)
            link(db, person, self.address(name))
        return person_id

    def action(self, ref: str, *leads: int, days: int = 30, **more: Any) -> int:
        """An action that is due in so many days."""
        due = date.fromordinal(self.stage.now.toordinal()) + timedelta(days=days)
        with self.stage.database.writing() as db:
            plan = SmallPlan(db, self.plan_id, 1) if self.plan_id else SmallPlan.start(db)
            self.plan_id = plan.plan_id
            self.actions[ref] = plan.action(ref, due, people=leads, **more)
        return self.actions[ref]

    def address(self, name: str) -> Address:
        return Address(EMAIL, "", f"{name}@rochdale.example")

    def path(self, name: str, token: str) -> str:
        """The link in an e-mail to this person, as of now."""
        app = self.stage.app
        links = MailedLinks(app.settings, app.around.keyring)
        return urlsplit(links.of(self.address(name), token, self.stage.now)).path

    def updates(self) -> list[Update]:
        return self.stage.rows(Update)

    def status(self, ref: str) -> str:
        [action] = self.stage.rows(Action, Action.ref == ref)
        return str(action.status)

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table."""
        with self.stage.database.reading() as db:
            return snapshot(db)


@contextmanager
def letters_of(database: Database) -> Iterator[Letters]:
    stage = MailStage(database, MONDAY)
    try:
        stage.configure(links={"web": ADDRESS}, partnership={"name": "Rochdale Partnership"})
        with pages_of(stage) as browsers:
            found = Letters(stage, browsers)
            nurse = found.person("nurse", Role.LEAD)
            found.action("1.2", nurse, text="Train staff in the neglect tool", outcome="Fewer gaps")
            yield found
    finally:
        stage.close()
