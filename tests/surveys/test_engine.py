from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.definition import Audience, Choice, Kind, Question, Settings, Survey
from surveys.engine import (
    Answered,
    Asked,
    Changed,
    Chose,
    Ended,
    Event,
    Outcome,
    Reason,
    Rejected,
    Reply,
    Session,
    Skipped,
    Turn,
    Typed,
    WentBack,
    Withdrew,
    asked,
    effective,
    page,
    resume,
    resume_page,
    start,
)
from surveys.expressions import Context, compile_expression

NOW = datetime(2023, 12, 4, 15, 30, tzinfo=UTC)
YES_NO = (Choice("yes", {"en": "Yes", "pl": "Tak"}), Choice("no", {"en": "No", "pl": "Nie"}))
THINGS = tuple(Choice(name, {"en": name.title()}) for name in ("time", "place", "other"))


def form(*questions: Question, audience: Audience = Audience.YOUTH) -> Survey:
    return Survey(Settings("form", audience=audience), questions, ("en", "pl"))


LISTENING = form(
    Question("hello", Kind.NOTE, {"en": "Hello"}),
    Question("heard", Kind.SELECT_ONE, choices=YES_NO),
    Question("sorry", Kind.NOTE, relevant="${heard} = 'no'"),
    Question("helps", Kind.SELECT_MULTIPLE, choices=THINGS, relevant="${heard} = 'no'"),
    Question("which", Kind.TEXT, relevant="selected(${helps}, 'other')"),
    Question("score", Kind.INTEGER, constraint=". >= 0 and . <= 10", required=True),
    Question("double", Kind.CALCULATE, calculation="${score} * 2"),
    Question("change", Kind.TEXT, relevant="${double} < 16"),
    Question("thanks", Kind.NOTE, {"en": "Thank you"}),
)


def begin(survey: Survey, language: str = "en") -> Turn:
    return start(survey, now=NOW, seed=7, language=language)


def play(survey: Survey, *replies: Reply) -> tuple[Session, list[Event]]:
    """Every session goes through JSON between two replies, as it does in the database."""
    turn = begin(survey)
    events = list(turn.events)
    for reply in replies:
        stored = Session.from_json(turn.session.to_json())
        assert stored == turn.session
        turn = resume(survey, stored, reply, now=NOW)
        events += turn.events
    return turn.session, events


def test_a_whole_conversation_from_the_first_question_to_the_last_note() -> None:
    session, events = play(
        LISTENING,
        Typed("no"),
        Chose(("other", "time")),
        Typed("A dog"),
        Typed("eleven"),
        Typed("11"),
        Typed("4"),
        Skipped(),
    )
    assert events == [
        Asked("heard", 1, ("hello",)),
        Answered("heard", "no"),
        Asked("helps", 2, ("sorry",)),
        Answered("helps", "time other"),
        Asked("which", 3),
        Answered("which", "A dog"),
        Asked("score", 4),
        Rejected("score", Reason.NOT_A_NUMBER),
        Asked("score", 5),
        Rejected("score", Reason.CONSTRAINT),
        Asked("score", 6),
        Answered("score", "4"),
        Asked("change", 7),
        Answered("change", ""),
        Ended(Outcome.COMPLETE, ("thanks",)),
    ]
    assert session.outcome is Outcome.COMPLETE
    assert effective(LISTENING, session)["double"] == "8"


def test_what_does_not_apply_is_not_asked() -> None:
    _, events = play(LISTENING, Typed("yes"), Typed("9"))
    assert [event.name for event in events if isinstance(event, Asked)] == ["heard", "score"]
    assert events[-1] == Ended(Outcome.COMPLETE, ("thanks",))


def test_going_back_asks_the_question_before_and_keeps_the_answers() -> None:
    session, events = play(LISTENING, Typed("yes"), WentBack())
    assert events[-1] == Asked("heard", 3)
    assert session.answers == {"heard": "yes"}
    session, events = play(LISTENING, Typed("yes"), WentBack(), Typed("no"))
    assert events[-1] == Asked("helps", 4, ("sorry",))


