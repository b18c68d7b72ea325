"""What waits for somebody is read on their page, in a page's words, and settled by what they do."""

import pytest
from sqlmodel import col

from storage.mail import Outbox, queue
from storage.people import Contact
from tests.bot.stage import Stage
from tests.bot.web.visitor import Visitor


def leave_for(stage: Stage, intent: str, **params: object) -> None:
    """Something that the program has to say to the one visitor."""
    contact = stage.rows(Contact, col(Contact.platform) == "web")[0]
    with stage.database.writing() as db:
        queue(
            db,
            key=f"test:{intent}",
            intent=intent,
            contact_id=contact.id,
            now=stage.now,
            params=params,
        )


@pytest.mark.parametrize(
    ("intent", "params", "said", "not_said"),
    [
        ("say", {"wording": "stale", "words": {}}, "from an earlier page", "/help"),
        ("say", {"wording": "kept", "words": {"ref": "BCDF"}}, "reference BCDF", "/"),
        ("help_young", {"s": ""}, "skip a question", "/skip"),
        ("languages", {"s": ""}, "below the question", "/language"),
        ("privacy", {"s": ""}, "below each question", "chat"),
        (
            "care",
            {"s": "", "n": 0, "ended": True, "over": True},
            "You did the right thing",
            "like to do",
        ),
    ],
)
def test_what_waits_is_said_in_a_pages_words(
    small_stage: Stage,
    token: str,
    visitor: Visitor,
    intent: str,
    params: dict[str, object],
    said: str,
    not_said: str,
) -> None:
    visitor.start(token)
    leave_for(small_stage, intent, **params)
    for _ in range(2):
        visitor.go("/q")
        assert len(visitor.notices) == 1
        assert said in visitor.notices[0]
        assert not_said not in visitor.notices[0]
    assert visitor.tree.find(".//*[@role='status']") is not None
    visitor.answer()
    assert not visitor.notices
    settled = small_stage.rows(Outbox, col(Outbox.dedupe_key) == f"test:{intent}")
    assert settled[0].outcome == "shown"


def test_markup_in_a_notice_is_text(small_stage: Stage, token: str, visitor: Visitor) -> None:
    visitor.start(token)
    leave_for(small_stage, "say", wording="kept", words={"ref": "<img src=x>"})
    visitor.go("/q")
    assert "<img src=x>" not in visitor.page.text
    assert "<img src=x>" in visitor.notices[0]
