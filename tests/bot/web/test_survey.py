"""Whole surveys on pages: one question a page, on disk before the next is shown."""

from sqlmodel import col, select

from storage.concerns import ReviewItem
from storage.people import Contact
from storage.surveys import Answer, Invite, SessionState, SurveySession
from tests.bot.stage import PRACTITIONERS, Stage
from tests.bot.web.every_kind import open_every_kind
from tests.bot.web.visitor import WORDS, Visitor


def answers(stage: Stage) -> dict[str, str]:
    return {row.question: row.words or row.value or "" for row in stage.rows(Answer)}


def test_a_young_person_comes_to_the_end_and_every_answer_is_stored(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    asked = visitor.to_the_end()
    session = small_stage.rows(SurveySession)[0]
    assert session.state is SessionState.COMPLETE
    assert session.group_name == "Falinge Park High School"
    assert set(asked) <= answers(small_stage).keys()
    assert visitor.heading == "Thank you. You helped."
    assert "Childline" in visitor.main
    assert "29 February 2024" in visitor.main
    typed_at = visitor.tree.find(".//main//a[@href='/receipt?lang=en']")
    assert typed_at.text_content().endswith("/receipt")


def test_a_link_that_is_opened_changes_nothing(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    for path in (f"/s/{token}", f"/t/{token}", f"/s/{token}?lang=ur", f"/s/{token}/no"):
        assert visitor.go(path).status_code == 200
    assert not small_stage.rows(Contact, col(Contact.platform) == "web")
    assert not small_stage.rows(SurveySession)
    assert small_stage.rows(Invite)[0].uses == 0
    assert "loop" not in visitor.client.cookies


def test_before_the_first_question_the_page_says_who_asks_and_who_can_see_it(
    token: str, visitor: Visitor
) -> None:
    visitor.go(f"/s/{token}")
    for said in (
        "would like to hear from you",
        "Up to 8 questions",
        "It is your choice",
        "Falinge Park High School",
        "we may have to tell someone",
        "Nobody reads this straight away",
        "999",
        "0800 1111",
    ):
        assert said in visitor.main
    assert "cannot see what you write" not in visitor.main
    visitor.go(f"/t/{token}")
    assert "The person who gave you this cannot see what you write" in visitor.main


def test_pressing_start_twice_begins_once(small_stage: Stage, token: str, visitor: Visitor) -> None:
    visitor.start(token)
    visitor.client.cookies.clear()
    visitor.send(*visitor.sent[0])
    assert visitor.question == "age_band"
    assert len(small_stage.rows(SurveySession)) == 1
    assert small_stage.rows(Invite)[0].uses == 1


def test_start_pressed_again_later_on_the_same_page_is_somebody_else(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    visitor.client.cookies.clear()
    small_stage.later(seconds=30)
    visitor.send(*visitor.sent[0])
    assert not visitor.question
    assert "would like to hear from you" in visitor.heading


def test_who_never_got_the_page_after_start_is_not_kept_out_by_a_link_for_one(
    small_stage: Stage, visitor: Visitor
) -> None:
    small_stage.reviewers()
    visitor.start(small_stage.open(most_uses=1))
    visitor.client.cookies.clear()
    small_stage.later(minutes=5)
    visitor.send(*visitor.sent[0])
    assert visitor.title == "Question 1 of 7"
    visitor.answer()
    visitor.client.cookies.clear()
    visitor.send(*visitor.sent[0])
    assert not visitor.question, "once something is answered it may be somebody else"


def test_pressing_next_twice_answers_once(small_stage: Stage, token: str, visitor: Visitor) -> None:
    visitor.start(token)
    visitor.answer(visitor.choices[0])
    second = visitor.question
    visitor.send(*visitor.sent[-1])
    assert visitor.question == second
    assert len(small_stage.rows(Answer)) == 1


def test_a_page_of_an_earlier_question_changes_that_answer(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    first, other = visitor.choices[:2]
    old = visitor.filled("Next", {"a": other})
    visitor.answer(first)
    second = visitor.question
    visitor.send(*old)
    assert answers(small_stage)["age_band"] == other
    assert visitor.question == second


def test_the_same_page_sent_again_with_another_answer_counts(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    first, other = visitor.choices[:2]
    action, fields = visitor.filled("Next", {"a": first})
    visitor.send(action, fields)
    visitor.send(action, [(n, other if n == "a" else v) for n, v in fields])
    assert answers(small_stage)["age_band"] == other


def test_going_back_shows_the_answer_to_the_browser_that_gave_it(
    token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    chosen = visitor.choices[1]
    visitor.answer(chosen)
    visitor.press("Back")
    assert visitor.question == "age_band"
    ticked = visitor.tree.findall(".//input[@checked]")
    assert [one.get("value") for one in ticked] == [chosen]


def test_on_a_tablet_an_earlier_answer_is_kept_and_not_shown(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token, way="t")
    visitor.answer(visitor.choices[1])
    kept = answers(small_stage)["age_band"]
    second = visitor.question
    visitor.press("Back")
    assert not visitor.tree.findall(".//input[@checked]")
    assert "leave it empty and press Next" in visitor.main
    visitor.press("Next")
    assert visitor.question == second
    assert answers(small_stage)["age_band"] == kept


def test_words_that_stay_as_they_were_are_not_queued_again(
    small_stage: Stage, visitor: Visitor
) -> None:
    small_stage.reviewers()
    visitor.start(open_every_kind(small_stage))
    while visitor.question != "more":
        visitor.answer()
    visitor.press("Back")
    assert visitor.tree.find(".//textarea").text.strip() == WORDS
    visitor.press("Next")
    assert visitor.question == "more"
    assert [row.words for row in small_stage.rows(ReviewItem)] == [WORDS]


def test_a_question_is_skipped_and_the_survey_goes_on(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    visitor.press("Skip this question")
    assert visitor.title == "Question 2 of 7"
    assert answers(small_stage) == {"age_band": ""}


def test_next_without_an_answer_says_what_to_do(token: str, visitor: Visitor) -> None:
    visitor.start(token)
    assert visitor.press("Next").status_code == 422
    assert visitor.title == "Please look again: Question 1 of 7"
    summary = visitor.tree.get_element_by_id("summary")
    assert "Skip this question" in summary.text_content()
    linked = summary.find(".//a").get("href").removeprefix("#")
    assert visitor.tree.get_element_by_id(linked).get("name") == "a"


def test_what_does_not_fit_comes_back_as_it_was_typed_and_is_read_by_a_person(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    while visitor.question != "listening":
        visitor.answer()
    page = visitor.answer("not at <b>all</b>")
    assert page.status_code == 422
    assert visitor.tree.get_element_by_id("a").get("value") == "not at <b>all</b>"
    assert "whole number" in visitor.tree.get_element_by_id("summary").text_content()
    assert [row.words for row in small_stage.rows(ReviewItem)] == ["not at <b>all</b>"]


def test_a_text_that_is_too_long_is_refused_and_stays_on_the_page(
    token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    while visitor.tree.find(".//textarea") is None:
        visitor.answer()
    assert visitor.answer("long " * 900).status_code == 422
    assert "4,000" in visitor.main
    assert len(visitor.tree.find(".//textarea").text) > 4000


def test_the_language_changes_on_the_way(small_stage: Stage, token: str, visitor: Visitor) -> None:
    visitor.start(token)
    visitor.press("العربية")
    assert visitor.tree.get("dir") == "rtl"
    assert visitor.tree.get("lang") == "ar"
    assert visitor.title == "السؤال 1 من 7"
    visitor.to_the_end()
    assert small_stage.rows(SurveySession)[0].language == "ar"
    assert visitor.tree.get("lang") == "ar"


def test_the_language_of_the_welcome_is_that_of_the_questions(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token, language="pl")
    assert small_stage.rows(SurveySession)[0].language == "pl"
    assert visitor.tree.get("lang") == "pl"


def test_the_browsers_language_is_taken_where_the_survey_has_it(
    token: str, visitor: Visitor
) -> None:
    visitor.go(f"/s/{token}", **{"Accept-Language": "fr, ro-RO;q=0.8, en;q=0.5"})
    assert visitor.tree.get("lang") == "ro"
    visitor.go(f"/s/{token}?lang=xx", **{"Accept-Language": "tlh"})
    assert visitor.tree.get("lang") == "en"


def test_a_practitioner_answers_too(small_stage: Stage, visitor: Visitor) -> None:
    small_stage.reviewers()
    visitor.start(small_stage.open(PRACTITIONERS))
    visitor.to_the_end()
    assert small_stage.rows(SurveySession)[0].state is SessionState.COMPLETE
    assert visitor.heading == "Thank you"


def test_who_has_finished_is_thanked_and_somebody_else_may_start(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    visitor.to_the_end()
    visitor.go(f"/s/{token}")
    visitor.press("Somebody else wants to start")
    assert visitor.title == "Question 1 of 7"
    with small_stage.database.reading() as db:
        owners = set(db.exec(select(SurveySession.contact_id)))
    assert len(owners) == 2


def test_who_is_on_the_way_is_led_back_to_their_question(token: str, visitor: Visitor) -> None:
    visitor.start(token)
    visitor.answer(visitor.choices[0])
    visitor.go(f"/s/{token}")
    assert visitor.tree.find(".//a[@href='/q']") is not None
    visitor.go("/q")
    assert visitor.title == "Question 2 of 7"


def test_a_group_is_called_by_words_alone_and_turns_no_text_round(
    small_stage: Stage, visitor: Visitor
) -> None:
    small_stage.reviewers()
    name = "Year 9 \u202e<b>{{ 7 * 7 }}</b>\u2066"
    visitor.go(f"/s/{small_stage.open(group=name)}")
    assert "Year 9 &lt;b&gt;{{ 7 * 7 }}&lt;/b&gt;" in visitor.page.text
    assert not {"\u202e", "\u2066"} & set(visitor.page.text)
