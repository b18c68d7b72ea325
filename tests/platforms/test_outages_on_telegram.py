"""What is lost and what is doubled when Telegram, the network or our own process gives way."""

import pytest

from bot.messages import Limits
from storage.database import Database
from tests.bot.conftest import staged
from tests.bot.stage import YOUTH
from tests.platforms.fixtures import until
from tests.platforms.telegram_limits import (
    BAD_GATEWAY,
    DROP,
    DROP_AFTER,
    GARBAGE,
    SERVER_ERROR,
    TOO_MANY,
    Fault,
    RateLimits,
)
from tests.platforms.telegram_server import TelegramServer
from tests.platforms.telegram_stage import TelegramStage, on_telegram, open_example
from tests.platforms.telegram_updates import OTHER_POLL

ROBIN = 7


def questions(telegram: TelegramStage) -> list[str]:
    """The first lines of all questions that were sent or put in place of one, in order."""
    calls = telegram.server.called("sendMessage", "editMessageText")
    texts = (call.params.text("text") for call in calls if call.is_done)
    return [line for text in texts for line in text.splitlines() if line.startswith("Question")]


def in_turn(telegram: TelegramStage, minutes: int = 2) -> None:
    """Goes on until nothing waits, however often it has to be tried again."""
    for _ in range(30):
        telegram.stage.later(minutes=minutes)
        if not telegram.stage.run(telegram.delivery.run_until_idle()):
            return
    raise AssertionError("there was always something left to send")


def test_a_crash_between_storing_and_confirming_loses_and_doubles_nothing(
    telegram: TelegramStage,
) -> None:
    robin = telegram.join(ROBIN, open_example(telegram.stage, YOUTH))
    telegram.press(robin, "14 or 15")
    shown = questions(telegram)
    # The poll that waits brings two updates; whatever would confirm them is cut off.
    telegram.stage.run(until(lambda: telegram.server.is_polled, "a poll waits"))
    with telegram.server.lock:
        telegram.server.fail("getUpdates", DROP, times=1000)
        robin.presses("At school")
        robin.says("what is this for")
    telegram.stage.run(until(lambda: _is_stored(telegram), "both are on disk"))
    assert telegram.server.pending == 2
    telegram.restart()
    telegram.server.faults.orders.clear()
    telegram.settle()
    assert telegram.answers(ROBIN) == {"age_band": "14_15", "where_from": "school"}
    assert telegram.to_read() == ["what is this for"]
    assert [line[:10] for line in questions(telegram)[len(shown) :]] == ["Question 3"]


def _is_stored(telegram: TelegramStage) -> bool:
    return "where_from" in telegram.answers(ROBIN) and bool(telegram.to_read())


@pytest.mark.parametrize(
    ("fault", "times"),
    [(TOO_MANY, 3), (SERVER_ERROR, 7), (BAD_GATEWAY, 7), (DROP, 7), (GARBAGE, 7)],
)
def test_a_storm_of_failures_delays_and_neither_loses_nor_doubles(
    telegram: TelegramStage, fault: Fault, times: int
) -> None:
    robin = telegram.join(ROBIN, open_example(telegram.stage, YOUTH))
    telegram.server.fail("*", fault, times=times)
    robin.presses("14 or 15")
    telegram.taken()
    telegram.stage.run(telegram.delivery.run_until_idle())
    in_turn(telegram)
    telegram.press(robin, "At school")
    in_turn(telegram)
    assert telegram.server.faults.left == 0
    assert telegram.answers(ROBIN) == {"age_band": "14_15", "where_from": "school"}
    assert [line[:10] for line in questions(telegram)] == ["Question 1", "Question 2", "Question 3"]


def test_an_answer_that_is_lost_on_its_way_may_double_one_message_and_no_more(
    telegram: TelegramStage,
) -> None:
    robin = telegram.join(ROBIN, open_example(telegram.stage, YOUTH))
    telegram.server.fail("sendMessage", DROP_AFTER)
    telegram.say(robin, "14 or 15")
    in_turn(telegram)
    asked = [line[:10] for line in questions(telegram)]
    assert asked.count("Question 2") <= 2, "at least once, and at most once more"
    assert telegram.answers(ROBIN) == {"age_band": "14_15"}
    telegram.press(robin, "At school")
    assert telegram.answers(ROBIN)["where_from"] == "school"


def test_one_malformed_update_stops_nothing(telegram: TelegramStage) -> None:
    robin = telegram.join(ROBIN, open_example(telegram.stage, YOUTH))
    telegram.server.raw_update({"message": {"message_id": "no number", "chat": 5, "text": 7}})
    telegram.server.raw_update({"something_new": {"from": "2031"}})
    robin.presses("14 or 15")
    telegram.server.raw_update({"callback_query": None})
    telegram.settle()
    assert telegram.answers(ROBIN) == {"age_band": "14_15"}
    assert sum(telegram.node.receiver.passed_over.values()) >= 1


def test_another_poller_is_noticed_and_nothing_is_lost(telegram: TelegramStage) -> None:
    robin = telegram.join(ROBIN, open_example(telegram.stage, YOUTH))
    telegram.server.fail("getUpdates", Fault(OTHER_POLL), times=3)
    robin.presses("14 or 15")
    telegram.settle()
    assert telegram.answers(ROBIN) == {"age_band": "14_15"}
    assert "Question 2" in robin.last.text


def test_within_the_platforms_limits_nobody_is_told_to_wait(
    sqlite_database: Database, telegram_server: TelegramServer
) -> None:
    telegram_server.limits = RateLimits()
    limits = Limits(text=20_000, buttons=100, label=4096, per_second=30.0, per_contact_seconds=1.0)
    with (
        staged(sqlite_database) as stage,
        on_telegram(stage, telegram_server, limits) as telegram,
    ):
        stage.reviewers()
        token = open_example(stage, YOUTH)
        people = [telegram_server.person(number) for number in range(100, 133)]
        for person in people:
            person.arrives(token)
        telegram.settle()
        for person in people:
            person.presses("16 or older")
        telegram.settle()
        assert all("Yes, start" in person.labels for person in people)
        assert telegram_server.limits.refused == 0
