"""Reviewer, deputy and on-call all stay silent: who is told when, how far up it goes, and that

nothing of it is lost or said twice when the program is killed in the middle. The stories are in
transcripts/.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from bot.messages import SLACK, DeliveryError, Failure, Pressed
from bot.schedule import watch_concerns
from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.mail import Outbox
from storage.people import PAGER
from surveys.concerns import figures
from tests.bot.stage import TELEGRAM
from tests.concerns.night import STAFF, Night, at, check_story, night

WEDNESDAY, FRIDAY = date(2024, 3, 27), date(2024, 3, 29)
WORDS = "my step dad is hitting me right now and im scared he will come back up"


@dataclass(frozen=True, slots=True)
class Silence:
    """When it is written, and for how long nobody does anything."""

    written: datetime
    lasts: timedelta = timedelta(minutes=80)


SILENCES = {
    "in_hours": Silence(at(WEDNESDAY, 11, 0)),
    "at_night": Silence(at(FRIDAY, 23, 40)),
    "before_the_close": Silence(at(WEDNESDAY, 16, 20)),
}


@contextmanager
def written(database: Database, silence: Silence) -> Iterator[Night]:
    """Robin's words are on disk, and nobody has done anything yet."""
    with begun(database, silence) as stage:
        stage.telling = True
        stage.tells("robin writes on Telegram, and everybody is silent")
        stage.say("robin", WORDS)
        yield stage


@contextmanager
def begun(database: Database, silence: Silence) -> Iterator[Night]:
    """Robin is at the last question."""
    with night(database, at(WEDNESDAY, 10)) as stage:
        stage.telling = False
        people = stage.staff()
        stage.on_call(people["olu"], at(WEDNESDAY, 17), at(date(2024, 4, 15), 9))
        token = stage.survey()
        stage.platform = TELEGRAM
        stage.say("robin", f"/start {token}")
        stage.press("robin", "Yes, start")
        stage.say("robin", "2", "1", "2", "/skip", "/skip", "/skip")
        stage.now, stage.is_quick = silence.written, True
        yield stage


@pytest.mark.parametrize("name", SILENCES)
def test_it_goes_on_to_more_and_more_people_until_somebody_has_it(
    name: str, sqlite_database: Database
) -> None:
    silence = SILENCES[name]
    with written(sqlite_database, silence) as stage:
        stage.until(silence.written + silence.lasts, step=5)
        _ever_wider(stage)
        _never_silent(stage)
        _said_once(stage)
        _somebody_takes_it(stage)
        check_story(f"silence_{name}", stage.lines)


def _alerts(stage: Night) -> list[tuple[datetime, str, str]]:
    return [
        (when, who, platform)
        for when, who, platform, message in stage.said_to
        if who in STAFF and ("needs you" in message.text or "Nobody has ack" in message.text)
    ]


def _ever_wider(stage: Night) -> None:
    """First one, then the next, then all of them; at last the manager, without a reference."""
    first = {who: min(at for at, one, _ in _alerts(stage) if one == who) for who in STAFF}
    assert max(first, key=lambda who: first[who]) == "mina"
    assert first["mina"] - stage.item().received_at <= timedelta(minutes=75)
    told = [message.text for _, who, _, message in stage.said_to if who == "mina"]
    assert any("Nobody has acknowledged a red" in text for text in told)
    assert not any(stage.item().ref in text for text in told)
    assert WORDS not in stage.to_staff() + stage.outbox()


def _never_silent(stage: Night) -> None:
    """At no time more than a quarter of an hour without somebody being told."""
    times = sorted({when for when, _, _ in _alerts(stage)})
    assert times[0] == stage.item().received_at
    gaps = [after - before for before, after in pairwise(times)]
    assert max(gaps) <= timedelta(minutes=15)
    assert stage.now - times[-1] <= timedelta(minutes=15)


def _said_once(stage: Night) -> None:
    """Each place hears each round once."""
    doubled = [one for one, count in Counter(_alerts(stage)).items() if count > 1]
    assert doubled == []
    keys = [row.dedupe_key for row in stage.rows(Outbox)]
    assert len(keys) == len(set(keys))


def _somebody_takes_it(stage: Night) -> None:
    """One tap, and everybody else is left in peace; the figures say that it was late."""
    stage.platform = SLACK
    token = stage.token("dev", "I have it")
    stage.tells("dev presses: I have it")
    stage.say("dev", Pressed(token))
    stage.now += timedelta(minutes=1)
    stage.jobs()
    before = len(_alerts(stage))
    stage.until(stage.now + timedelta(hours=2), step=15)
    assert len(_alerts(stage)) == before
    item = stage.item()
    assert item.state == ReviewState.ACKNOWLEDGED
    with stage.database.reading() as db:
        found = figures(db, item.received_at, stage.now, now=stage.now)
    assert (found.tiers[0].late, found.kept) == (1, False)


def test_a_kill_in_the_middle_loses_nothing_and_says_nothing_twice(database: Database) -> None:
    """Killed with alerts claimed and unsent; another program takes up what the files say."""
    silence = SILENCES["at_night"]
    with written(database, silence) as stage:
        stage.until(silence.written + timedelta(minutes=15), step=5)
        stage.now = silence.written + timedelta(minutes=30)
        watch_concerns(stage.app)  # queued, and the process dies before it is sent
        undelivered = _waiting(stage)
        assert undelivered
        with night(database, stage.now, stage.lines) as after:
            after.said_to = stage.said_to
            after.lines.append("\n  (killed, and started again)")
            after.jobs()
            assert _waiting(after) == []
            after.is_quick = True
            after.until(silence.written + timedelta(minutes=80), step=5)
            _ever_wider(after)
            _never_silent(after)
            _said_once(after)
            assert [one.words for one in after.rows(ReviewItem) if one.tier == "red"] == [WORDS]


def _waiting(stage: Night) -> list[str]:
    return [row.dedupe_key for row in stage.rows(Outbox) if row.settled_at is None]


def test_two_programs_at_it_tell_everybody_once(database: Database) -> None:
    silence = SILENCES["in_hours"]
    with written(database, silence) as stage, night(database, stage.now) as other:
        other.said_to = stage.said_to
        end = silence.written + timedelta(minutes=50)
        while stage.now < end:
            stage.now = other.now = stage.now + timedelta(minutes=5)
            watch_concerns(stage.app)
            watch_concerns(other.app)
            other.deliver()
            stage.deliver()
        _said_once(stage)
        assert {who for _, who, _ in _alerts(stage)} == {"ria", "dev", "olu", "mina"}


def test_when_the_pager_and_every_chat_fail_it_goes_on_to_the_next(
    sqlite_database: Database,
) -> None:
    """Whoever cannot be reached is passed over at once, and not after a quarter of an hour."""
    silence = SILENCES["at_night"]
    with begun(sqlite_database, silence) as stage:
        for place in (PAGER, SLACK):
            gone = DeliveryError(Failure.RECIPIENT_GONE, "gone")
            stage.wire(place).fail("olu", gone, gone)
        stage.say("robin", WORDS)
        stage.until(silence.written + timedelta(minutes=2))
        reached = {who for _, who, _ in _alerts(stage)}
        assert "olu" not in reached
        assert reached & {"ria", "dev"}
