from dataclasses import replace
from datetime import date

import pytest

from storage.calendar import Calendar, Term, TermName
from surveys.check.shape import MOST_CHOICES, hints
from surveys.definition import Audience, Choice, Kind, Question, Scale, Settings, Survey

TOLD = Settings(
    "form", asked_by={"en": "Us"}, why={"en": "To do better"}, hear_back_by=date(2024, 2, 29)
)
STAFF = replace(TOLD, audience=Audience.PRACTITIONERS)
YES, OTHER = Choice("yes", {"en": "Yes"}), Choice("other", {"en": "Other (please say)"})


def codes(*questions: Question, settings: Settings = STAFF) -> list[str]:
    return [hint.code for hint in hints(Survey(settings, questions), Calendar())]


def select(*choices: Choice, **more: object) -> Question:
    return Question("q", Kind.SELECT_ONE, {"en": "Which?"}, choices=choices, **more)  # type: ignore[arg-type]


def test_a_list_too_long_for_a_chat_is_pointed_out_unless_it_is_filtered() -> None:
    many = tuple(Choice(f"c{n}", {"en": f"C {n}"}) for n in range(MOST_CHOICES + 1))
    assert codes(select(*many[:-1])) == []
    assert codes(select(*many)) == ["many-choices"]
    assert codes(select(*many, choice_filter="town = ${t}")) == []


def test_other_needs_a_place_to_say_what() -> None:
    asked = select(YES, OTHER)
    say = Question("what", Kind.TEXT, {"en": "What?"}, relevant="${q} = 'other'")
    assert codes(asked) == ["other-without-text"]
    assert codes(asked, say) == []
    assert codes(asked, replace(say, relevant='selected(${q}, "other")')) == []
    assert codes(asked, replace(say, relevant="${q} = 'yes'")) == ["other-without-text"]
    group = Question("g", Kind.GROUP, relevant="${q} = 'other'")
    assert codes(asked, group, replace(say, relevant=None, group="g")) == []


@pytest.mark.parametrize(
    ("label", "is_flagged"),
    [
        ("Other", True),
        ("Other: please say", True),
        ("Another, please specify", True),
        ("Another agency", False),
        ("Other agencies", False),
        ("Something else", False),
        ("Mother", False),
    ],
)
def test_a_choice_that_says_what_it_is_needs_no_text(label: str, is_flagged: bool) -> None:
    found = codes(select(YES, Choice("x", {"en": label})))
    assert found == (["other-without-text"] if is_flagged else [])


def test_groups_that_results_are_compared_by_need_no_text() -> None:
    assert codes(select(YES, OTHER, is_grouping=True)) == []


def scale(low: str, high: str, hint: str = "", label: str = "How well?") -> Question:
    return Question(
        "q", Kind.RANGE, {"en": label}, {"en": hint} if hint else {}, scale=Scale(low, high)
    )


def test_the_ends_of_a_scale_need_words() -> None:
    assert codes(scale("0", "10")) == ["scale-ends"]
    assert codes(scale("0", "10", "0 is not at all. 10 is very well.")) == []
    assert codes(scale("0", "10", label="From 0 (never) to 10 (always): how often?")) == []
    assert codes(scale("0", "10", "10 is very well.")) == ["scale-ends"]
    assert codes(scale("1", "10", "10 is very well.")) == ["scale-ends"], "1 is not in 10"


def test_numbers_on_buttons_need_words_at_both_ends_too() -> None:
    bare = [Choice(str(n), {"en": str(n)}) for n in range(1, 6)]
    worded = [Choice("1", {"en": "1 - not sure"}), *bare[1:4], Choice("5", {"en": "5 - very sure"})]
    assert codes(select(*bare)) == ["scale-ends"]
    assert codes(select(*worded)) == []
    assert codes(select(*worded[:4], bare[4])) == ["scale-ends"]


@pytest.mark.parametrize(
    ("constraint", "is_scale"),
    [
        (". >= 0 and . <= 10", True),
        (". >= 1 and . <= 5", True),
        (". >= 1 and . <= 500", False),
        (". <= today()", False),
    ],
)
def test_a_number_with_both_bounds_near_is_a_scale_and_a_count_is_not(
    constraint: str, is_scale: bool
) -> None:
    row = Question(
        "q", Kind.INTEGER, {"en": "How well?"}, constraint=constraint,
        constraint_messages={"en": "No."},
    )  # fmt: skip
    assert codes(row) == (["scale-ends"] if is_scale else [])


def test_a_constraint_says_what_it_wants() -> None:
    silent = Question("q", Kind.INTEGER, {"en": "How many?"}, constraint=". > 1")
    assert codes(silent) == ["no-constraint-message"]


@pytest.mark.parametrize(
    ("file", "is_flagged"),
    [
        ("IMG_2041.png", True),
        ("image1.jpg", True),
        ("123.webp", True),
        ("two_people_talking.png", False),
        ("school-gate.jpg", False),
    ],
)
def test_a_picture_is_called_what_it_shows(file: str, is_flagged: bool) -> None:
    note = Question("q", Kind.NOTE, {"en": "Look"}, images={"en": file})
    assert codes(note) == (["picture-without-words"] if is_flagged else [])


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (replace(TOLD, hear_back_by=None), "no-hear-back-date"),
        (replace(TOLD, why={}), "not-told"),
        (replace(TOLD, asked_by={}), "not-told"),
        (replace(TOLD, opens=date(2024, 8, 5)), "opens-in-holidays"),
        (replace(TOLD, opens=date(2023, 12, 27)), "opens-in-holidays"),
        (replace(TOLD, opens=date(2023, 10, 25)), "opens-in-holidays"),
    ],
)
def test_what_young_people_are_owed_is_pointed_out(settings: Settings, code: str) -> None:
    assert codes(settings=settings) == [code]
    assert codes(settings=replace(settings, audience=Audience.PRACTITIONERS)) == []


def test_the_areas_own_terms_decide_what_is_a_holiday() -> None:
    survey = Survey(replace(TOLD, opens=date(2024, 8, 26)), ())
    early = Term(TermName.AUTUMN, date(2024, 8, 26), date(2024, 12, 20))
    assert [hint.code for hint in hints(survey, Calendar())] == ["opens-in-holidays"]
    assert list(hints(survey, Calendar(terms=(early,)))) == []