def test_going_back_at_the_first_question_asks_it_again() -> None:
    _, events = play(LISTENING, WentBack(), WentBack())
    assert events[-2:] == [Asked("heard", 2), Asked("heard", 3)]


def test_going_back_passes_over_what_no_longer_applies() -> None:
    replies = (Typed("no"), Chose(("time",)), WentBack(), WentBack(), Typed("yes"), WentBack())
    _, events = play(LISTENING, *replies)
    assert events[-1] == Asked("heard", 7)


def test_after_a_changed_answer_nothing_settled_is_asked_again() -> None:
    replies = (Typed("no"), Chose(("time",)), WentBack(), WentBack(), Typed("no"))
    _, events = play(LISTENING, *replies)
    assert events[-1] == Asked("score", 6)


def test_an_answer_that_does_not_apply_is_blank_and_comes_back() -> None:
    replies = (Typed("no"), Chose(("time",)), WentBack(), WentBack(), Typed("yes"))
    session, _ = play(LISTENING, *replies)
    assert effective(LISTENING, session)["helps"] == ""
    assert session.answers["helps"] == "time"
    session, _ = play(LISTENING, *replies, WentBack(), Typed("no"))
    assert effective(LISTENING, session)["helps"] == "time"


def test_a_note_is_shown_again_when_it_applies_again() -> None:
    _, events = play(LISTENING, Typed("no"), WentBack(), Typed("yes"), WentBack(), Typed("no"))
    notes = [event.notes for event in events if isinstance(event, Asked) and event.notes]
    assert notes == [("hello",), ("sorry",), ("sorry",)]


def test_skipping_takes_an_earlier_answer_away() -> None:
    session, events = play(LISTENING, Typed("yes"), WentBack(), Skipped())
    assert Answered("heard", "") in events
    assert session.answers == {}
    assert effective(LISTENING, session)["heard"] == ""


def test_ticking_nothing_leaves_the_question_out() -> None:
    _, events = play(LISTENING, Typed("no"), Chose(()))
    assert events[-2:] == [Answered("helps", ""), Asked("score", 3)]


def test_a_young_person_may_skip_a_required_question_and_a_practitioner_may_not() -> None:
    must = Question("score", Kind.INTEGER, required=True)
    _, events = play(form(must), Skipped())
    assert events[-1] == Ended(Outcome.COMPLETE)
    _, events = play(form(must, audience=Audience.PRACTITIONERS), Skipped())
    assert events[-2:] == [Rejected("score", Reason.REQUIRED), Asked("score", 2)]


def test_withdrawing_ends_at_once_and_keeps_what_was_said_for_the_caller_to_ask() -> None:
    session, events = play(LISTENING, Typed("yes"), Withdrew())
    assert events[-1] == Ended(Outcome.WITHDRAWN)
    assert session.answers == {"heard": "yes"}
    assert asked(LISTENING, session) is None


@pytest.mark.parametrize(
    "reply", [Typed("x"), Skipped(), WentBack(), Withdrew(), Changed("pl"), Chose(("yes",))]
)
def test_after_the_end_every_reply_is_turned_down(reply: Reply) -> None:
    ended, _ = play(LISTENING, Withdrew())
    assert resume(LISTENING, ended, reply, now=NOW) == Turn(ended, (Rejected(None, Reason.ENDED),))
    assert resume_page(LISTENING, ended, {"heard": reply}, now=NOW).session == ended
    assert page(LISTENING, ended, 5) == ()


def test_another_language_asks_the_same_again_with_its_notes() -> None:
    session, events = play(LISTENING, Changed("pl"), Typed("Nie"))
    assert events[1:3] == [Asked("heard", 2, ("hello",)), Answered("heard", "no")]
    assert session.language == "pl"


def test_an_unknown_language_changes_nothing() -> None:
    session, events = play(LISTENING, Changed("xx"))
    assert events[1:] == [Rejected("heard", Reason.NO_SUCH_LANGUAGE), Asked("heard", 2)]
    assert session.language == "en"
    assert begin(LISTENING, "pl-PL").session.language == "pl"
    assert begin(LISTENING, "xx").session.language == "en"


