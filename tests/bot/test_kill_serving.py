"""The real `run`, killed again and again under a flood from Telegram and the web.

Every answer and every text that a person has to read is there once. What may be doubled is what
the lanes were sending at the moment of a kill: at most LANES messages, each to another person.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import httpx
import pytest
from sqlmodel import col, select

from bot.outgoing.delivery import LANES
from bot.tokens import of_act
from storage.concerns import ReviewItem
from storage.database import Database
from storage.mail import InboxKey, KeptMessage, Outbox
from storage.people import Contact
from storage.surveys import Answer, SessionState, Survey, SurveySession
from surveys.receipts import come_back_code, receipt_code
from tests.backends import SqliteBackend
from tests.bot.conftest import staged
from tests.bot.kill_run import KEYRING, Life, lines_of
from tests.bot.kill_serving import MARK
from tests.bot.web.visitor import Fields, Visitor
from tests.platforms.fixtures import until
from tests.platforms.telegram_server import TOKEN, Call, TelegramServer, serving

HOUSE = Path(__file__).parent.parent.parent
KILLS, WRITERS, VISITORS = 5, 15, 8
_FIRST = 5_550_000_000  # a short number would be found in the log by chance
_PATIENCE = 40.0


@dataclass
class Program:
    """The program's lives, one after another, and when each began."""

    process: subprocess.Popen[str]
    where: str
    began: list[float]
    pid: int = 0

    def is_born(self) -> None:
        assert self.process.stdin is not None
        self.began.append(monotonic())
        print(len(self.began) - 1, file=self.process.stdin, flush=True)
        self.pid = int(self._line())

    def ends(self, by: signal.Signals) -> int:
        """How it ended."""
        os.kill(self.pid, by)
        return int(self._line())

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@contextmanager
def program(folder: Path, api: str) -> Iterator[Program]:
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bot.kill_serving", str(folder), api],
            cwd=HOUSE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "PTB_TIMEDELTA": "true"},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Program(process, process.stdout.readline().strip(), [])
        finally:
            process.stdin.close()
            process.wait(10)
            process.stdout.close()


@dataclass(frozen=True, slots=True)
class Scene:
    """A database with an open survey, and the link to it."""

    folder: Path
    token: str
    survey: str


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    with SqliteBackend(tmp_path).prepared() as url:
        Path(url.removeprefix("sqlite:///")).rename(tmp_path / "loop.db")
    with Database(Life(tmp_path, 0).url, KEYRING) as database, staged(database) as stage:
        stage.reviewers()
        token = stage.open()
        [survey] = stage.rows(Survey, col(Survey.audience) == "youth")
        return Scene(tmp_path, token, str(survey.id))


# those who write on Telegram: all at once, without waiting for an answer


def _writes(server: TelegramServer, scene: Scene, number: int) -> None:
    robin = server.person(_FIRST + number)
    robin.arrives(scene.token)
    pressed = {
        "id": str(number),
        "from": robin.chat.user_json(None),
        "chat_instance": "1",
        "data": of_act("welcome", scene.survey, "yes"),
    }
    server.update("callback_query", pressed)
    for line in lines_of(number):
        robin.says(line)


# those at a page: a form is sent again until somebody answers


class Stubborn(Visitor):
    """Somebody whose browser says that the page cannot be reached, and who presses again."""

    async def at(self, method: str, path: str, fields: Fields | None = None) -> None:
        data = None if fields is None else dict(fields)
        while True:
            try:
                self.page = await self.client.request(method, path, data=data)
                if self.page.status_code < 500:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)

    async def presses(self, label: str, values: dict[str, object] | None = None) -> None:
        path, fields = self.filled(label, values)
        await self.at("POST", path, fields)
        if self.page.is_redirect:
            await self.at("GET", self.page.headers["location"])

    async def answers_all(self, token: str, words: str) -> None:
        """Starts, again where it is not known what became of it, and goes on to the end."""
        await self.at("GET", f"/s/{token}")
        while not self.question:
            await self.presses("Start")
        while self.question:
            is_text = self.tree.find(".//textarea") is not None
            await self.presses("Next", {"a": words} if is_text else self.fitting())
            await asyncio.sleep(random.uniform(0, 0.3))


async def _visit(where: str, scene: Scene, number: int) -> None:
    async with httpx.AsyncClient(base_url=where, trust_env=False, timeout=20) as client:
        visitor = Stubborn.__new__(Stubborn)
        visitor.client, visitor.sent = client, []
        await visitor.answers_all(scene.token, f"page {number}")


# the flood


