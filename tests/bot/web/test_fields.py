"""Each kind of question as fields of a page, and what comes back from them."""

import pytest

from bot.web.fields import problem_of, value_of
from bot.web.forms import Sent
from storage.surveys import Answer
from surveys.definition import Kind, Question, Scale
from tests.bot.stage import Stage
from tests.bot.web.every_kind import EVERY_KIND, PLACES, open_every_kind
from tests.bot.web.visitor import WORDS, Visitor

RANK = Question("order", Kind.RANK, choices=PLACES)


def sent(**fields: object) -> Sent:
    found = {
        name.replace("_", "-"): list(value) if isinstance(value, tuple) else [str(value)]
        for name, value in fields.items()
    }
    return Sent(found)


def test_every_kind_of_question_is_answered_on_a_page(small_stage: Stage, visitor: Visitor) -> None:
    small_stage.reviewers()
    visitor.start(open_every_kind(small_stage))
    asked = visitor.to_the_end()
    assert asked == [one.name for one in EVERY_KIND.questions if one.kind.is_asked]
    stored = {row.question: row.words or row.value for row in small_stage.rows(Answer)}
    assert stored == {
        "one": "home",
        "several": "home",
        "order": "home school park",
        "steps": "0",
        "far": "7",
        "whole": "7",
        "part": "7",
        "day": "2022-12-31",
        "hour": "14:30:00",
        "moment": "2022-12-31T14:30:00",
        "read": "OK",
        "words": WORDS,
        "more": WORDS,
    }


def test_every_answer_is_shown_again_to_the_browser_that_gave_it(
    small_stage: Stage, visitor: Visitor
) -> None:
    small_stage.reviewers()
    visitor.start(open_every_kind(small_stage))
    given = {}
    while visitor.question != "more":
        given[visitor.question] = visitor.fitting()
        visitor.answer()
    for name in reversed(given):
        visitor.press("Back")
        assert visitor.question == name
        form = dict(visitor.form_of("Next").form_values())
        assert {field: form[field].strip() for field in given[name]} == given[name]


@pytest.mark.parametrize(
    ("question", "fields", "value"),
    [
        (RANK, sent(r_0="2", r_1="1", r_2="3"), "school home park"),
        (RANK, sent(r_0="1", r_1="1", r_2="3"), "numbers:1,1,3"),
        (RANK, sent(r_0="1", r_1="", r_2=""), "numbers:1,,"),
        (RANK, sent(), ""),
        (Question("d", Kind.DATE), sent(p_day="3", p_month="2", p_year="2023"), "2023-02-03"),
        (Question("d", Kind.DATE), sent(p_day="٣", p_month="٢", p_year="٢٠٢٣"), "2023-02-03"),
        (Question("d", Kind.DATE), sent(p_day="soon", p_month="", p_year=""), "soon//"),
        (Question("d", Kind.DATE), sent(p_day="1", p_month="1", p_year="9" * 5000), None),
        (Question("d", Kind.DATE), sent(), ""),
        (Question("t", Kind.TIME), sent(p_clock="9:05"), "9:05"),
        (
            Question("m", Kind.DATE_TIME),
            sent(p_day="3", p_month="2", p_year="2023", p_clock="14:30"),
            "2023-02-03 14:30",
        ),
        (
            Question("s", Kind.SELECT_MULTIPLE, choices=PLACES),
            sent(a=("park", "home")),
            "park home",
        ),
        (Question("w", Kind.TEXT), sent(a="  as it is\n"), "  as it is\n"),
    ],
)
def test_what_was_sent_is_read_as_it_is_stored(
    question: Question, fields: Sent, value: str | None
) -> None:
    read = value_of(question, fields)
    assert read == value if value is not None else read.startswith("1/1/9999")


@pytest.mark.parametrize(
    ("question", "value", "may_skip", "problem"),
    [
        (RANK, "numbers:1,1,3", True, "page.error_rank"),
        (RANK, "", True, "page.error_choose"),
        (Question("t", Kind.TEXT), " ", True, "page.error_write"),
        (Question("t", Kind.TEXT), "", False, "page.error_write_needed"),
        (Question("r", Kind.RANGE, scale=Scale("0", "10")), "", True, "page.error_choose"),
        (Question("r", Kind.RANGE, scale=Scale("0", "100")), "", True, "page.error_number"),
        (Question("n", Kind.INTEGER), "", False, "page.error_number_needed"),
        (Question("d", Kind.DATE), "", True, "page.error_fill"),
        (Question("a", Kind.ACKNOWLEDGE), "", False, "page.error_choose_needed"),
        (Question("t", Kind.TEXT), "numbers:1", True, ""),
    ],
)
def test_a_page_that_was_left_empty_says_what_is_missing(
    question: Question, value: str, may_skip: bool, problem: str
) -> None:
    assert problem_of(question, value, may_skip=may_skip) == problem


def test_an_order_that_is_none_comes_back_with_its_numbers(
    small_stage: Stage, visitor: Visitor
) -> None:
    small_stage.reviewers()
    visitor.start(open_every_kind(small_stage))
    while visitor.question != "order":
        visitor.answer()
    numbers = {"r-0": "2", "r-1": "2", "r-2": "1"}
    assert visitor.press("Next", numbers).status_code == 422
    assert "from 1 to 3" in visitor.main
    shown = dict(visitor.form_of("Next").form_values())
    assert {name: shown[name] for name in numbers} == numbers


def test_a_picture_is_served_to_the_one_who_is_asked_and_to_nobody_else(
    small_stage: Stage, visitor: Visitor
) -> None:
    small_stage.reviewers()
    visitor.start(open_every_kind(small_stage))
    of_note, picture = visitor.tree.findall(".//main//img")
    assert [of_note.get("alt"), picture.get("alt")] == ["a red door", "a blue door"]
    assert "[Picture" not in visitor.main
    assert visitor.client.cookies
    assert visitor.run(visitor.client.get(of_note.get("src"))).status_code == 200
    served = visitor.go(picture.get("src"))
    assert served.headers["content-type"] == "image/png"
    assert served.content.startswith(b"\x89PNG")
    assert served.headers["cache-control"] == "no-store"
    assert visitor.go("/q/picture/whole").status_code == 404
    visitor.client.cookies.clear()
    assert visitor.go(picture.get("src")).status_code == 404


def test_a_field_is_named_and_described(small_stage: Stage, visitor: Visitor) -> None:
    small_stage.reviewers()
    visitor.start(open_every_kind(small_stage))
    while visitor.question != "whole":
        visitor.answer()
    label = visitor.tree.find(".//h1/label")
    field = visitor.tree.get_element_by_id(label.get("for"))
    assert label.text_content() == "The whole question?"
    assert field.get("aria-describedby") == "hint"
    visitor.press("Next")
    field = visitor.tree.get_element_by_id("a")
    assert field.get("aria-invalid") == "true"
    for name in field.get("aria-describedby").split():
        assert visitor.tree.get_element_by_id(name).text_content().strip()
