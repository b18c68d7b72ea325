"""The whole chain with a clock that is driven by hand: who is told what, where, and when.

Real mailroom, delivery, jobs and pages; only the clock and the platforms' wires are ours. The
story is told as it happens, and may be kept as a text.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from httpx import ASGITransport, AsyncClient
from sqlmodel import select

from bot.app import App
from bot.cover_watch import covering_of, watch_cover
from bot.messages import EMAIL, SLACK, Address, Message, Receipt
from bot.people import link
from bot.schedule import reminder_round, tidy, watch_concerns, weekly_digests
from bot.settings import BoardSettings, DigestSettings, LinkSettings, TelegramSettings
from bot.web import inside
from bot.web.app import inside_app, public_app
from storage.calendar import LONDON, Calendar
from storage.concerns import ReviewEvent, ReviewItem
from storage.database import Database
from storage.mail import Outbox
from storage.people import PAGER, Person, Role
from surveys import concerns
from surveys.invitations import invite
from surveys.register import add, open_survey
from tests.bot.stage import TELEGRAM, YOUTH, Recorder, Sent, Stage, form_of
from tests.bot.web.board.office import button_of
from tests.bot.web.visitor import Visitor

FOLDER = Path(__file__).parent / "transcripts"
BOARD, WEB = "https://board.example", "https://listen.example"
SETTINGS: dict[str, Any] = {
    "links": LinkSettings(board=BOARD, web=WEB),
    "board": BoardSettings(),
    "digests": DigestSettings(weekday="tuesday", hour=time(9)),
    "telegram": TelegramSettings(minimum_age=0),
}
STAFF = {
    "ria": ("reviewer", (Role.REVIEWER,), (SLACK, EMAIL)),
    "dev": ("deputy", (Role.REVIEWER,), (SLACK,)),
    "olu": ("on call", (Role.REVIEWER,), (PAGER, SLACK)),
    "mina": ("business manager", (Role.MANAGER,), (EMAIL,)),
}
_CODES = re.compile(r"\b(?=[A-Z0-9]*\d)[A-HJ-NP-Z2-9]{8}\b|\b[A-HJ-NP-Z2-9]{8}\b")
_RECEIPT = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}(?:-[A-Z0-9]{4})?\b")
_LINK = re.compile(r"(/sign-in/)[\w-]+")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant by the clocks of London."""
    return Calendar().at_local(day, time(hour, minute))


@dataclass
class Wire(Recorder):
    """One platform; everything that leaves by it is told."""

    platform: str = ""
    told: Callable[[str, str, Message], None] = field(default=lambda *_: None)

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt:
        receipt = await super().send(to, message, replacing)
        self.told(to.id, self.platform, message)
        return receipt


