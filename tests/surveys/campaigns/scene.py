"""People, a survey and campaigns in a database, for the tests of what is sent to whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from storage.calendar import Calendar
from storage.database import Database, insert_new
from storage.invitations import Campaign
from storage.mail import Outbox
from storage.people import Contact, ContactState, Person
from storage.surveys import Survey as SurveyRow
from surveys import campaigns, register
from surveys.campaigns import audiences
from surveys.campaigns import sending as campaign_sending
from surveys.campaigns import view as campaign_view
from surveys.campaigns.pace import Pace, SendingHours
from surveys.definition import Audience, Kind, Question, Settings, Survey
from surveys.invitations import find, personal_token, use
from surveys.sessions import Forms

PRACTITIONERS = Survey(
    settings=Settings(form_id="needs", titles={"en": "Needs"}, audience=Audience.PRACTITIONERS),
    questions=(Question("why", Kind.TEXT, {"en": "Why?"}),),
)


def closing(day: date) -> Survey:
    return replace(PRACTITIONERS, settings=replace(PRACTITIONERS.settings, closes=day))


@dataclass
class Scene:
    """One partnership; `now` is moved by hand."""

    database: Database
    now: datetime
    pace: Pace = field(default_factory=Pace)
    calendar: Calendar = field(default_factory=Calendar)
    forms: Forms = field(default_factory=Forms)

    def people(self, count: int, *, linked: bool = True, **more: Any) -> list[int]:
        """So many more people, each with an address on a platform."""
        keyring = self.database.keyring
        with self.database.writing() as db:
            before = len(db.exec(select(Person.id)).all())
            rows = [
                {
                    "key": "",
                    "email": f"p{before + n}@rochdale.example",
                    "email_hash": keyring.fingerprint("email", f"p{before + n}@rochdale.example"),
                    "name": f"Person {before + n}",
                    "agency": "",
                    "roles": [],
                    "language": "en",
                    "active": True,
                    **more,
                }
                for n in range(count)
            ]
            found = sorted(row.id for row in insert_new(db, Person, rows, Person.id))
            if linked:
                self._link(db, found)
        return found

    def link(self, *people: int) -> None:
        with self.database.writing() as db:
            self._link(db, people)

    def _link(self, db: Any, people: Sequence[int]) -> None:
        rows = [
            {
                "platform": "console",
                "space": "",
                "address": f"a{person_id}",
                "address_hash": f"h{person_id}",
                "person_id": person_id,
                "language": "en",
                "state": ContactState.ACTIVE,
                "state_reason": "",
            }
            for person_id in people
        ]
        insert_new(db, Contact, rows)

    def open(self, form: Survey = PRACTITIONERS) -> int:
        with self.database.writing() as db:
            row = register.add(db, form, now=self.now).survey
            register.open_survey(db, row.slug, form, now=self.now, calendar=self.calendar)
            assert row.id is not None
            return row.id

    def start(self, wanted: audiences.Wanted | None = None, **more: Any) -> campaigns.Started:
        with self.database.reading() as db:
            survey = db.exec(select(SurveyRow).where(col(SurveyRow.slug) == "needs")).one()
        assert survey.id is not None
        return campaigns.start(
            self.database,
            survey.id,
            wanted or audiences.Wanted(everyone=True),
            now=self.now,
            calendar=self.calendar,
            pace=self.pace,
            **more,
        )

    def around(self) -> campaign_sending.Occasion:
        hours: SendingHours = self.pace.hours
        return campaign_sending.Occasion(
            self.forms, self.now, self.calendar, hours, self.pace.cap_per_hour
        )

    def send(self, database: Database | None = None) -> campaign_sending.SendReport:
        """What the job does: until nothing more is due."""
        total = campaign_sending.SendReport()
        while True:
            with (database or self.database).writing() as db:
                done = campaign_sending.run(db, self.around())
            if not done.handled:
                return total
            total = total.plus(done)

    def later(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)

    def use(self, campaign_id: int, person_id: int) -> None:
        """Somebody begins by their own link, wherever they found it."""
        token = personal_token(self.database.keyring, campaign_id, person_id)
        with self.database.writing() as db:
            found = find(db, token)
            assert found is not None
            assert use(db, found, self.calendar.local_date(self.now))

    def queued(self, intent: str = "") -> list[str]:
        """The keys of the messages queued so far."""
        with self.database.reading() as db:
            query = select(Outbox.dedupe_key, Outbox.intent).order_by(col(Outbox.id))
            return [key for key, kind in db.exec(query) if not intent or kind == intent]

    def view(self, campaign_id: int) -> campaign_view.CampaignView:
        with self.database.reading() as db:
            campaign = db.get(Campaign, campaign_id)
            assert campaign is not None
            return campaign_view.view(db, campaign)

    def rows(self, table: Any, *where: Any) -> list[Any]:
        with self.database.reading() as db:
            return list(db.exec(select(table).where(*where)))
