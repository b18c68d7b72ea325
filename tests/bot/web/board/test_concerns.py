"""The review queue on the board: order, clocks, reading on record, deciding, and stale pages."""

import pytest

from storage.concerns import ReviewItem, ReviewState
from storage.surveys import Survey
from surveys import concerns
from surveys.screening import Tier
from tests.bot.web.board.office import WORDS, Office, at
from tests.bot.web.visitor import Visitor

REASON = {"reason": "A plain answer about lessons."}
REFERRAL = {"reason": "Told us of an assault at home.", "to": "MASH, by phone, Ms Hill"}


def _state(office: Office, ref: str) -> ReviewState:
    (row,) = office.stage.rows(ReviewItem, ReviewItem.ref == ref)
    return ReviewState(row.state)


def _what(office: Office, ref: str) -> list[str]:
    with office.stage.database.reading() as db:
        item = concerns.find(db, ref)
        assert item is not None
        return [line.what for line in concerns.events(db, item)]


def _order(visitor: Visitor) -> list[str]:
    links = visitor.tree.findall(".//ol[@class='queue']//a")
    return [str(a.get("href")).rpartition("/")[2] for a in links]


def test_red_comes_first_and_each_says_its_clock_in_words(office: Office) -> None:
    plain, red = office.item("nice", Tier.NONE), office.item("now", Tier.RED)
    amber = office.item()
    visitor = office.come("reviewer", "/concerns")
    assert _order(visitor) == [red, amber, plain]
    assert visitor.title.startswith("1 red, 3 unread")
    assert "read by 10:15, 15 minutes left" in visitor.main
    office.stage.later(minutes=20)
    visitor.go("/concerns")
    assert "overdue by 5 minutes" in visitor.main
    assert "hits me" not in visitor.page.text


def test_the_queue_shows_what_is_mine_and_what_is_closed(office: Office) -> None:
    mine, closed = office.item(), office.item("fine", Tier.NONE)
    office.item()
    visitor = office.come("reviewer", f"/concerns/{mine}")
    visitor.press("I have it")
    visitor.go(f"/concerns/{closed}")
    visitor.press("Decide", {"decision": "none"})
    assert at(visitor.page) == "/concerns"
    assert "Your decision is on record" in visitor.main
    visitor.go("/concerns?show=mine")
    assert _order(visitor) == [mine]
    visitor.go("/concerns?show=closed")
    assert _order(visitor) == [closed]
    assert "With reviewer" in visitor.go("/concerns").text.replace("<bdi>", "").replace(
        "</bdi>", ""
    )


def test_reading_is_recorded_once_for_one_reading(both: Office) -> None:
    ref = both.item()
    visitor = both.come("reviewer", f"/concerns/{ref}")
    assert WORDS in visitor.main
    visitor.go(f"/concerns/{ref}")
    assert len(both.audited("concern.read")) == 1
    both.stage.later(minutes=6)
    visitor.go(f"/concerns/{ref}")
    assert len(both.audited("concern.read")) == 2


def test_what_a_browser_fetches_ahead_shows_no_words_and_is_no_reading(office: Office) -> None:
    ref = office.item()
    visitor = office.come("reviewer", "/concerns")
    page = visitor.go(f"/concerns/{ref}", **{"Sec-Purpose": "prefetch"})
    assert page.status_code == 404
    assert not office.audited("concern.read")


def test_the_circumstances_stand_before_the_words(office: Office) -> None:
    ref = office.item(tier=Tier.RED)
    text = office.come("reviewer", f"/concerns/{ref}").main
    for said in (
        "Falinge Park High School",
        "kin hits me",
        "lexicon 2026.1",
        "it finds nothing out",
    ):
        assert text.index(said) < text.index(WORDS), said


def test_a_text_with_markup_is_only_words(office: Office) -> None:
    ref = office.item("<script>alert(1)</script>{{ 7*7 }}=1+1")
    visitor = office.come("reviewer", f"/concerns/{ref}")
    assert "<script>alert" not in visitor.page.text
    assert "{{ 7*7 }}=1+1" in visitor.main


def test_an_urdu_text_runs_from_the_right(office: Office) -> None:
    ref = office.item("وہ مجھے مارتا ہے", language="ur")
    visitor = office.come("reviewer", f"/concerns/{ref}")
    quote = visitor.tree.find(".//blockquote")
    assert quote.get("lang") == "ur"
    assert quote.get("dir") == "auto"


def test_taking_it_noting_and_giving_it_back(office: Office) -> None:
    ref = office.item()
    visitor = office.come("reviewer", f"/concerns/{ref}")
    visitor.press("I have it")
    assert "It is with you" in visitor.main
    visitor.press("Add the note", {"note": "Called the DSL, no answer."})
    assert "Called the DSL, no answer." in visitor.main
    visitor.press("Give it back")
    assert at(visitor.page) == "/concerns"
    assert _state(office, ref) is ReviewState.WAITING
    assert _what(office, ref)[:2] == ["read", "acknowledged"]


