"""The pages of replies: writing, other words, checking, approving, publishing, correcting."""

import pytest
from sqlmodel import select

from digests.themes import add_theme
from storage.voice import (
    Publication,
    Response,
    ResponseState,
    ResponseWording,
    ThemeCoding,
)
from tests.bot.web.board.office import Office, at
from tests.bot.web.board.test_themes import SLUG, survey
from tests.bot.web.visitor import Visitor

REPLY = {"kind": "we_did", "text": "A worker comes on Mondays."}


def theme(office: Office, people: int = 12, name: str = "Somebody to talk to") -> str:
    """A theme of which so many people spoke; the address of its page."""
    survey_id = survey(office)
    with office.stage.database.writing() as db:
        made = add_theme(db, survey_id=survey_id, name=name, now=office.stage.now)
        db.add_all(
            ThemeCoding(theme_id=made.id or 0, pseudonym=f"s{place}", question="change")
            for place in range(people)
        )
        return f"/responses/{SLUG}/{made.id}"


def drafted(office: Office, people: int = 12, who: str = "manager") -> tuple[Visitor, str]:
    there = theme(office, people)
    visitor = office.come(who, there)
    visitor.press("Save the draft", REPLY)
    return visitor, there


def test_a_reply_is_drafted_approved_looked_at_and_published(both: Office) -> None:
    visitor, _there = drafted(both)
    assert "Saved as a draft" in visitor.main
    assert "Reading age" in visitor.main or "Too short" in visitor.main
    visitor.press("Approve it in my name")
    assert "who drafted it as well" in visitor.main
    visitor.go(f"/responses/{SLUG}/publish")
    assert "1 reply is approved" in visitor.main
    assert "A worker comes on Mondays." in visitor.main
    assert not both.stage.rows(Publication)
    pressed = visitor.filled("Publish, and tell everybody who asked")
    visitor.send(*pressed)
    assert at(visitor.page) == f"/responses/{SLUG}"
    assert "1 of 1 themes (100%)" in visitor.main
    visitor.send(*pressed)
    assert "It may have gone out already" in visitor.main
    assert len(both.stage.rows(Publication)) == 1
    [reply] = both.stage.rows(Response)
    assert (reply.state, reply.drafted_by_id) == (ResponseState.PUBLISHED, both.people["manager"])
    acts = ("response.draft", "response.approve", "response.publish")
    assert [len(both.audited(act)) for act in acts] == [1, 1, 1]


def test_what_was_typed_stays_after_a_mistake(office: Office) -> None:
    visitor = office.come("voice", theme(office))
    visitor.press("Save the draft", {"kind": "we_cannot", "text": "Free <b>buses</b>."})
    assert visitor.page.status_code == 422
    assert "needs a reason" in visitor.main
    assert "Free <b>buses</b>." in dict(visitor.filled("Save the draft")[1])["text"]
    visitor.press("Save the draft", {**REPLY, "action": "99.9"})
    assert "There is no action 99.9" in visitor.main
    visitor.press("Save the draft", {**REPLY, "action": "", "by_when": "soon"})
    assert "such as 2024-06-30" in visitor.main
    assert not office.stage.rows(Response)


def test_asking_how_it_reads_saves_nothing(office: Office) -> None:
    visitor = office.come("voice", theme(office))
    text = "We made a quiet room for you. You can go there after school. It is free."
    visitor.press("See how it reads", {"kind": "we_did", "text": text, "measure": "yes"})
    assert "Reading age about" in visitor.main
    assert text in dict(visitor.filled("Save the draft")[1])["text"]
    assert not office.stage.rows(Response)


def test_other_words_are_shown_once_somebody_stands_by_them(office: Office) -> None:
    visitor, _there = drafted(office)
    words = {"readers": "8_11", "language": "pl", "said": "Ktoś do rozmowy", "words": "Jest ktoś."}
    visitor.press("Save these words", words)
    assert "Not checked yet" in visitor.main
    assert "No reading age is known for this language" in visitor.main
    visitor.press("Stand by these words")
    assert "Please tick" in visitor.main
    visitor.press("Stand by these words", {"reads": "yes"})
    assert "Checked in your name" in visitor.main
    visitor.press("Approve it in my name")
    visitor.go(f"/responses/{SLUG}/publish?for=8_11&lang=pl")
    assert "Jest ktoś." in visitor.main
    visitor.go(f"/responses/{SLUG}/publish?for=8_11&lang=ur")
    assert "Jest ktoś." not in visitor.main
    [row] = office.stage.rows(ResponseWording)
    assert row.checked_by_id == office.people["manager"]