class Night(Stage):
    """Everybody, where they are reached, and what happens as time goes by."""

    def __init__(self, database: Database, now: datetime, lines: list[str] | None = None) -> None:
        self.lines = lines if lines is not None else []
        self.telling = True
        self.respondents: set[str] = set()
        self.said_to: list[tuple[datetime, str, str, Message]] = []
        self.is_quick = False
        self._minute = ""
        self._heap: list[tuple[str, str, str]] | None = None
        self._sent: list[Sent] = []
        self._wires: dict[str, Wire] = {}
        super().__init__(database, now)
        self.configure(**SETTINGS)
        self.clients: list[AsyncClient] = []

    def _senders(self) -> dict[str, Recorder]:
        made: dict[str, Recorder] = dict(super()._senders())
        for platform in (TELEGRAM, SLACK, EMAIL, PAGER):
            wire = Wire(sent=self._sent, platform=platform, told=self._told)
            self._wires[platform] = wire
            made[platform] = wire
        self.recorder.sent = self._sent
        return made

    def wire(self, platform: str) -> Wire:
        return self._wires[platform]

    # people and what was agreed before

    def staff(self) -> dict[str, int]:
        """The four, each in their places."""
        found = {}
        for name, (_, roles, places) in STAFF.items():
            found[name] = self.person(name, *roles, linked=False)
            with self.database.writing() as db:
                person = db.get_one(Person, found[name])
                person.reads = ["en", "pl", "ur", "ar", "ro"]
                db.add(person)
                for platform in places:
                    link(db, person, Address(platform, "", name))
        return found

    def survey(self) -> str:
        """Young people are asked, with the reviewer and the deputy named; the link's token."""
        asked = form_of(YOUTH)
        named = {one: f"{one}@rochdale.example" for one in ("ria", "dev")}
        settings = replace(asked.settings, reviewer=named["ria"], deputy=named["dev"])
        form = replace(asked, settings=settings)
        with self.database.writing() as db:
            row = add(db, form, now=self.now).survey
            covering = covering_of(self.app.around)
            open_survey(db, row.slug, form, now=self.now, covering=covering)
            assert row.id is not None
            return invite(db, row.id, now=self.now, group_name="Falinge Park High School")

    def on_call(self, who: int, starts: datetime, ends: datetime) -> None:
        with self.database.writing() as db:
            concerns.add_shift(db, who, starts, ends, now=self.now)

    # time

    def jobs(self) -> None:
        """What the schedule does by itself at this minute, and what is sent then.

        `is_quick`: the watch over concerns alone.
        """
        work: list[Callable[[App], object]] = [watch_concerns]
        if self.now.minute % 15 == 0 and not self.is_quick:
            work += [watch_cover, weekly_digests, reminder_round]
        if (self.now.hour, self.now.minute) == (3, 10):
            work.append(tidy)
        for job in work:
            job(self.app)
        self.deliver()

    def until(self, when: datetime, step: int = 1) -> None:
        """Minute by minute, or in larger steps where nothing is waited for."""
        while self.now + timedelta(minutes=step) <= when:
            self.now += timedelta(minutes=step)
            self.jobs()
        self.now = when
        self.jobs()

    # telling the story

    def tells(self, line: str) -> None:
        if not self.telling:
            return
        minute = f"{self.now.astimezone(LONDON):%a %d %b %H:%M}"
        if minute != self._minute:
            self._minute = minute
            self.lines.append(f"\n{minute}")
        self.lines.append(f"  {_masked(line)}")

    def _told(self, who: str, platform: str, message: Message) -> None:
        self.said_to.append((self.now, who, platform, message))
        post = STAFF[who][0] if who in STAFF else "young person"
        words = " / ".join(part for part in message.text.split("\n") if part.strip())
        title = f"[{message.title}] " if message.title else ""
        pressed = "".join(f" [{one.label}]" for one in message.buttons if who in STAFF)
        told = (f"{title}{words}{pressed}", f"{who} ({post})", platform)
        if self._heap is None:
            self._heap = []
        self._heap.append(told)

    def deliver(self) -> int:
        """Sends what is due; who was told the same thing stands in one line."""
        sent = super().deliver()
        heap, self._heap = sorted(self._heap or (), key=_order), None
        for words in dict.fromkeys(told for told, _, _ in heap):
            places: dict[str, list[str]] = {}
            for _, who, platform in (one for one in heap if one[0] == words):
                places.setdefault(who, []).append(platform)
            to = ", ".join(f"{who} by {' and '.join(found)}" for who, found in places.items())
            self.tells(f"-> {to}: {words}")
        return sent

    # the board

    def browser(self, public: bool = False) -> Visitor:
        app = self.app
        pages = public_app(app) if public else inside_app(app, extra_routes=inside.routes(app))
        way = ASGITransport(pages, raise_app_exceptions=False, client=("10.0.0.1", 50000))
        self.clients.append(AsyncClient(transport=way, base_url=WEB if public else BOARD))
        return Visitor(self.clients[-1], self.run)

    def opens_alert(self, who: str) -> Visitor:
        """Follows the link of their newest alert, is asked who they are, and signs in."""
        path = urlsplit(self.newest_link(who, "/concerns/")).path
        self.tells(f"{who} opens the link of the alert")
        visitor = self.browser()
        visitor.go(path)
        assert visitor.page.url.path == "/sign-in", visitor.main
        visitor.press("Send me a link", {"email": f"{who}@rochdale.example"})
        self.deliver()
        visitor.go(urlsplit(self.newest_link(who, "/sign-in/")).path)
        self.tells(f"{who} presses: {button_of(visitor)}")
        visitor.press(button_of(visitor))
        assert visitor.page.url.path == path, visitor.main
        return visitor

    def newest_link(self, who: str, what: str) -> str:
        pattern = re.compile(rf"{re.escape(BOARD)}{what}\S+")
        for sent in reversed(self._sent):
            if sent.to == who and (found := pattern.search(sent.text)):
                return found[0].rstrip(".")
        raise AssertionError(f"{who} was sent no link to {what}")

    # what is stored

    def item(self) -> ReviewItem:
        """The one red."""
        rows: list[ReviewItem] = self.rows(ReviewItem)
        [found] = [one for one in rows if one.tier == "red"]
        return found

    def record(self) -> list[str]:
        """The append-only record of the red, with the names of who did it."""
        with self.database.reading() as db:
            names = {one.id: one.name for one in db.exec(select(Person))}
            query = select(ReviewEvent).where(ReviewEvent.item_id == self.item().id)
            events = sorted(db.exec(query), key=lambda one: one.id or 0)
            return [
                f"{one.at.astimezone(LONDON):%a %d %b %H:%M} {names.get(one.person_id, 'the bot')}:"
                f" {one.what}"
                for one in events
            ]

    def to_staff(self) -> str:
        """Everything that anybody but the young person was sent."""
        parts = []
        for _, who, _, message in self.said_to:
            if who in STAFF:
                parts += [message.text, message.title, message.foot]
                parts += [part.text for part in message.parts]
        return "\n".join(parts)

    def outbox(self) -> str:
        return "\n".join(f"{row.intent} {row.params}" for row in self.rows(Outbox))

    def close(self) -> None:
        for client in self.clients:
            self.run(client.aclose())
        super().close()


def _order(told: tuple[str, str, str]) -> tuple[int, str, str]:
    """The young person first, then those who hear first; whichever wire was quicker."""
    name = told[1].partition(" ")[0]
    return (["robin", "olu", "ria", "dev", "mina"].index(name), told[2], told[0])


def _masked(line: str) -> str:
    """Codes are new at every run."""
    line = _LINK.sub(r"\1{token}", line)
    return _CODES.sub("{ref}", _RECEIPT.sub("{code}", line))


@contextmanager
def night(database: Database, now: datetime, lines: list[str] | None = None) -> Iterator[Night]:
    one = Night(database, now, lines)
    try:
        yield one
    finally:
        one.close()


def check_story(name: str, lines: list[str]) -> None:
    """What was told is what is kept; `KEEP_TRANSCRIPTS=1` writes it anew: read the difference."""
    path, told = FOLDER / f"{name}.txt", "\n".join(lines).strip() + "\n"
    if os.environ.get("KEEP_TRANSCRIPTS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(told, "utf-8")
    assert told.splitlines() == path.read_text("utf-8").splitlines()
