"""The board in real browsers: reviewers, what waits for them, and the links that they are sent."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread
from urllib.parse import urlsplit

from playwright.sync_api import Page

from bot.listeners import Listener, bind
from bot.messages import Address
from bot.people import link
from bot.platforms.console import PLATFORM
from bot.settings import LinkSettings, Settings
from bot.web import inside
from bot.web.app import inside_app
from storage.concerns import ReviewItem
from storage.database import Database
from storage.people import Person, Role
from surveys import concerns
from surveys.concerns import review_row
from surveys.screening import Screening, Tier
from tests.bot.stage import Recorder
from tests.browser.program import Program, _served

PEOPLE = {
    "reviewer": Role.REVIEWER,
    "deputy": Role.REVIEWER,
    "manager": Role.MANAGER,
    "scrutineer": Role.SCRUTINEER,
    "voice": Role.VOICE_LEAD,
}
WORDS = "he hits me when mum is at work and I am scared to go home tonight"


@dataclass(frozen=True, slots=True)
class Board:
    """The pages inside, and everybody who may open them."""

    program: Program
    recorder: Recorder
    people: dict[str, int]

    def item(self, words: str = WORDS, tier: Tier = Tier.AMBER, **more: object) -> str:
        """A text that waits; its reference."""
        around = self.program.app.around
        rules = () if tier is Tier.NONE else ("kin hits me",)
        given = {
            "survey_id": None,
            "pseudonym": None,
            "question": "",
            "language": "en",
            "group_name": "Falinge Park High School",
            **more,
        }
        row = review_row(
            words=words,
            screening=Screening(tier, (), rules, "2026.1"),
            now=self.program.now,
            calendar=around.calendar,
            **given,  # type: ignore[arg-type]
        )
        with self.program.database.writing() as db:
            db.add(ReviewItem(**row))
        return str(row["ref"])

    def on_call(self, who: str) -> None:
        now = self.program.now
        with self.program.database.writing() as db:
            person_id = self.people[who]
            concerns.add_shift(db, person_id, now, now + timedelta(hours=30), now=now)

    def link(self, who: str) -> str:
        """The path of the newest link that somebody was sent."""
        delivery = self.program.app.delivery({PLATFORM: self.recorder})
        sending = Thread(target=lambda: asyncio.run(delivery.run_until_idle()))
        sending.start()
        sending.join(20)
        for text in reversed(self.recorder.texts(who)):
            if found := re.search(r"http\S+/sign-in/\S+", text):
                return urlsplit(found[0]).path
        raise AssertionError(f"{who} was sent no link")

    def sign_in(self, page: Page, who: str, to: str = "/") -> None:
        """By the page, the link from the outbox, and the button."""
        page.goto(to)
        page.get_by_label("Your work e-mail").fill(f"{who}@rochdale.example")
        with page.expect_navigation():
            page.get_by_role("button", name="Send me a link").click()
        page.goto(self.link(who))
        with page.expect_navigation():
            page.locator("main button").click()


@contextmanager
def board_of(database: Database, now: datetime) -> Iterator[Board]:
    """The program with its inside pages on a real port."""
    bound = bind("a free port", "127.0.0.1:0")
    settings = Settings(links=LinkSettings(board=bound.address))
    program = Program(database, settings, now, bound.address)
    pages = inside_app(program.app, extra_routes=inside.routes(program.app))
    try:
        with _served(Listener(pages, bound, stop_seconds=1)):
            yield Board(program, Recorder(), _people(database))
    finally:
        program.app.writer.close()


def _people(database: Database) -> dict[str, int]:
    found = {}
    with database.writing() as db:
        for name, role in PEOPLE.items():
            email = f"{name}@rochdale.example"
            digest = database.keyring.fingerprint("email", email)
            person = Person(email=email, email_hash=digest, name=name, roles=[role.value])
            db.add(person)
            db.flush()
            link(db, person, Address(PLATFORM, "", name))
            assert person.id is not None
            found[name] = person.id
    return found