def test_words_too_long_are_turned_down_with_the_limit() -> None:
    _, events = play(form(Question("t", Kind.TEXT)), Typed("x" * 4_001))
    assert events[1] == Rejected("t", Reason.TOO_LONG, {"limit": "4,000"})


def test_an_answer_made_impossible_by_an_earlier_one_is_asked_for_again() -> None:
    survey = form(
        Question("most", Kind.INTEGER),
        Question("yours", Kind.INTEGER, constraint=". <= ${most}"),
        Question("end", Kind.TEXT),
    )
    _, events = play(survey, Typed("5"), Typed("4"), WentBack(), WentBack(), Typed("3"))
    assert events[-2:] == [Rejected("yours", Reason.CONSTRAINT), Asked("yours", 6)]


def test_a_constraint_sees_todays_date_and_relevance_the_day_of_the_start() -> None:
    survey = form(
        Question("day", Kind.DATE, constraint=". <= today()"),
        Question("why", Kind.TEXT, relevant="today() = '2023-12-04'"),
    )
    later = NOW + timedelta(days=2)
    session = begin(survey).session
    assert resume(survey, session, Typed("2023-12-05"), now=NOW).events[0] == Rejected(
        "day", Reason.CONSTRAINT
    )
    turn = resume(survey, session, Typed("2023-12-05"), now=later)
    assert turn.events == (Answered("day", "2023-12-05"), Asked("why", 2))


def test_an_expression_that_fails_while_running_hides_nothing_and_refuses_nothing() -> None:
    runaway = "regex({}, '^(a|aa)+$')"
    survey = form(
        Question("a", Kind.TEXT, constraint=runaway.format(".")),
        Question("b", Kind.TEXT, relevant=runaway.format("${a}")),
    )
    _, events = play(survey, Typed("a" * 80 + "!"))
    assert events[-1] == Asked("b", 2)


def test_a_form_of_notes_alone_ends_with_them() -> None:
    assert begin(form(Question("n", Kind.NOTE))).events == (Ended(Outcome.COMPLETE, ("n",)),)


def test_a_session_of_another_version_is_refused() -> None:
    session = begin(LISTENING).session
    with pytest.raises(ValueError, match="another version"):
        resume(form(Question("t", Kind.TEXT)), session, Typed("x"), now=NOW)


def test_the_present_asking_can_be_rendered_from_the_session_alone() -> None:
    turn = begin(LISTENING)
    assert asked(LISTENING, turn.session) == turn.events[-1]


def test_a_page_stops_before_what_another_question_on_it_decides() -> None:
    session = begin(LISTENING).session
    assert [question.name for question in page(LISTENING, session, 9)] == ["hello", "heard"]
    session, _ = play(LISTENING, Typed("no"))
    assert [question.name for question in page(LISTENING, session, 9)] == ["sorry", "helps"]
    session, _ = play(LISTENING, Typed("yes"))
    assert [question.name for question in page(LISTENING, session, 9)] == ["score"]


def test_a_page_holds_at_most_as_many_questions_as_asked_for() -> None:
    survey = form(*(Question(f"q{n}", Kind.TEXT) for n in range(5)), Question("z", Kind.NOTE))
    session = begin(survey).session
    assert [question.name for question in page(survey, session, 3)] == ["q0", "q1", "q2"]
    assert [question.name for question in page(survey, session, 99)][-1] == "q4"


PAGED = form(
    Question("a", Kind.INTEGER),
    Question("between", Kind.NOTE),
    Question("b", Kind.INTEGER, required=True),
    Question("c", Kind.TEXT, relevant="${a} > 3"),
    audience=Audience.PRACTITIONERS,
)


def test_a_page_keeps_what_fits_and_reports_each_field_that_does_not() -> None:
    session = begin(PAGED).session
    turn = resume_page(PAGED, session, {"a": Typed("5"), "b": Skipped()}, now=NOW)
    assert turn.events == (
        Answered("a", "5"),
        Rejected("b", Reason.REQUIRED),
        Asked("b", 2),
    )
    turn = resume_page(PAGED, turn.session, {"b": Typed("1")}, now=NOW)
    assert turn.events == (Answered("b", "1"), Asked("c", 3))