def test_a_decision_needs_its_reason_and_keeps_what_was_typed(office: Office) -> None:
    ref = office.item()
    visitor = office.come("reviewer", f"/concerns/{ref}")
    visitor.press("Decide", {"decision": "mash", "to": "MASH, Ms Hill", "reason": ""})
    assert visitor.page.status_code == 422
    assert "Please give the reason" in visitor.main
    assert dict(visitor.filled("Decide")[1])["to"] == "MASH, Ms Hill"
    assert dict(visitor.filled("Decide")[1])["decision"] == "mash"
    visitor.press("Decide", {"decision": "mash", "reason": "x", "to": "y", "at": "yesterday"})
    assert "the day and the time" in visitor.main
    visitor.press("Decide", {"reason": "No decision chosen", "decision": []})
    assert "Please choose what you decide" in visitor.main
    assert _state(office, ref) is ReviewState.WAITING
    visitor.press("Decide", {"decision": "mash", **REFERRAL, "at": "", "case_ref": "LCS-12"})
    (row,) = office.stage.rows(ReviewItem, ReviewItem.ref == ref)
    assert (row.decision, row.referral_to, row.case_ref) == ("mash", REFERRAL["to"], "LCS-12")
    assert _state(office, ref) is ReviewState.CLOSED


def test_a_red_is_closed_by_a_second_person_in_their_own_name(both: Office) -> None:
    ref = both.item(tier=Tier.RED)
    first = both.come("reviewer", f"/concerns/{ref}")
    first.press("Decide", {"decision": "mash", **REFERRAL})
    assert _state(both, ref) is ReviewState.PROPOSED
    first.go(f"/concerns/{ref}")
    assert not first.has_button("I agree, close it")
    assert "Another reviewer has to agree" in first.main
    second = both.come("deputy", f"/concerns/{ref}")
    assert REFERRAL["reason"] in second.main
    second.press("Send it back", {"disagree_reason": "The police first."})
    assert _state(both, ref) is ReviewState.ACKNOWLEDGED
    first.go(f"/concerns/{ref}")
    assert "The police first." in first.main
    first.press("Decide", {"decision": "police", **REFERRAL})
    second.go(f"/concerns/{ref}")
    second.press("I agree, close it")
    assert _state(both, ref) is ReviewState.CLOSED
    assert [one for one in _what(both, ref) if one in ("agreed", "disagreed")] == [
        "disagreed",
        "agreed",
    ]


def test_a_stale_page_saves_nothing_and_says_who_was_faster(both: Office) -> None:
    ref = both.item()
    slow, fast = both.come("reviewer", f"/concerns/{ref}"), both.come("deputy", f"/concerns/{ref}")
    typed = slow.filled("Decide", {"decision": "none", "reason": "My long and careful reason"})
    fast.press("I have it")
    slow.send(*typed)
    assert slow.page.status_code == 409
    assert "deputy took it" in slow.main
    assert "My long and careful reason" in slow.main
    assert _state(both, ref) is ReviewState.ACKNOWLEDGED
    slow.press("Decide", {"decision": "none"})
    assert _state(both, ref) is ReviewState.CLOSED


@pytest.mark.parametrize(
    ("button", "fields", "leaves"),
    [
        ("I have it", {}, "acknowledged"),
        ("Add the note", {"note": "Once."}, "note"),
        ("Decide", {"decision": "none", **REASON}, "closed: none"),
    ],
)
def test_a_press_that_came_twice_counts_once(
    office: Office, button: str, fields: dict[str, str], leaves: str
) -> None:
    ref = office.item()
    visitor = office.come("reviewer", f"/concerns/{ref}")
    pressed = visitor.filled(button, fields)
    visitor.send(*pressed)
    assert visitor.send(*pressed).status_code == 200
    assert _what(office, ref).count(leaves) == 1


def test_names_are_taken_out_and_others_read_the_rest(office: Office) -> None:
    ref = office.item("Tom and  Mrs Khan know. TOMATO", Tier.NONE)
    visitor = office.come("reviewer", f"/concerns/{ref}/redact")
    visitor.press("Show what others will read", {"names": "tom, Mrs Khan"})
    assert "[name] and [name] know. TOMATO" in visitor.main
    assert _state(office, ref) is ReviewState.WAITING
    visitor.press("Decide with this text", {"decision": "redact", **REASON})
    (row,) = office.stage.rows(ReviewItem, ReviewItem.ref == ref)
    assert row.redacted_words == "[name] and  [name] know. TOMATO"
    assert row.words == "Tom and  Mrs Khan know. TOMATO"
    assert _state(office, ref) is ReviewState.CLOSED


