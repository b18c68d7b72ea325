"""Come-back codes, tablets that are handed on, pages that were left, and leaving at once."""

import pytest
from sqlmodel import col

from storage.people import Contact
from storage.surveys import Answer, SurveySession
from tests.bot.stage import Stage
from tests.bot.web.conftest import Browsers
from tests.bot.web.visitor import Visitor


def begin(visitor: Visitor, token: str, way: str = "s") -> str:
    """Starts and answers one question; the come-back code."""
    visitor.start(token, way)
    visitor.answer()
    return visitor.come_back_code


def test_a_survey_goes_on_in_another_browser_by_its_code(
    small_stage: Stage, token: str, browser: Browsers
) -> None:
    tablet, phone = browser(), browser("127.0.0.2")
    code = begin(tablet, token, "t")
    phone.go("/")
    phone.press("Go on", {"code": code.lower().replace("-", " ")})
    assert phone.title == "Question 2 of 7"
    assert "Welcome back" in phone.main
    phone.to_the_end()
    assert len(small_stage.rows(SurveySession)) == 1
    tablet.go("/q")
    assert tablet.heading == "You went on somewhere else"
    assert not tablet.has_button("Next")


def test_who_came_back_by_a_code_never_sees_an_earlier_answer(
    small_stage: Stage, token: str, browser: Browsers
) -> None:
    first, second = browser(), browser()
    code = begin(first, token)
    second.go("/")
    second.press("Go on", {"code": code})
    second.press("Back")
    assert second.question == "age_band"
    assert not second.tree.findall(".//input[@checked]")
    second.press("Next")
    assert second.title == "Question 2 of 7"
    assert len(small_stage.rows(Answer)) == 1


def test_a_come_back_that_is_sent_twice_moves_once(
    small_stage: Stage, token: str, browser: Browsers
) -> None:
    first, second = browser(), browser()
    code = begin(first, token)
    second.go("/")
    second.press("Go on", {"code": code})
    second.client.cookies.clear()
    second.send(*second.sent[-1])
    assert second.title == "Question 2 of 7"
    assert len(small_stage.rows(Contact, col(Contact.platform) == "web")) == 2


@pytest.mark.parametrize("typed", ["ABCD-EFGH", "x" * 500, "/stop", "<b>", "\u0661\u0662"])
def test_a_wrong_code_is_answered_kindly_and_nobody_is_registered(
    small_stage: Stage, visitor: Visitor, typed: str
) -> None:
    assert visitor.press("Go on", {"code": typed}).status_code == 422
    assert "We cannot find anything for this code" in visitor.main
    assert visitor.tree.get_element_by_id("code").get("value") == typed[:80]
    assert not small_stage.rows(Contact, col(Contact.platform) == "web")


def test_a_receipt_in_the_wrong_field_is_told_apart_and_shown_its_own_page(
    visitor: Visitor,
) -> None:
    visitor.go("/")
    assert visitor.press("Go on", {"code": "ABCD-2345-EFGH"}).status_code == 422
    assert "the code from the end of a survey" in visitor.main
    assert visitor.tree.find(".//a[@href='/receipt?lang=en']") is not None


def test_an_empty_code_is_asked_for(visitor: Visitor) -> None:
    assert visitor.press("Go on").status_code == 422
    assert "Type your code first" in visitor.main


def test_who_types_the_code_of_a_link_is_led_to_its_welcome(token: str, visitor: Visitor) -> None:
    visitor.press("Go on", {"code": token})
    assert "would like to hear from you" in visitor.heading


# tablets