def test_a_page_turns_down_what_was_not_asked() -> None:
    session = begin(PAGED).session
    replies: dict[str, Reply] = {"x": Typed("5"), "c": Typed("5"), "b": WentBack()}
    turn = resume_page(PAGED, session, replies, now=NOW)
    assert turn.events == (
        Rejected("x", Reason.NOT_ASKED),
        Rejected("b", Reason.NOT_ASKED),
        Rejected("c", Reason.NOT_ASKED),
        Asked("a", 2),
    )


def test_a_note_read_on_a_page_is_not_shown_again() -> None:
    session = begin(PAGED).session
    turn = resume_page(PAGED, session, {"a": Typed("1"), "b": Typed("2")}, now=NOW)
    assert turn.events[-1] == Ended(Outcome.COMPLETE)


names = st.lists(st.sampled_from(["yes", "no", "time", "other", "x", ""]), max_size=3).map(tuple)
replies = st.one_of(
    st.builds(Chose, names),
    st.builds(Typed, st.text(max_size=20)),
    st.builds(Typed, st.sampled_from(["yes", "no", "1", "3", "9", "11", "1 3", "Other", "5000"])),
    st.just(Skipped()),
    st.just(WentBack()),
    st.builds(Changed, st.sampled_from(["en", "pl", "xx", ""])),
)
rare = st.one_of(replies, replies, replies, replies, st.just(Withdrew()))


def independent_values(survey: Survey, answers: dict[str, str]) -> dict[str, str]:
    """The meaning of the form, said a second time and plainly."""
    values: dict[str, str] = {}
    for question in survey.questions:
        context = Context(values, NOW)
        applies = not question.relevant or compile_expression(question.relevant).holds(context)
        if not applies:
            values[question.name] = ""
        elif question.calculation:
            values[question.name] = compile_expression(question.calculation).text(context)
        else:
            values[question.name] = answers.get(question.name, "")
    return values


@settings(max_examples=200)
@given(st.sampled_from(Audience), st.lists(rare, max_size=25))
def test_any_respondent_whatever_leaves_a_session_that_adds_up(
    audience: Audience, said: list[Reply]
) -> None:
    survey = form(*LISTENING.questions, audience=audience)
    turn = begin(survey)
    answers: dict[str, str] = {}
    steps = [turn.session.step]
    for reply in said:
        stored = Session.from_json(turn.session.to_json())
        assert stored == turn.session
        turn = resume(survey, stored, reply, now=NOW)
        assert turn == resume(survey, stored, reply, now=NOW)
        answers |= {e.name: e.value for e in turn.events if isinstance(e, Answered)}
        spoke = [event for event in turn.events if isinstance(event, Asked | Ended)]
        assert len(spoke) == (stored.outcome is None)
        steps += [turn.session.step] if spoke else []
    assert steps == sorted(set(steps))
    assert effective(survey, turn.session) == independent_values(survey, answers)
    assert {name: value for name, value in answers.items() if value} == turn.session.answers


@settings(max_examples=100)
@given(
    st.lists(st.dictionaries(st.sampled_from(["a", "b", "c", "x", "between"]), rare), max_size=6)
)
def test_any_pages_whatever_leave_a_session_that_adds_up(said: list[dict[str, Reply]]) -> None:
    turn = begin(PAGED)
    for replies in said:
        stored = Session.from_json(turn.session.to_json())
        assert bool(page(PAGED, stored, 3)) == (stored.outcome is None)
        turn = resume_page(PAGED, stored, replies, now=NOW)
        assert (turn.session.asking is None) == (turn.session.outcome is not None)
    assert effective(PAGED, turn.session) == independent_values(PAGED, dict(turn.session.answers))


@given(st.lists(replies, max_size=12))
def test_going_on_always_reaches_the_end(said: list[Reply]) -> None:
    session, _ = play(LISTENING, *said)
    for _ in LISTENING.questions:
        if session.outcome is None:
            session = resume(LISTENING, session, Skipped(), now=NOW).session
    assert session.outcome is Outcome.COMPLETE
