"""The desk in real browsers: a plan, people who get e-mails, and the links in them."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from bot.mailed_links import MailedLinks
from bot.messages import EMAIL, Address
from bot.people import link
from storage.people import Person, Role
from storage.plans import Update
from tests.browser.program import Program
from tests.reminders.small_plan import SmallPlan

NOTE = "Two wards have no trainer yet."
LONG = (
    "Make sure that every practitioner who works with children and families knows the neglect "
    "tool, has used it under supervision, and can say what changed for a child because of it"
)


@dataclass(frozen=True, slots=True)
class Office:
    """A nurse who leads two actions, and a chair who does not."""

    program: Program

    @classmethod
    def open(cls, program: Program) -> "Office":
        office = cls(program)
        day = program.now.date()
        with program.database.writing() as db:
            plan = SmallPlan.start(db)
            nurse = plan.person(
                "Designated Nurse", Role.LEAD, reached=False, agency="NHS", **office._mail("nurse")
            )
            link(db, db.get_one(Person, nurse), Address(EMAIL, "", "nurse@nhs.example"))
            outcome = "Fewer children wait longer than six weeks"
            one = plan.action(
                "1.2", day + timedelta(30), people=[nurse], text=LONG, outcome=outcome
            )
            plan.action("1.3", day - timedelta(9), people=[nurse], text="Tell every school")
            note = "Half of the wards are done."
            at = program.now - timedelta(days=40)
            db.add(Update(action_id=one, person_id=nurse, at=at, status="on_track", note=note))
        return office

    def _mail(self, name: str) -> dict[str, str]:
        email = f"{name}@nhs.example"
        return {"email": email, "email_hash": self._digest(email)}

    def _digest(self, email: str) -> str:
        return self.program.database.keyring.fingerprint("email", email)

    def path(self, token: str) -> str:
        """The link in an e-mail to the nurse."""
        app = self.program.app
        links = MailedLinks(app.settings, app.around.keyring)
        to = Address(EMAIL, "", "nurse@nhs.example")
        return urlsplit(links.of(to, token, self.program.now)).path
