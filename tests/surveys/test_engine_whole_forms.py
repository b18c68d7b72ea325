"""The parts of a form that depend on one another: groups, filters, defaults, calculations."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from surveys.definition import Audience, Choice, Kind, Question, Scale, Settings, Survey
from surveys.engine import (
    Answered,
    Chose,
    Outcome,
    Reason,
    Rejected,
    Reply,
    Session,
    Skipped,
    Turn,
    Typed,
    WentBack,
    as_shown,
    effective,
    page,
    resume,
    start,
)

NOW = datetime(2023, 12, 4, 23, 30, tzinfo=UTC)
YES_NO = (Choice("yes", {"en": "Yes", "pl": "Tak"}), Choice("no", {"en": "No", "pl": "Nie"}))
TOWNS = (
    Choice("rochdale", {"en": "Rochdale"}, {"north": "yes"}),
    Choice("bury", {"en": "Bury"}, {"north": "yes"}),
    Choice("bristol", {"en": "Bristol"}, {"north": "no"}),
)


def form(*questions: Question, audience: Audience = Audience.PRACTITIONERS) -> Survey:
    return Survey(Settings("form", audience=audience), questions, ("en", "pl"))


def begin(survey: Survey, seed: int = 7) -> Turn:
    return start(survey, now=NOW, seed=seed, language="en")


def go_on(survey: Survey, session: Session, *replies: Reply) -> Session:
    for reply in replies:
        session = resume(survey, Session.from_json(session.to_json()), reply, now=NOW).session
    return session


def play(survey: Survey, *replies: Reply) -> Session:
    return go_on(survey, begin(survey).session, *replies)


# groups and order

GROUPED = form(
    Question("works", Kind.SELECT_ONE, choices=YES_NO),
    Question("about_work", Kind.GROUP, {"en": "Your work"}, relevant="${works} = 'yes'"),
    Question("team", Kind.TEXT, group="about_work"),
    Question("inner", Kind.GROUP, group="about_work"),
    Question("years", Kind.INTEGER, group="inner"),
    Question("long", Kind.CALCULATE, calculation="${years} * 2"),
)


def test_a_group_that_does_not_apply_takes_everything_in_it_along() -> None:
    session = play(GROUPED, Chose(("no",)))
    assert session.outcome is Outcome.COMPLETE
    assert effective(GROUPED, session)["long"] == ""


def test_what_stood_in_a_group_comes_back_with_it() -> None:
    session = play(GROUPED, Chose(("yes",)), Typed("MASH"), Typed("4"))
    assert effective(GROUPED, session)["long"] == "8"
    back = go_on(GROUPED, play(GROUPED, Chose(("yes",)), Typed("MASH")), WentBack(), WentBack())
    away = resume(GROUPED, back, Chose(("no",)), now=NOW).session
    assert effective(GROUPED, away)["team"] == ""
    assert away.answers["team"] == "MASH"


def test_a_groups_heading_is_said_before_its_first_question_and_a_bare_group_says_nothing() -> None:
    asked = play(GROUPED, Chose(("yes",)))
    assert asked.notes() == ("about_work",)
    assert go_on(GROUPED, asked, Typed("MASH")).notes() == ()


def test_a_row_may_look_at_a_row_below_it() -> None:
    survey = form(
        Question("total", Kind.CALCULATE, calculation="${a} + ${b}"),
        Question("a", Kind.INTEGER),
        Question("b", Kind.INTEGER),
        Question("why", Kind.TEXT, relevant="${total} > 10"),
    )
    session = play(survey, Typed("5"), Typed("6"))
    assert effective(survey, session)["total"] == "11"
    assert session.asking == "why"


def test_a_question_that_a_later_answer_brings_in_is_asked_after_it() -> None:
    survey = form(
        Question("detail", Kind.TEXT, relevant="${more} = 'yes'"),
        Question("more", Kind.SELECT_ONE, choices=YES_NO),
    )
    assert begin(survey).session.asking == "more"
    assert play(survey, Chose(("yes",))).asking == "detail"


def test_a_page_ends_before_a_question_that_decides_an_earlier_one_on_it() -> None:
    survey = form(
        Question("a", Kind.TEXT),
        Question("b", Kind.TEXT, {"en": "About ${c}"}),
        Question("c", Kind.TEXT),
    )
    assert [q.name for q in page(survey, begin(survey).session, 9)] == ["a", "b"]


def test_a_page_ends_before_a_list_that_an_answer_on_it_filters() -> None:
    assert [q.name for q in page(FILTERED, begin(FILTERED).session, 9)] == ["north"]


# lists

FILTERED = form(
    Question("north", Kind.SELECT_ONE, choices=YES_NO),
    Question("town", Kind.SELECT_ONE, choices=TOWNS, choice_filter="north = ${north}"),
    Question("why", Kind.TEXT),
)


def test_a_filtered_list_offers_what_fits_the_answer_and_takes_nothing_else() -> None:
    session = play(FILTERED, Chose(("no",)))
    assert [c.name for c in as_shown(FILTERED, session, "town").choices] == ["bristol"]
    turn = resume(FILTERED, session, Chose(("bury",)), now=NOW)
    assert turn.events[0] == Rejected("town", Reason.NOT_A_CHOICE)


def test_a_chosen_option_that_is_filtered_out_reads_blank_is_asked_again_and_comes_back() -> None:
    session = play(FILTERED, Chose(("yes",)), Chose(("bury",)), WentBack(), WentBack())
    changed = resume(FILTERED, session, Chose(("no",)), now=NOW).session
    assert (changed.asking, effective(FILTERED, changed)["town"]) == ("town", "")
    again = go_on(FILTERED, changed, WentBack(), Chose(("yes",)))
    assert (again.asking, effective(FILTERED, again)["town"]) == ("why", "bury")


def test_a_required_list_with_nothing_on_offer_is_passed_over() -> None:
    survey = form(
        Question("north", Kind.SELECT_ONE, choices=YES_NO),
        Question("town", Kind.SELECT_ONE, choices=TOWNS[:2], choice_filter="north = ${north}",
                 required=True),
    )  # fmt: skip
    assert play(survey, Chose(("no",))).outcome is Outcome.COMPLETE


def test_several_choices_lose_only_those_that_are_filtered_out() -> None:
    survey = form(
        Question("north", Kind.SELECT_ONE, choices=YES_NO),
        Question("towns", Kind.SELECT_MULTIPLE, choices=TOWNS,
                 choice_filter="${north} = 'no' or north = 'yes'"),
        Question("end", Kind.TEXT),
    )  # fmt: skip
    session = play(survey, Chose(("no",)), Chose(("bury", "bristol")), WentBack(), WentBack())
    changed = resume(survey, session, Chose(("yes",)), now=NOW).session
    assert effective(survey, changed)["towns"] == "bury"


SHUFFLED = form(
    Question("q", Kind.SELECT_ONE, choices=tuple(Choice(f"c{n}") for n in range(9)),
             is_shuffled=True)
)  # fmt: skip


def test_a_shuffled_list_keeps_its_order_for_one_person_and_differs_between_people() -> None:
    first, again, other = (
        [c.name for c in as_shown(SHUFFLED, begin(SHUFFLED, seed).session, "q").choices]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert sorted(first) == sorted(other)
    assert first != other


# defaults and calculations


def test_a_question_starts_with_its_default_until_it_is_answered_or_left_out() -> None:
    survey = form(
        Question("a", Kind.TEXT, default="school"),
        Question("b", Kind.TEXT, dynamic_default="concat(${a}, '!')"),
    )
    fresh = begin(survey).session
    assert effective(survey, fresh) == {"a": "school", "b": "school!"}
    assert fresh.asking == "a"
    assert effective(survey, go_on(survey, fresh, Typed("home"))) == {"a": "home", "b": "school!"}
    assert effective(survey, go_on(survey, fresh, Skipped()))["a"] == ""


def test_a_corrected_calculation_stays_until_what_it_is_made_of_changes() -> None:
    survey = form(
        Question("born", Kind.INTEGER),
        Question("age", Kind.INTEGER, calculation="2024 - ${born}"),
        Question("end", Kind.TEXT),
    )
    session = play(survey, Typed("2010"))
    assert (session.asking, effective(survey, session)["age"]) == ("age", "14")
    session = go_on(survey, session, Typed("13"))
    assert effective(survey, session)["age"] == "13"
    session = go_on(survey, session, WentBack(), WentBack(), Typed("2009"))
    assert (session.asking, effective(survey, session)["age"]) == ("age", "15")


def test_once_keeps_the_first_value_that_is_not_blank() -> None:
    survey = form(
        Question("a", Kind.TEXT),
        Question("first", Kind.CALCULATE, calculation="once(${a})"),
        Question("end", Kind.TEXT),
    )
    session = play(survey, Typed("one"), WentBack(), Typed("two"))
    assert effective(survey, session)["first"] == "one"


def test_today_is_the_local_day_of_the_start_and_hidden_rows_keep_their_default() -> None:
    survey = form(
        Question("day", Kind.TODAY),
        Question("kind", Kind.HIDDEN, default="pilot"),
        Question("a", Kind.TEXT),
    )
    session = play(survey, Typed("x"))
    assert effective(survey, session) == {"day": "2023-12-04", "kind": "pilot", "a": "x"}


def test_chance_is_the_same_all_through_a_session_and_another_in_the_next() -> None:
    survey = form(
        Question("lot", Kind.CALCULATE, calculation="random()"),
        Question("other", Kind.CALCULATE, calculation="random()"),
        Question("a", Kind.TEXT),
    )
    first, second = begin(survey, 1).session, begin(survey, 2).session
    lots = effective(survey, first)
    assert effective(survey, go_on(survey, first, Typed("x")))["lot"] == lots["lot"]
    assert lots["lot"] != lots["other"]
    assert effective(survey, second)["lot"] != lots["lot"]


# texts and duties


def test_answers_are_filled_into_texts_by_their_labels() -> None:
    survey = form(
        Question("town", Kind.SELECT_ONE, choices=TOWNS),
        Question("q", Kind.TEXT, {"en": "What is good in ${town}?"}, hints={"en": "${ town }!"}),
    )
    asked = as_shown(survey, play(survey, Chose(("bury",))), "q")
    assert (asked.labels["en"], asked.hints["en"]) == ("What is good in Bury?", "Bury!")


def test_a_typed_number_means_the_place_at_which_a_shuffled_choice_is_shown() -> None:
    letters = tuple(Choice(letter, {"en": letter * 3}) for letter in "abcdefgh")
    question = Question("q", Kind.SELECT_ONE, choices=letters, is_shuffled=True, seed="42")
    survey = form(question)
    offered = as_shown(survey, begin(survey).session, "q").choices
    assert offered[1].name == "f"
    assert effective(survey, play(survey, Typed("2"))) == {"q": "f"}


def test_several_shuffled_choices_are_stored_in_the_order_of_the_form() -> None:
    letters = tuple(Choice(letter, {"en": letter * 3}) for letter in "abcdefgh")
    question = Question("m", Kind.SELECT_MULTIPLE, choices=letters, is_shuffled=True, seed="42")
    for survey in (form(question), form(replace(question, choice_filter="name != 'a'"))):
        for reply in (Chose(("f", "d", "b")), Typed("fff, bbb, ddd")):
            assert effective(survey, play(survey, reply)) == {"m": "b d f"}


def test_a_choice_is_known_by_its_label_with_the_answer_filled_in() -> None:
    choices = (Choice("own", {"en": "In ${town}"}), Choice("other", {"en": "Elsewhere"}))
    survey = form(
        Question("town", Kind.SELECT_ONE, choices=TOWNS),
        Question("where", Kind.SELECT_ONE, choices=choices),
    )
    assert effective(survey, play(survey, Chose(("bury",)), Typed("in Bury")))["where"] == "own"


def test_what_must_be_answered_may_depend_on_another_answer() -> None:
    survey = form(
        Question("a", Kind.SELECT_ONE, choices=YES_NO),
        Question("b", Kind.TEXT, required_when="${a} = 'yes'"),
    )
    assert play(survey, Chose(("no",)), Skipped()).outcome is Outcome.COMPLETE
    turn = resume(survey, play(survey, Chose(("yes",))), Skipped(), now=NOW)
    assert turn.events[0] == Rejected("b", Reason.REQUIRED)


# other kinds


@pytest.mark.parametrize(
    ("question", "reply", "stored"),
    [
        (Question("q", Kind.RANK, choices=TOWNS), Chose(("bury", "bristol", "rochdale")),
         "bury bristol rochdale"),
        (Question("q", Kind.RANK, choices=TOWNS), Typed("2 1 3"), "bury rochdale bristol"),
        (Question("q", Kind.RANK, choices=TOWNS), Typed("Bristol, Bury, Rochdale"),
         "bristol bury rochdale"),
        (Question("q", Kind.RANK, choices=TOWNS), Typed("2 1"), Reason.RANK_ALL),
        (Question("q", Kind.RANK, choices=TOWNS), Typed("2 2 1"), Reason.RANK_ALL),
        (Question("q", Kind.RANK, choices=TOWNS), Chose(("bury",)), Reason.RANK_ALL),
        (Question("q", Kind.ACKNOWLEDGE), Chose(("OK",)), "OK"),
        (Question("q", Kind.ACKNOWLEDGE), Typed("Okay!"), "OK"),
        (Question("q", Kind.ACKNOWLEDGE), Typed("never"), Reason.NOT_A_CHOICE),
        (Question("q", Kind.RANGE, scale=Scale("0", "10", "2")), Typed("4"), "4"),
        (Question("q", Kind.RANGE, scale=Scale("0", "10", "2")), Typed("5"), Reason.OUT_OF_RANGE),
        (Question("q", Kind.RANGE, scale=Scale("0", "1", "0.1")), Typed("0,3"), "0.3"),
        (Question("q", Kind.RANGE, scale=Scale("0", "10")), Typed("11"), Reason.OUT_OF_RANGE),
        (Question("q", Kind.TIME), Typed("2.30 pm"), "14:30:00"),
        (Question("q", Kind.TIME), Typed("٩:٠٥"), "09:05:00"),
        (Question("q", Kind.TIME), Typed("9"), Reason.NOT_A_TIME),
        (Question("q", Kind.TIME), Typed("25:00"), Reason.NOT_A_TIME),
        (Question("q", Kind.TIME), Typed("12am"), "00:00:00"),
        (Question("q", Kind.DATE_TIME), Typed("5 January 2024 at 2pm"), "2024-01-05T14:00:00"),
        (Question("q", Kind.DATE_TIME), Typed("2024-01-05T14:30"), "2024-01-05T14:30:00"),
        (Question("q", Kind.DATE_TIME), Typed("5 January 2024"), Reason.NOT_A_DATE_TIME),
    ],
)  # fmt: skip
def test_each_kind_reads_what_people_press_and_write(
    question: Question, reply: Reply, stored: str | Reason
) -> None:
    survey = form(question)
    event = resume(survey, begin(survey).session, reply, now=NOW).events[0]
    if isinstance(stored, Reason):
        assert isinstance(event, Rejected)
        assert event.reason is stored
    else:
        assert event == Answered("q", stored)


def test_out_of_range_says_what_the_range_is() -> None:
    survey = form(Question("q", Kind.RANGE, scale=Scale("0", "10", "2")))
    event = resume(survey, begin(survey).session, Typed("12"), now=NOW).events[0]
    assert event == Rejected("q", Reason.OUT_OF_RANGE, {"low": "0", "high": "10", "step": "2"})


def test_two_thousand_calculations_in_a_chain_are_worked_out() -> None:
    rows = [Question("q0", Kind.INTEGER)]
    rows += [
        Question(f"q{n}", Kind.CALCULATE, calculation=f"${{q{n - 1}}} + 1") for n in range(1, 2_000)
    ]
    survey = form(*reversed(rows))
    assert effective(survey, play(survey, Typed("1")))["q1999"] == "2000"