def test_the_next_person_sees_nothing_of_the_one_before(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    begin(visitor, token, "t")
    visitor.press("Next person")
    assert str(visitor.page.url.path) == f"/t/{token}"
    assert visitor.page.history[0].headers["clear-site-data"].startswith('"cache", "cookies"')
    assert visitor.has_button("Start")
    visitor.go("/q")
    assert visitor.heading == "Nothing is open here"
    begin(visitor, token, "t")
    assert len(small_stage.rows(SurveySession)) == 2


@pytest.mark.parametrize(("way", "out"), [("t", "/next"), ("s", "/leave"), ("t", "/away")])
def test_a_cookie_that_was_given_back_opens_nothing_any_more(
    token: str, visitor: Visitor, way: str, out: str
) -> None:
    """An answer that was under way may put it back, or somebody has copied it."""
    visitor.start(token, way)
    visitor.answer()
    copied, pressed = visitor.client.cookies["loop"], visitor.filled(visitor.next_label)
    if out == "/next":
        visitor.press("Next person")
    else:
        visitor.run(visitor.client.get(out))
    visitor.client.cookies.clear()
    visitor.client.cookies.set("loop", copied, domain="127.0.0.1")
    visitor.go("/q")
    assert visitor.heading == "Nothing is open here"
    assert visitor.send(*pressed).status_code == 403


def test_every_page_of_a_tablet_has_the_button_for_the_next_person(
    token: str, visitor: Visitor
) -> None:
    visitor.start(token, "t")
    while visitor.question:
        assert visitor.has_button("Next person")
        visitor.answer()
    assert visitor.has_button("Next person")
    visitor.press("Next person")
    visitor.start(token, "t")
    visitor.press("Stop here")
    assert visitor.has_button("Next person")


def test_a_tablet_that_was_left_shows_nothing_and_goes_to_the_start(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    begin(visitor, token, "t")
    small_stage.later(seconds=90)
    visitor.go("/q")
    assert str(visitor.page.url.path) == f"/t/{token}"
    assert visitor.has_button("Start")
    assert "loop" not in visitor.client.cookies


def test_an_answer_that_comes_late_from_a_tablet_is_kept_and_shows_nothing(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token, "t")
    small_stage.later(seconds=90)
    visitor.answer()
    assert str(visitor.page.url.path) == f"/t/{token}"
    assert [row.question for row in small_stage.rows(Answer)] == ["age_band"]


def test_a_tablet_without_scripts_is_cleared_unless_more_time_is_asked_for(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token, "t")
    assert 'content="60;url=/away"' in visitor.page.text
    visitor.press("I need more time")
    assert 'content="600;url=/away"' in visitor.page.text
    small_stage.later(seconds=300)
    visitor.go("/q")
    assert visitor.title == "Question 1 of 7"
    small_stage.later(seconds=700)
    visitor.go("/q")
    assert not visitor.question


@pytest.mark.parametrize(
    "said",
    [
        {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://127.0.0.1:8080"},
        {},
    ],
)
def test_who_is_at_the_page_keeps_it_open_also_in_an_older_browser(
    small_stage: Stage, token: str, visitor: Visitor, said: dict[str, str]
) -> None:
    visitor.start(token, "t")
    here = dict(said)
    for _ in range(4):
        small_stage.later(seconds=50)
        assert visitor.run(visitor.client.post("/here", headers=here)).status_code == 204
    small_stage.later(seconds=90)
    assert visitor.run(visitor.client.post("/here", headers=here)).status_code == 410
    for elsewhere in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert visitor.run(visitor.client.post("/here", headers=elsewhere)).status_code == 403


# at home


def test_a_page_that_was_left_for_long_is_cleared_and_goes_on_by_the_code(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    code = begin(visitor, token)
    small_stage.later(minutes=20)
    visitor.go("/q")
    assert visitor.title == "Question 2 of 7"
    small_stage.later(minutes=31)
    visitor.go("/q")
    assert visitor.heading == "This page was cleared"
    assert "Question" not in visitor.main
    visitor.press("Go on", {"code": code})
    assert visitor.title == "Question 2 of 7"


def test_who_writes_for_longer_than_that_loses_nothing(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    small_stage.later(minutes=45)
    visitor.answer()
    assert visitor.title == "Question 2 of 7"


def test_leaving_forgets_at_once_and_goes_to_another_site(token: str, visitor: Visitor) -> None:
    begin(visitor, token)
    left = visitor.run(visitor.client.get("/leave"))
    assert left.status_code == 303
    assert left.headers["location"] == "https://www.bbc.co.uk/weather"
    assert left.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    visitor.go("/q")
    assert visitor.heading == "Nothing is open here"


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Fetch-Dest": "image"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ],
)
@pytest.mark.parametrize("path", ["/leave", "/away"])
def test_a_page_that_nobody_pressed_forgets_nothing(
    token: str, visitor: Visitor, header: dict[str, str], path: str
) -> None:
    begin(visitor, token)
    assert visitor.run(visitor.client.get(path, headers=header)).status_code == 404
    visitor.go("/q")
    assert visitor.title == "Question 2 of 7"


def test_who_says_no_is_thanked_and_nothing_is_kept(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.go(f"/s/{token}/no")
    assert visitor.heading == "That is fine"
    assert "Childline" in visitor.main
    assert not small_stage.rows(Contact, col(Contact.platform) == "web")


# links that open nothing


def test_an_unknown_link_says_so_and_where_help_is(visitor: Visitor) -> None:
    assert visitor.go("/s/nosuchtoken").status_code == 404
    assert "Please ask the person who gave it to you" in visitor.main
    assert "0800 1111" in visitor.main


def test_a_link_that_was_used_up_says_so(small_stage: Stage, browser: Browsers) -> None:
    small_stage.reviewers()
    once = small_stage.open(most_uses=1)
    first, second = browser(), browser()
    first.start(once)
    assert second.go(f"/s/{once}").status_code == 410
    assert "was used already" in second.main
    first.go(f"/s/{once}")
    assert first.tree.find(".//a[@href='/q']") is not None


def test_a_link_that_is_used_up_between_welcome_and_start_begins_nothing(
    small_stage: Stage, browser: Browsers
) -> None:
    small_stage.reviewers()
    once = small_stage.open(most_uses=1)
    first, second = browser(), browser()
    second.go(f"/s/{once}")
    pressed = second.filled("Start")
    first.start(once)
    second.send(*pressed)
    assert "was used already" in second.main
    assert not second.question
    assert len(small_stage.rows(SurveySession)) == 1


def test_a_link_whose_time_is_over_says_so(small_stage: Stage, visitor: Visitor) -> None:
    small_stage.reviewers()
    old = small_stage.open(expires_on=small_stage.now.date())
    small_stage.later(days=2)
    assert visitor.go(f"/t/{old}").status_code == 410
    assert "The time of this link is over" in visitor.main
