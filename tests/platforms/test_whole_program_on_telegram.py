"""Everything that `run` starts, where Telegram calls it; and surveys on either database."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.listeners import bind
from bot.serving import Serving
from storage.concerns import ReviewItem
from storage.database import Database
from storage.mail import KeptMessage
from storage.surveys import Answer, SessionState, SurveySession
from surveys.receipts import receipt_code
from tests.bot.conftest import staged
from tests.bot.stage import YOUTH, Stage
from tests.platforms.fixtures import until
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import TOKEN, TelegramServer
from tests.platforms.telegram_stage import START, on_telegram, open_example

BOLTON = "bolton_two_questions.xlsx"
ROBIN = 7
SAID = ["more time to talk", 'we hear "wait" too often 🙂']


@contextmanager
def called_by_telegram(stage: Stage, server: TelegramServer) -> Iterator[None]:
    """The program with its own listeners, and its webhook set; stopped in order."""
    bound = bind("a free port", "127.0.0.1:0")
    stage.configure(
        telegram={
            "token": TOKEN,
            "api": server.url,
            "mode": "webhook",
            "decided_by": "Jo Example",
            "decided_on": "2023-11-01",
            "minimum_age": 0,
        },
        web={"inside": "127.0.0.1:0"},
        links={"web": bound.address},
    )
    server.clock = lambda: stage.now
    serving = Serving(stage.app, lambda _: None, pages=bound)
    try:
        stage.run(serving.open())
        yield
    finally:
        stage.run(serving.close())


def shows(stage: Stage, person: Person, what: str) -> None:
    """Waits until this stands in the newest message or on a button."""

    def is_shown() -> bool:
        return what in " ".join([*person.heard[-1:], *person.labels])

    stage.run(until(is_shown, f"{what!r} is shown"))


def begun(stage: Stage, server: TelegramServer, token: str) -> Person:
    """Somebody at the first question."""
    robin = server.person(ROBIN)
    robin.arrives(token)
    shows(stage, robin, START)
    robin.presses(START)
    shows(stage, robin, "Question 1")
    return robin


def test_a_whole_survey_goes_through_our_webhook(
    database: Database, telegram_server: TelegramServer
) -> None:
    server = telegram_server
    with staged(database) as stage:
        stage.reviewers()
        token = open_example(stage, BOLTON)
        with called_by_telegram(stage, server):
            robin = begun(stage, server, token)
            robin.presses("14 or 15")
            for place, words in enumerate(SAID, 2):
                shows(stage, robin, f"Question {place}")
                robin.says(words)
            shows(stage, robin, "Question 4")
            robin.presses("Sometimes")
            shows(stage, robin, "Question 5")
            robin.presses("A bit")
            shows(stage, robin, "/delete")
        [session] = stage.rows(SurveySession)
        assert session.state == SessionState.COMPLETE
        assert [row.words for row in stage.rows(Answer) if row.words] == SAID
        assert sorted(row.words for row in stage.rows(ReviewItem)) == sorted(SAID)
        assert stage.rows(KeptMessage) == []
    assert server.called("getUpdates") == []
    assert server.webhook.failures == 0
    assert server.pending == 0


def test_what_could_not_be_stored_is_brought_again_by_telegram_and_counts_once(
    sqlite_database: Database, telegram_server: TelegramServer
) -> None:
    server = telegram_server
    with staged(sqlite_database) as stage:
        stage.reviewers()
        token = open_example(stage, BOLTON)
        with called_by_telegram(stage, server):
            robin = begun(stage, server, token)
            with sqlite_database.writing():
                robin.presses("14 or 15")
                stage.run(until(lambda: server.webhook.failures > 0, "it was refused once"))
                assert server.webhook.last_error.endswith("503")
                assert server.pending == 1
            shows(stage, robin, "Question 2")
            stage.run(until(lambda: server.pending == 0, "it is taken in the end"))
        assert [row.value for row in stage.rows(Answer)] == ["14_15"]
    assert len([one for one in robin.screen if "Question 2" in one.text]) == 1


def test_a_whole_survey_is_the_same_on_either_database(
    database: Database, telegram_server: TelegramServer
) -> None:
    with staged(database) as stage, on_telegram(stage, telegram_server) as telegram:
        stage.reviewers()
        robin = telegram.join(ROBIN, open_example(stage, YOUTH))
        telegram.press(robin, "14 or 15", "At school", "Sometimes")
        telegram.say(robin, "8")
        telegram.press(robin, "A teacher", "A friend", "Done", "No", "Back", "No")
        telegram.restart()
        telegram.say(robin, SAID[0])
        assert telegram.session(ROBIN).state == SessionState.COMPLETE
        found = telegram.answers(ROBIN)
        assert found["listening"] == "8"
        assert found["change"] == SAID[0]
        assert telegram.to_read() == [SAID[0]]
        code = receipt_code(stage.database.keyring, telegram.session(ROBIN).id)
        telegram.say(robin, f"/delete {code}")
        telegram.press(robin, robin.labels[0])
        assert stage.rows(Answer) == []
