"""People, places and texts of the review queue, and a clock that is driven by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, col, select

from storage.calendar import LONDON, Calendar
from storage.concerns import ReviewItem
from storage.database import Database
from storage.mail import Outbox
from storage.people import Contact, ContactState, Person, Role
from storage.surveys import Survey
from surveys import concerns
from surveys.concerns.handing_over import offer, pass_at_close
from surveys.review_clock import Clocks
from surveys.screening import Screening, Tier
from surveys.sessions import queue_for_review

CALENDAR, CLOCKS = Calendar(), Clocks()
_HALF_AN_HOUR = timedelta(minutes=30)


def local(text: str) -> datetime:
    """An instant by the clocks of London."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def clock(instant: datetime) -> str:
    """How the clocks of London show it."""
    return f"{instant.astimezone(LONDON):%a %H:%M}"


class Scene:
    """A survey, its people, and what they are told."""

    def __init__(self, database: Database, now: str) -> None:
        self.database = database
        self.now = local(now)
        self._seen = 0

    def person(
        self,
        name: str,
        *roles: Role,
        places: Sequence[str] = ("console",),
        reads: Sequence[str] = ("en",),
    ) -> int:
        """Somebody, reachable on these platforms."""
        with self.database.writing() as db:
            found = Person(name=name, email=name, roles=list(roles), reads=list(reads))
            found.email_hash = self.database.keyring.fingerprint("email", name)
            db.add(found)
            db.flush()
            for platform in places:
                key = f"{platform} {name}"[:32]
                db.add(
                    Contact(platform=platform, address=name, address_hash=key, person_id=found.id)
                )
            assert found.id is not None
            return found.id

    def survey(self, reviewer: int | None, deputy: int | None, mode: str = "confidential") -> int:
        """An open survey with these two."""
        with self.database.writing() as db:
            row = Survey(
                slug=f"s{reviewer}-{deputy}-{mode}",
                title="A survey",
                audience="youth",
                mode=mode,
                added_at=self.now,
                reviewer_id=reviewer,
                deputy_id=deputy,
            )
            db.add(row)
            db.flush()
            assert row.id is not None
            return row.id

    def text(
        self,
        tier: Tier = Tier.RED,
        survey_id: int | None = None,
        *,
        pseudonym: str | None = None,
        language: str = "en",
        alerted: bool = True,
    ) -> str:
        """A text comes in now; its reference."""
        row = concerns.review_row(
            survey_id=survey_id,
            pseudonym=pseudonym,
            question="change",
            words="a text",
            screening=Screening(tier, (), (), "1"),
            language=language,
            group_name="",
            now=self.now,
            calendar=CALENDAR,
        )
        with self.database.writing() as db:
            queue_for_review(db, [row])
            if alerted and tier in (Tier.RED, Tier.AMBER):
                concerns.alert(db, row["ref"], survey_id, now=self.now)
        return str(row["ref"])

    def on_call(self, person_id: int, starts: str, ends: str) -> None:
        with self.database.writing() as db:
            concerns.add_shift(db, person_id, local(starts), local(ends), now=self.now)

    def away(self, person_id: int, until: date, stand_in: int | None = None) -> None:
        with self.database.writing() as db:
            person = db.get_one(Person, person_id)
            person.away_until, person.deputy_id = until, stand_in

    def lose(self, person_id: int, platform: str = "") -> None:
        """Their places take no messages any more."""
        with self.database.writing() as db:
            for contact in db.exec(select(Contact).where(Contact.person_id == person_id)):
                if not platform or contact.platform == platform:
                    contact.state = ContactState.GONE
            # What was on its way to them comes back.
            self._come_back(db, person_id)

    def _come_back(self, db: Session, person_id: int) -> None:
        waiting = select(Outbox).where(col(Outbox.settled_at).is_(None))
        for row in db.exec(waiting):
            contact = db.get_one(Contact, row.contact_id)
            if contact.person_id == person_id and contact.state is ContactState.GONE:
                row.outcome, row.settled_at = "gone", self.now

    def minute(self) -> None:
        """What the jobs do every minute."""
        with self.database.writing() as db:
            concerns.pass_on(db, now=self.now)
            offer(db, now=self.now, calendar=CALENDAR, clocks=CLOCKS, before=_HALF_AN_HOUR)
            pass_at_close(db, now=self.now, calendar=CALENDAR, clocks=CLOCKS)

    def until(self, end: str, *, every: int = 1) -> None:
        """Minute by minute until then, or in steps of so many."""
        stop = local(end)
        while self.now < stop:
            self.now += timedelta(minutes=every)
            self.minute()

    def sent(self) -> None:
        """Everything that is due leaves, and is shown in its place."""
        with self.database.writing() as db:
            waiting = select(Outbox).where(
                col(Outbox.settled_at).is_(None), col(Outbox.not_before) <= self.now
            )
            for row in db.exec(waiting):
                row.outcome, row.settled_at = "sent", self.now
                row.external_id = f"m{row.id}"

    def told(self, *intents: str) -> list[str]:
        """Who was told what and when since the last time this was asked."""
        with self.database.reading() as db:
            rows = db.exec(
                select(Outbox, Contact, Person)
                .join(Contact, col(Contact.id) == col(Outbox.contact_id))
                .join(Person, col(Person.id) == col(Contact.person_id))
                .where(col(Outbox.id) > self._seen)
                .order_by(col(Outbox.id))
            ).all()
        self._seen = max((row.id or 0 for row, _, _ in rows), default=self._seen)
        return [
            f"{clock(row.not_before)} {person.name} {contact.platform} {row.intent}"
            for row, contact, person in rows
            if not intents or row.intent in intents
        ]

    def item(self, ref: str) -> ReviewItem:
        with self.database.reading() as db:
            found = concerns.find(db, ref)
            assert found is not None
            return found

    def whats(self, ref: str) -> list[str]:
        """The record of a text."""
        with self.database.writing() as db:
            found = concerns.find(db, ref)
            assert found is not None
            return [event.what for event in concerns.events(db, found)]
