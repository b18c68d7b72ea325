"""An alert to a reviewer, wherever it comes: a reference and what to do, never the words."""

import pytest

from bot.messages import EMAIL, SLACK, TEAMS, Message
from bot.platforms.email.drawing import Frame
from bot.platforms.email.drawing import draw as drawn_mail
from bot.platforms.teams.drawing import summary_of
from bot.web.desk.meanings import meaning_of
from storage.people import Role
from tests.bot.staff.office import Office

_WORDS = "a boy just told me he is going to kill himself tonight"


@pytest.fixture
def alert(at_work: Office, request: pytest.FixtureRequest) -> Message:
    at_work.platform = request.param
    at_work.colleague("reviewer", Role.REVIEWER)
    at_work.colleague("amira")
    at_work.say("amira", _WORDS)
    return at_work.newest("reviewer")


@pytest.mark.parametrize("alert", [SLACK, TEAMS, EMAIL], indirect=True)
def test_an_alert_says_what_to_do_and_no_word_of_it(alert: Message) -> None:
    assert alert.title == "Something waits for you to read"
    assert summary_of(alert) == alert.title, "what a locked screen shows"
    assert "to be read by" in alert.text
    assert "concerns show" in alert.text
    assert not any(word in alert.text for word in ("boy", "kill", "amira"))


@pytest.mark.parametrize("alert", [EMAIL], indirect=True)
def test_by_e_mail_one_press_takes_it(alert: Message) -> None:
    frame = Frame(link=lambda token: f"https://loop.example/m/{token}")
    mail = drawn_mail(alert, frame)
    assert mail.subject == "Something waits for you to read"
    assert "I have it" in mail.text
    assert "kill" not in mail.text + mail.html
    meaning = meaning_of(alert.buttons[0].token)
    assert (meaning.key, meaning.changes) == ("ack", True)
