"""A survey for practitioners on the desk: asked by e-mail, answered on pages."""

import pytest

from storage.concerns import ReviewItem
from storage.mail import KeptMessage
from storage.surveys import Answer, SessionState, SurveySession
from surveys.campaigns import audiences
from tests.bot.invitation_stage import InvitationStage
from tests.bot.web.desk.letters import Letters
from tests.bot.web.visitor import Visitor


@pytest.fixture
def asked(letters: Letters, nurse: Visitor) -> Visitor:
    """The nurse has opened the link "Begin" of an e-mail."""
    inviting = InvitationStage(letters.stage)
    inviting.open("needs")
    inviting.campaign("needs", audiences.Wanted(everyone=True))
    inviting.days(1)
    inviting.jobs()
    letters.stage.deliver()
    sent = [button for one in letters.stage.recorder.sent for button in one.message.buttons]
    nurse.go(letters.path("nurse", next(one.token for one in sent if one.label == "Begin")))
    return nurse


def test_a_survey_is_answered_on_pages_and_ends_with_thanks(
    letters: Letters, asked: Visitor
) -> None:
    assert not letters.stage.rows(SurveySession)
    asked.press("Begin")
    assert asked.heading == "What practitioners need"
    asked.press("Send", {"f0": "good"})
    assert asked.heading == "Our answer"
    assert "Thank you. Your code is" in asked.main
    [session] = letters.stage.rows(SurveySession)
    assert session.state == SessionState.COMPLETE
    assert [row.value for row in letters.stage.rows(Answer)] == ["good"]
    assert not letters.stage.rows(KeptMessage)


def test_its_page_sent_twice_is_answered_once(letters: Letters, asked: Visitor) -> None:
    asked.press("Begin")
    pressed = asked.filled("Send", {"f0": "good"})
    shown = []
    for _ in range(2):
        asked.send(*pressed)
        shown.append(asked.main)
    assert shown[0] == shown[1]
    assert len(letters.stage.rows(Answer)) == 1
    assert not letters.stage.rows(ReviewItem)
