"""The real program on the loopback Telegram: poller, mailroom, database, outbox, delivery."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from sqlmodel import col

from bot.messages import TELEGRAM, Address, Limits
from bot.outgoing.delivery import Delivery
from bot.platforms import console
from bot.platforms.telegram import Poller, PollLease, Receiver, Telegram
from bot.settings import Settings
from bot.standing import hash_of
from storage.concerns import ReviewItem
from storage.people import Contact
from storage.surveys import Answer, SurveySession
from surveys.definition import Survey as Form
from surveys.invitations import invite
from surveys.register import add, open_survey
from tests.bot.stage import Stage, form_of
from tests.platforms.fixtures import until
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import TelegramServer

OLD_ENOUGH, START = "16 or older", "Yes, start"


class Node:
    """One process of the program. `crash` ends it where it stands; `stop` as `run` ends."""

    def __init__(self, stage: Stage, server: TelegramServer) -> None:
        settings = Settings(telegram={"token": server.token, "api": server.url})  # type: ignore[arg-type]
        app = stage.app
        self.telegram = Telegram.open(settings, app.around.keyring)
        self.receiver = Receiver(self.telegram, app.mailroom.receive, app.around.clock)
        lease = PollLease(app.database, app.writer, app.around.clock)
        self.poller = Poller(self.receiver, lease, poll_seconds=5, first_pause=0.02)
        self.stopped = asyncio.Event()
        self.polling = asyncio.get_running_loop().create_task(self.poller.run(self.stopped))

    def delivery(self, stage: Stage, *, limits: Limits | None) -> Delivery:
        """Both platforms: young people here, their reviewers at the recording console."""
        at_will = replace(self.telegram.limits, per_second=None, per_contact_seconds=0.0)
        self.telegram.limits = at_will if limits is None else limits
        return stage.app.delivery({TELEGRAM: self.telegram, console.PLATFORM: stage.recorder})

    async def crash(self) -> None:
        self.polling.cancel()
        await asyncio.gather(self.polling, return_exceptions=True)
        await self.telegram.close()

    async def stop(self) -> None:
        self.stopped.set()
        await self.polling
        await self.telegram.close()


class TelegramStage:
    """A stage whose young people are on Telegram. Its clock is the platform's clock too."""

    def __init__(self, stage: Stage, server: TelegramServer, limits: Limits | None = None) -> None:
        self.stage = stage
        self.server = server
        self._limits = limits
        server.clock = lambda: stage.now
        self._begin()

    def _begin(self) -> None:
        async def begin() -> tuple[Node, Delivery]:
            node = Node(self.stage, self.server)
            return node, node.delivery(self.stage, limits=self._limits)

        self.node, self.delivery = self.stage.run(begin())

    def restart(self) -> None:
        """The process is killed, and another begins a minute later."""
        self.stage.run(self.node.crash())
        self.stage.later(minutes=1)
        self._begin()

    def close(self) -> None:
        self.stage.run(self.node.stop())

    def settle(self) -> None:
        """Until all updates are confirmed and all that is due has gone out."""
        self.taken()
        self.stage.run(self._sent())

    def taken(self) -> None:
        """Until all updates are on disk and confirmed; nothing is sent back yet."""
        self.stage.run(until(lambda: self.server.pending == 0, "all updates are confirmed"))

    async def _sent(self) -> None:
        await self.delivery.run_until_idle()

    # what is stored

    def sessions(self, number: int) -> list[SurveySession]:
        """All of somebody, but those that were deleted: these are nobody's."""
        digest = hash_of(self.stage.database.keyring, Address(TELEGRAM, "", str(number)))
        [contact] = self.stage.rows(Contact, col(Contact.address_hash) == digest)
        return self.stage.rows(SurveySession, col(SurveySession.contact_id) == contact.id)

    def session(self, number: int) -> SurveySession:
        """The newest session of somebody."""
        return self.sessions(number)[-1]

    def answers(self, number: int) -> dict[str, str]:
        """What is stored of that session: by question, its value or its words."""
        mine = col(Answer.pseudonym) == self.session(number).pseudonym
        return {row.question: row.words or row.value for row in self.stage.rows(Answer, mine)}

    def to_read(self) -> list[str]:
        """All words that wait for a reviewer, in the order of the alphabet."""
        return sorted(row.words for row in self.stage.rows(ReviewItem))

    # what people do, each answered before the next

    def join(self, number: int, token: str, *, language: str = "en") -> Person:
        """Somebody follows the link, is old enough, and wants to."""
        robin = self.server.person(number, language=language)
        robin.arrives(token)
        self.settle()
        self.press(robin, OLD_ENOUGH, START)
        return robin

    def say(self, person: Person, *lines: str) -> None:
        for line in lines:
            person.says(line)
            self.settle()

    def press(self, person: Person, *labels: str) -> None:
        for label in labels:
            person.presses(label)
            self.settle()


@contextmanager
def on_telegram(
    stage: Stage, server: TelegramServer, limits: Limits | None = None
) -> Iterator[TelegramStage]:
    opened = TelegramStage(stage, server, limits)
    try:
        yield opened
    finally:
        opened.close()


@cache
def reviewed_form(name: str) -> Form:
    """An example survey, with the two on the stage as its reviewers."""
    form = form_of(name)
    named = replace(
        form.settings,
        reviewer="reviewer@rochdale.example",
        deputy="deputy@rochdale.example",
    )
    return replace(form, settings=named)


def open_example(stage: Stage, name: str) -> str:
    """Opens it (once); the token of a link."""
    form = reviewed_form(name)
    with stage.database.writing() as db:
        row = add(db, form, now=stage.now).survey
        open_survey(db, row.slug, form, now=stage.now)
        assert row.id is not None
        return invite(db, row.id, now=stage.now, group_name="Falinge Park High School")