def test_a_closed_text_is_taken_up_again_with_a_reason(office: Office) -> None:
    ref = office.item("fine", Tier.NONE)
    visitor = office.come("reviewer", f"/concerns/{ref}")
    visitor.press("Decide", {"decision": "none", **REASON})
    visitor.go(f"/concerns/{ref}")
    visitor.press("Open it again", {"reopen_reason": ""})
    assert "why it is taken up again" in visitor.main
    visitor.press("Open it again", {"reopen_reason": "The school called."})
    assert _state(office, ref) is ReviewState.ACKNOWLEDGED
    assert "The school called." in visitor.main


def test_the_words_go_once_the_case_system_has_them(office: Office) -> None:
    ref = office.item()
    visitor = office.come("reviewer", f"/concerns/{ref}")
    visitor.press("Decide", {"decision": "mash", **REFERRAL})
    visitor.go(f"/concerns/{ref}")
    visitor.press("Delete the words here", {"moved_to": "LCS-77"})
    assert WORDS not in visitor.page.text
    assert "LCS-77" in visitor.main


def test_who_wrote_it_is_told_once_and_only_with_a_reason(office: Office) -> None:
    token = office.stage.open(group="Falinge Park High School")
    office.stage.say("yp", f"/start {token}")
    office.stage.press("yp", "Yes, start")
    office.stage.say("yp", "my dad hits me when he drinks")
    ref = next(row.ref for row in office.stage.rows(ReviewItem) if "my dad" in row.words)
    visitor = office.come("reviewer", f"/concerns/{ref}/trace")
    visitor.press("Look it up", {"reason": " "})
    assert "Please give the reason" in visitor.main
    visitor.press("Look it up", {"reason": "Not safe at home tonight."})
    assert "How they are reached" in visitor.main
    assert "yp" in visitor.main
    (entry,) = office.audited("concern.trace")
    assert "yp" not in f"{entry.subject} {entry.detail}".split()
    visitor.go(f"/concerns/{ref}/trace")
    assert "How they are reached" not in visitor.main
    visitor.go(f"/concerns/{ref}")
    assert "Not safe at home tonight." in visitor.main


def test_the_question_and_what_else_they_wrote_stand_beside_a_text(office: Office) -> None:
    token = office.stage.open(group="Falinge Park High School")
    office.stage.say("yp", f"/start {token}")
    office.stage.press("yp", "Yes, start")
    office.stage.say("yp", "i am scared of him", "my dad hits me when he drinks")
    rows = office.stage.rows(ReviewItem)
    last = next(row for row in rows if "my dad" in row.words)
    visitor = office.come("reviewer", f"/concerns/{last.ref}")
    assert "Falinge Park High School" in visitor.main
    assert "Confidential: you can ask who wrote it" in visitor.main
    assert "The fixed words of care" in visitor.main
    other = next(row for row in rows if "scared" in row.words)
    assert f"/concerns/{other.ref}" in visitor.page.text
    assert "scared of him" not in visitor.page.text


def test_of_an_anonymous_text_the_hour_alone_is_shown(office: Office) -> None:
    with office.stage.database.writing() as db:
        survey = Survey(
            slug="a", title="A", audience="youth", mode="anonymous", added_at=office.stage.now
        )
        db.add(survey)
        db.flush()
        survey_id = survey.id
    office.stage.later(minutes=23)
    ref = office.item(survey_id=survey_id)
    visitor = office.come("reviewer", f"/concerns/{ref}")
    assert "between 10:00 and 10:59" in visitor.main
    assert "Anonymous: nobody can find out who wrote it" in visitor.main
    visitor.go(f"/concerns/{ref}/trace")
    assert "nobody can be found" in visitor.main


def test_who_wrote_outside_any_survey_cannot_be_found_and_it_says_what_to_do(
    office: Office,
) -> None:
    ref = office.item()
    visitor = office.come("reviewer", f"/concerns/{ref}/trace")
    visitor.press("Look it up", {"reason": "Not safe at home tonight."})
    assert "Nobody can be found" in visitor.main
    assert "What you can do" in visitor.main


def test_a_reference_that_is_none_is_not_found(office: Office) -> None:
    visitor = office.come("reviewer", "/concerns")
    for path in ("/concerns/NOSUCH", "/concerns/NOSUCH/redact", "/concerns/NOSUCH/trace"):
        assert visitor.go(path).status_code == 404


def test_while_nothing_can_be_saved_it_says_so_and_the_press_counts_later(office: Office) -> None:
    ref = office.item()
    visitor = office.come("reviewer", f"/concerns/{ref}")
    pressed = visitor.filled("I have it")
    with office.stage.database.writing():
        assert visitor.send(*pressed).status_code == 503
    assert visitor.send(*pressed).status_code == 200
    assert _what(office, ref).count("acknowledged") == 1
