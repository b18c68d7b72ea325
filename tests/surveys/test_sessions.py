"""What is stored at the end of a session beside what was answered."""

from datetime import UTC, datetime

from storage.calendar import Calendar
from surveys import engine
from surveys.definition import Audience, Choice, Kind, Question, Settings, Survey
from surveys.steps import Moment, Running, advance
from surveys.turns import Chose, Reply, Typed, WentBack

NOW = datetime(2024, 1, 16, 11, 30, tzinfo=UTC)
YES_NO = (Choice("yes"), Choice("no"))
FORM = Survey(
    Settings("form", audience=Audience.PRACTITIONERS),
    (
        Question("works", Kind.SELECT_ONE, choices=YES_NO),
        Question("years", Kind.INTEGER, relevant="${works} = 'yes'"),
        Question("said", Kind.TEXT),
        Question("double", Kind.CALCULATE, calculation="${years} * 2"),
        Question("echo", Kind.CALCULATE, calculation="concat(${said}, '!')"),
        Question("louder", Kind.CALCULATE, calculation="concat(${echo}, '!')"),
        Question("instant", Kind.CALCULATE, calculation="now()"),
        Question("later", Kind.CALCULATE, calculation="concat('at ', ${instant})"),
        Question("day", Kind.TODAY),
        Question("wave", Kind.HIDDEN, default="pilot"),
    ),
)


def stored(*replies: Reply) -> dict[str, str]:
    """The last that was stored of every answer, blanks left out."""
    turn = engine.start(FORM, now=NOW, seed=1, language="en")
    running = Running("s", 1, 1, "p", None, "", None, 1, FORM, turn.session)
    rows: dict[str, str] = {}
    for reply in replies:
        step = advance(running, reply, Moment(NOW, NOW.date(), Calendar()))
        rows |= {row["question"]: row["value"] or row["words"] or "" for row in step.answers}
        running = step.running
    return {name: value for name, value in rows.items() if value}


def test_what_was_worked_out_is_stored_at_the_end_and_not_before() -> None:
    assert stored(Chose(("yes",)), Typed("4")) == {"works": "yes", "years": "4"}
    found = stored(Chose(("yes",)), Typed("4"), Typed("good"))
    assert found["double"] == "8"
    assert (found["day"], found["wave"]) == ("2024-01-16", "pilot")


def test_a_value_made_of_a_persons_own_words_is_not_stored_a_second_time() -> None:
    found = stored(Chose(("no",)), Typed("my words"))
    assert [name for name, value in found.items() if "my words" in value] == ["said"]


def test_the_instant_of_answering_is_never_stored() -> None:
    found = stored(Chose(("no",)), Typed("x"))
    assert {"instant", "later"}.isdisjoint(found)
    assert not any("11:30" in value for value in found.values())


def test_an_answer_on_a_way_that_was_left_again_does_not_count_at_the_end() -> None:
    found = stored(Chose(("yes",)), Typed("4"), WentBack(), WentBack(), Chose(("no",)), Typed("x"))
    assert "years" not in found
    assert "double" not in found