async def _flood(scene: Scene, server: TelegramServer, lives: Program, dice: random.Random) -> None:
    lives.is_born()
    at_pages = [asyncio.create_task(_visit(lives.where, scene, n)) for n in range(VISITORS)]
    for number in range(WRITERS):
        if number % (WRITERS // KILLS) == 0 and len(lives.began) <= KILLS:
            await _is_at_work(server, dice.randrange(1, 25))
            await asyncio.sleep(dice.uniform(0, 0.05))
            assert await asyncio.to_thread(lives.ends, signal.SIGKILL) == -signal.SIGKILL
            await asyncio.sleep(0.05)  # what had left it arrives
            lives.is_born()
        _writes(server, scene, number)
    await asyncio.wait_for(asyncio.gather(*at_pages), _PATIENCE)
    await until(lambda: server.pending == 0, "all updates are taken", _PATIENCE)
    with Database(Life(scene.folder, 0).url, KEYRING) as database:
        await until(lambda: _is_all_sent(database), "all is sent", _PATIENCE)
    assert await asyncio.to_thread(lives.ends, signal.SIGTERM) == 0


async def _is_at_work(server: TelegramServer, most: int) -> None:
    """Until so many more messages came from the program, or there are no more to come."""
    before = len(_sends(server))
    await until(lambda: server.is_polled, "it polls")
    with suppress(AssertionError):
        await until(lambda: len(_sends(server)) >= before + most, "it sends", 2.0)


def _sends(server: TelegramServer) -> list[Call]:
    return [call for call in server.called("sendMessage", "editMessageText") if call.is_done]


def _is_all_sent(database: Database) -> bool:
    """All but what waits on somebody's page."""
    waits = (
        select(Outbox.id)
        .join(Contact)
        .where(col(Outbox.settled_at).is_(None), col(Contact.platform) == "telegram")
    )
    with database.reading() as db:
        return db.exec(waits).first() is None


@pytest.mark.timeout(120)
def test_a_program_killed_under_a_flood_loses_nothing_and_counts_nothing_twice(
    scene: Scene,
) -> None:
    with serving() as server, program(scene.folder, server.url) as lives:
        asyncio.run(_flood(scene, server, lives, random.Random(20231204)))
        sends, began = _sends(server), lives.began
    _assert_log((scene.folder / "log").read_text(), scene)
    with Database(Life(scene.folder, 0).url, KEYRING) as database, database.reading() as db:
        assert db.exec(select(KeptMessage)).all() == []
        keys = db.exec(select(InboxKey.event_id).where(col(InboxKey.platform) == "telegram"))
        assert len(keys.all()) == WRITERS * (2 + len(lines_of(0)))
        _assert_answers(db.exec(select(SurveySession)).all(), db.exec(select(Answer)).all())
        assert Counter(db.exec(select(ReviewItem.words))) == Counter(_to_read())
        rows = {row.id: row for row in db.exec(select(Outbox))}
    _assert_sends(sends, rows, began)


def _assert_log(log: str, scene: Scene) -> None:
    """It says what happened, and nobody's words, codes, ids or addresses."""
    assert "Survey pages: http://127.0.0.1:" in log
    assert "Traceback" not in log
    with Database(Life(scene.folder, 0).url, KEYRING) as database, database.reading() as db:
        ids = [row.id for row in db.exec(select(SurveySession))]
        people = [row.address for row in db.exec(select(Contact))]
    secret = [TOKEN, scene.token, *ids, *people, *_to_read()]
    secret += [code(KEYRING, one) for one in ids for code in (come_back_code, receipt_code)]
    assert [one for one in secret if one in log] == []


def _to_read() -> list[str]:
    """What is no pick: it does not fit its question, is free text, or comes after the end."""
    said = [line for n in range(WRITERS) for line in lines_of(n) if line[:1].isalpha()]
    return said + [f"page {number}" for number in range(VISITORS)]


def _assert_answers(sessions: Sequence[SurveySession], answers: Sequence[Answer]) -> None:
    whole = {row.pseudonym for row in sessions if row.state == SessionState.COMPLETE}
    assert len(whole) == WRITERS + VISITORS
    # A start whose answer was lost is pressed again: what was begun first stays empty.
    assert {row.pseudonym for row in answers} == whole
    assert len(answers) == len({(row.pseudonym, row.question) for row in answers})
    expected = [f"change {2000 + n}" for n in range(WRITERS)]
    expected += [f"page {n}" for n in range(VISITORS)]
    assert Counter(row.words for row in answers if row.words) == Counter(expected)


def _assert_sends(
    sends: Sequence[Call], rows: dict[int | None, Outbox], began: list[float]
) -> None:
    """By life, to whom went what a later life sent again."""
    times = [(_row(call), call.chat, sum(at < call.at for at in began)) for call in sends]
    sent = {row.id for row in rows.values() if row.outcome == "sent"}
    assert {row for row, _, _ in times} >= sent, "what is settled as sent was sent"
    last = {row: life for row, _, life in times}
    again: dict[int, list[int]] = {}
    for row, who, life in times:
        if life != last[row]:
            again.setdefault(life, []).append(who)
    doubles = len(times) - len(last)
    print(f"{doubles} doubles of {len(times)} sends in {KILLS} kills; by life: {again}")
    assert doubles == sum(map(len, again.values())), "one life sends nothing twice"
    assert all(len(who) <= LANES and len(who) == len(set(who)) for who in again.values())


def _row(call: Call) -> int:
    """The row of the outbox that a message was made from."""
    head = call.params.text("text").partition("\n")[0]
    assert head.startswith(MARK), head
    return int(head.removeprefix(MARK))