def test_a_small_group_needs_the_voice_lead_to_confirm(office: Office) -> None:
    visitor, _there = drafted(office, people=3)
    assert "Few people spoke of it" in visitor.main
    visitor.press("Approve it in my name")
    visitor.go(f"/responses/{SLUG}/publish")
    assert "so the voice lead publishes them" in visitor.main
    assert not visitor.has_button("Publish, and tell everybody who asked")
    lead = office.come("voice", f"/responses/{SLUG}/publish")
    lead.press("Publish, and tell everybody who asked")
    assert "confirm that they point to nobody" in lead.main
    lead.press("Publish, and tell everybody who asked", {"points_to_nobody": "yes"})
    assert len(office.stage.rows(Publication)) == 1


def test_a_correction_says_what_was_wrong_and_leaves_what_was_published(office: Office) -> None:
    visitor, there = drafted(office)
    visitor.press("Approve it in my name")
    visitor.go(f"/responses/{SLUG}/publish")
    visitor.press("Publish, and tell everybody who asked")
    visitor.go(there)
    visitor.press("Something was wrong: correct it")
    assert dict(visitor.filled("Draft the correction")[1])["text"].strip() == REPLY["text"]
    visitor.press("Draft the correction", {"text": "A worker comes on Tuesdays."})
    assert "what was wrong" in visitor.main
    visitor.press("Draft the correction", {"what": "It is not Mondays."})
    assert "The correction is drafted" in visitor.main
    visitor.press("Approve it in my name")
    visitor.go(f"/responses/{SLUG}/publish")
    assert "What was wrong: It is not Mondays." in visitor.main
    assert "Before, we said: “A worker comes on Mondays.”" in visitor.main
    assert [row.text for row in office.stage.rows(Response)] == [
        "A worker comes on Mondays.",
        "A worker comes on Tuesdays.",
    ]


def test_posters_and_papers_are_of_what_was_published(office: Office) -> None:
    visitor, _there = drafted(office)
    visitor.press("Approve it in my name")
    visitor.go(f"/responses/{SLUG}/file?as=poster")
    assert visitor.page.status_code == 404
    visitor.go(f"/responses/{SLUG}/publish")
    visitor.press("Publish, and tell everybody who asked")
    for kind, begins in (("poster", b"%PDF"), ("pdf", b"%PDF"), ("docx", b"PK")):
        visitor.go(f"/responses/{SLUG}/file?as={kind}&lang=ar&for=everybody")
        assert visitor.page.content.startswith(begins)
        assert f"-{SLUG}-ar." in visitor.page.headers["content-disposition"]


def test_somebody_who_approves_approves_what_they_read(office: Office) -> None:
    visitor, _there = drafted(office)
    stale = visitor.filled("Approve it in my name")
    with office.stage.database.writing() as db:
        row = db.exec(select(Response)).one()
        db.add(Response(theme_id=row.theme_id, kind=row.kind, text="Another."))
    visitor.send(*stale)
    assert "changed it meanwhile" in visitor.main
    assert not office.audited("response.approve")


def test_the_list_counts_what_is_answered_and_owed(office: Office) -> None:
    theme(office)
    office.stage.later(minutes=1)
    visitor = office.come("manager", "/responses")
    assert "0 of 1 theme answered" in visitor.main
    assert "1 owed" in visitor.main
    visitor.go(f"/responses/{SLUG}")
    assert "No reply yet: write one" in visitor.main


@pytest.mark.parametrize("there", ["nothing", f"{SLUG}/999", f"{SLUG}/x", "nothing/publish"])
def test_what_is_not_there_says_so(office: Office, there: str) -> None:
    survey(office)
    visitor = office.come("voice", "/responses")
    assert visitor.go(f"/responses/{there}").status_code == 404
