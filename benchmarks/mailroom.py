"""Our side of the answers benchmark: a real program on a real file, without a platform."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import perf_counter

from sqlalchemy import func
from sqlmodel import col, select

from benchmarks.updates import Given, Respondent, read, respondent
from bot.app import App, build
from bot.messages import AckStatus, Address, Arrived, Content, Incoming, Pressed
from bot.settings import DatabaseSettings, Settings, TelegramSettings
from bot.tokens import of_act
from storage.people import Contact, Person
from storage.surveys import Answer, SessionState, SurveySession
from storage.types import Keyring
from surveys.definition import Survey
from surveys.invitations import invite
from surveys.register import add, open_survey
from surveys.xlsform import read_xlsform

FORM = Path(__file__).parent.parent / "examples/surveys/domestic_abuse_young_people.xlsx"
NOW = datetime(2023, 12, 4, 10, tzinfo=UTC)


@dataclass(slots=True)
class Office:
    """A program with one open survey, and a number for everything that comes in."""

    app: App
    survey_id: int
    token: str
    numbers: "count[int]"

    async def receive(self, chat: int, content: Content) -> None:
        """A message that is not an answer: following the link, saying yes."""
        incoming = Incoming(
            platform="telegram",
            space="loop_bot",
            event_id=f"s{next(self.numbers)}",
            sender=Address("telegram", "loop_bot", str(chat)),
            content=content,
            received_at=NOW,
        )
        ack = await self.app.mailroom.receive(incoming)
        assert ack.status is AckStatus.STORED

    async def welcome(self, people: int, given: Sequence[Given] | None = None) -> list[Respondent]:
        """So many people who have said yes, each with what they are about to answer."""
        chats = [next(self.numbers) for _ in range(people)]
        await asyncio.gather(*(self.receive(chat, Arrived(self.token)) for chat in chats))
        yes = Pressed(of_act("welcome", self.survey_id, "yes"))
        await asyncio.gather(*(self.receive(chat, yes) for chat in chats))
        sessions = self._sessions()
        return [
            respondent(number, chat=chat, session=sessions[str(chat)], given=given)
            for number, chat in enumerate(chats)
        ]

    def _sessions(self) -> dict[str, str]:
        with self.app.database.reading() as db:
            rows = db.exec(
                select(Contact.address, SurveySession.id)
                .join(SurveySession, col(SurveySession.contact_id) == col(Contact.id))
                .where(SurveySession.state == SessionState.OPEN)
            )
            return dict(rows.all())

    def counted(self) -> tuple[int, int]:
        """How many answers there are, and how many finished forms."""
        with self.app.database.reading() as db:
            answers = db.exec(select(func.count()).select_from(Answer)).one()
            done = select(func.count()).where(SurveySession.state == SessionState.COMPLETE)
            return answers, db.exec(done).one()


@contextmanager
def opened(folder: Path, form: Survey | None = None) -> Iterator[Office]:
    """A new database file with this survey open, or the young people's, its reviewers named."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder / 'loop.db'}"),
        telegram=TelegramSettings(minimum_age=0),
    )
    app = build(settings, Keyring.generate(), lambda: NOW)
    if form is None:
        form, issues = read_xlsform(FORM)
        assert form is not None, issues
    with app.database.writing() as db:
        for email in filter(None, (form.settings.reviewer, form.settings.deputy)):
            found = app.around.keyring.fingerprint("email", email)
            db.add(Person(email=email, email_hash=found, name=email, roles=["reviewer"]))
        db.flush()
        survey = add(db, form, now=NOW).survey
        open_survey(db, survey.slug, form, now=NOW)
        assert survey.id is not None
        token = invite(db, survey.id, now=NOW, group_name="Falinge Park High School")
        survey_id = survey.id
    try:
        yield Office(app, survey_id, token, count(1))
    finally:
        app.close()


async def answer_together(office: Office, people: Sequence[Respondent]) -> float:
    """All at once, each waiting for the acknowledgement before the next answer; in seconds."""

    async def answer(one: Respondent) -> None:
        for update in one.updates:
            ack = await office.app.mailroom.receive(read(update))
            assert ack.status is AckStatus.STORED

    begun = perf_counter()
    await asyncio.gather(*(answer(one) for one in people))
    return perf_counter() - begun


async def answer_alone(office: Office, people: Sequence[Respondent]) -> list[float]:
    """One after another: how long each answer takes until it is on disk."""
    waits = []
    for one in people:
        for update in one.updates:
            begun = perf_counter()
            await office.app.mailroom.receive(read(update))
            waits.append(perf_counter() - begun)
    return waits
