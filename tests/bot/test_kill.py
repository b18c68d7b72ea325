"""Killed at twenty random moments: every answer is there once, every message goes out.

The bound for doubles: a lane settles a row before it takes the next, so at the moment of a kill
at most LANES rows were sent and not yet settled, each to another person. Only these can go out a
second time, so there are at most LANES doubles for each kill, and nothing goes out three times
unless it met two kills.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.outgoing.delivery import LANES
from storage.concerns import ReviewItem
from storage.database import Database
from storage.mail import InboxKey, KeptMessage, Outbox
from storage.people import Contact
from storage.surveys import Answer, SessionState, Survey, SurveySession
from tests.backends import SqliteBackend
from tests.bot.conftest import staged
from tests.bot.kill_run import EACH, KEYRING, PEOPLE, Life, lines_of

HOUSE = Path(__file__).parent.parent.parent
KILLS = 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A database with an open survey, and the link to it."""
    with SqliteBackend(tmp_path).prepared() as url:
        Path(url.removeprefix("sqlite:///")).rename(tmp_path / "loop.db")
    with Database(Life(tmp_path, 0).url, KEYRING) as database, staged(database) as stage:
        stage.reviewers()
        token = stage.open()
        [survey] = stage.rows(Survey, col(Survey.audience) == "youth")
        (tmp_path / "link").write_text(f"{token} {survey.id}")
    return tmp_path


def _run(folder: Path, seed: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bot.kill_run", str(folder), str(seed), str(KILLS)],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def _expected_words() -> list[str]:
    """What is no pick: it does not fit its question, is free text, or comes after the end."""
    return [line for number in range(PEOPLE) for line in lines_of(number) if line[:1].isalpha()]


@pytest.mark.timeout(150)
@pytest.mark.parametrize("seed", [20231204])
def test_nothing_is_lost_and_nothing_counts_twice_however_often_it_is_killed(
    folder: Path, seed: int
) -> None:
    _run(folder, seed)
    with Database(Life(folder, 0).url, KEYRING) as database, database.reading() as db:
        assert len(db.exec(select(InboxKey)).all()) == PEOPLE * EACH
        assert db.exec(select(KeptMessage)).all() == []
        states = db.exec(select(SurveySession.state)).all()
        assert states == [SessionState.COMPLETE] * PEOPLE
        _assert_every_answer(db.exec(select(Answer)).all())
        words = db.exec(select(ReviewItem.words)).all()
        assert Counter(words) == Counter(_expected_words())
        rows = {row.id: row for row in db.exec(select(Outbox))}
        assert {row.outcome for row in rows.values()} == {"sent", "lapsed"}
        contacts = {row.address: row.id for row in db.exec(select(Contact))}
    _assert_sends(folder, rows, contacts)


def _assert_every_answer(answers: Sequence[Answer]) -> None:
    by_question = Counter((row.question, row.value) for row in answers if row.words is None)
    assert by_question["age_band", "14_15"] == PEOPLE
    assert len(answers) == len({(row.pseudonym, row.question) for row in answers})
    changes = [row.words for row in answers if row.question == "change"]
    assert sorted(map(str, changes)) == sorted(
        f"change {2000 + number}" for number in range(PEOPLE)
    )


def _assert_sends(
    folder: Path, rows: dict[int | None, Outbox], contacts: dict[str, int | None]
) -> None:
    sends = [line.split() for line in (folder / "sends.log").read_text().splitlines()]
    times = Counter(int(row) for _, row, _, _ in sends)
    sent = {row_id for row_id, row in rows.items() if row.outcome == "sent"}
    assert sent <= times.keys(), "what is settled as sent was sent"
    assert all(rows[int(row)].contact_id == contacts[who] for _, row, who, _ in sends)
    again = _sent_again(sends)
    doubles = sum(times.values()) - len(times)
    print(f"{doubles} doubles of {len(sends)} sends in {KILLS} kills; by life: {again}")
    assert doubles == sum(len(people) for people in again.values())
    assert doubles <= KILLS * LANES
    assert all(len(people) <= LANES for people in again.values())
    assert all(len(people) == len(set(people)) for people in again.values())


def _sent_again(sends: list[list[str]]) -> dict[str, list[str]]:
    """By life, to whom went what a later life sent again."""
    last_life = {row: life for life, row, _, _ in sends}
    again: dict[str, list[str]] = {}
    for life, row, who, _ in sends:
        if life != last_life[row]:
            again.setdefault(life, []).append(who)
    return again
