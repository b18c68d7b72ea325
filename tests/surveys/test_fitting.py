"""What is worked out for a question, as a question of its kind can hold it."""

from datetime import UTC, datetime

import pytest

from surveys.definition import Choice, Kind, Question, Scale, Settings, Survey
from surveys.engine import Session, effective, enter, hidden, start, unmet
from surveys.fitting import fitted
from surveys.turns import Reason

NOW = datetime(2023, 12, 4, 15, 30, tzinfo=UTC)
ABC = tuple(Choice(name, {"en": name.upper()}) for name in "abc")
WHOLE = Scale("0", "10")


@pytest.mark.parametrize(
    ("kind", "given", "held"),
    [
        (Kind.INTEGER, "2.7", "2"),
        (Kind.INTEGER, "-2.7", "-2"),
        (Kind.INTEGER, "-0.2", "0"),
        (Kind.INTEGER, "007", "7"),
        (Kind.INTEGER, " 5 ", "5"),
        (Kind.INTEGER, "abc", ""),
        (Kind.INTEGER, "2024-01-05", ""),
        (Kind.INTEGER, "Infinity", ""),
        (Kind.INTEGER, "1e300", ""),
        (Kind.DECIMAL, "2.50", "2.5"),
        (Kind.DECIMAL, "1e-7", "0.0000001"),
        (Kind.DECIMAL, "-0", "0"),
        (Kind.DECIMAL, "1,5", ""),
        (Kind.RANGE, "5.5", "5"),
        (Kind.RANGE, "50", ""),
        (Kind.DATE, "2024-01-05T10:00:00", "2024-01-05"),
        (Kind.DATE, "19702", ""),
        (Kind.DATE, "2024-02-30", ""),
        (Kind.TIME, "10:20", "10:20:00"),
        (Kind.TIME, "10:20:30", "10:20:30"),
        (Kind.TIME, "25:00", ""),
        (Kind.TIME, "0.5", ""),
        (Kind.DATE_TIME, "2024-01-05T10:20:30", "2024-01-05T10:20:30"),
        (Kind.DATE_TIME, "2024-01-05", ""),
        (Kind.SELECT_ONE, "b", "b"),
        (Kind.SELECT_ONE, "a b", ""),
        (Kind.SELECT_MULTIPLE, "c zzz a", "c a"),
        (Kind.RANK, "c", "c a b"),
        (Kind.RANK, "c zzz c b", "c b a"),
        (Kind.ACKNOWLEDGE, "ok", "OK"),
        (Kind.ACKNOWLEDGE, "yes", ""),
        (Kind.TEXT, "  as it is ", "  as it is "),
        (Kind.RANK, "", ""),
    ],
)
def test_what_does_not_fit_the_kind_is_cut_off_or_blank_as_in_odk(
    kind: Kind, given: str, held: str
) -> None:
    assert fitted(Question("q", kind, choices=ABC, scale=WHOLE), given) == held


def begun(*questions: Question) -> tuple[Survey, Session]:
    survey = Survey(Settings("form"), questions)
    return survey, start(survey, now=NOW, seed=1, language="en").session


def test_a_number_that_is_calculated_for_a_date_is_blank() -> None:
    survey, session = begun(
        Question("late", Kind.DATE, calculation="today() + 7"),
        Question("start", Kind.INTEGER, dynamic_default="7 div 2"),
    )
    assert effective(survey, session) == {"late": "", "start": "3"}


def test_what_comes_on_offer_after_a_ranking_is_ranked_last() -> None:
    survey, session = begun(
        Question("some", Kind.SELECT_MULTIPLE, choices=ABC),
        Question("order", Kind.RANK, choices=ABC, choice_filter="selected(${some}, name)"),
    )
    for name, value in (("some", "b c"), ("order", "c b"), ("some", "a b c")):
        session = enter(survey, session, name, value)
    assert effective(survey, session)["order"] == "c b a"


def test_any_question_can_be_entered_whether_or_not_it_applies_and_past_its_constraint() -> None:
    survey, session = begun(
        Question("why", Kind.TEXT, relevant="${n} > 3", required=True),
        Question("n", Kind.INTEGER, constraint=". < 10"),
    )
    session = enter(survey, session, "why", "because")
    assert effective(survey, session) == {"why": "", "n": ""}
    assert hidden(survey, session) == {"why"}
    session = enter(survey, session, "n", "12")
    assert effective(survey, session) == {"why": "because", "n": "12"}
    assert unmet(survey, session, now=NOW) == {"n": Reason.CONSTRAINT}
    assert Session.from_json(session.to_json()) == session


def test_several_choices_are_entered_in_the_order_of_the_form() -> None:
    survey, session = begun(Question("m", Kind.SELECT_MULTIPLE, choices=ABC))
    assert effective(survey, enter(survey, session, "m", "c zzz a"))["m"] == "a c"


def test_only_what_people_answer_can_be_entered() -> None:
    survey, session = begun(Question("c", Kind.CALCULATE, calculation="1"))
    with pytest.raises(ValueError, match="'c' is not answered by anybody"):
        enter(survey, session, "c", "2")
    with pytest.raises(KeyError):
        enter(survey, session, "d", "2")
