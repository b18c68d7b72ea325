"""One drawing for the chat and `survey play`: labels, how to answer, buttons, their presses."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.drawn_question import (
    alt_of,
    draw,
    how_line,
    pressed,
    reason,
    typed_line,
    values_of,
)
from storage.language import Catalogue
from surveys.definition import Audience, Choice, Kind, Picture, Question, Scale, Settings, Survey
from surveys.engine import resume, start
from surveys.turns import Changed, Chose, Reason, Rejected, Session, Skipped, Typed

NOW = datetime(2023, 12, 4, 10, tzinfo=UTC)
STAFF = Settings("form", audience=Audience.PRACTITIONERS)
CHOICES = tuple(Choice(n, {"en": n.title()}, {"side": s}) for n, s in (
    ("north", "up"), ("south", "down"), ("top", "up")
))  # fmt: skip


def at_first(
    *questions: Question, settings: Settings = STAFF, language: str = "en"
) -> tuple[Survey, Session]:
    survey = Survey(settings, questions, ("en", "pl"))
    return survey, start(survey, now=NOW, seed=1, language=language).session


def say(key: str, **params: object) -> str:
    return Catalogue.load("bot").say(key, "en", **params)


def question(kind: Kind, **more: object) -> Question:
    return Question("q", kind, {"en": "Which?"}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "how"),
    [
        (question(Kind.TEXT), "Write as much or as little as you like."),
        (question(Kind.TEXT, hints={"en": "In a line."}), ""),
        (question(Kind.INTEGER), "Send a number."),
        (question(Kind.DECIMAL), "Send a number, for example 2.5."),
        (question(Kind.DATE), "Send a date, for example 31/12/2023."),
        (question(Kind.TIME), "Send a time, for example 14:30."),
        (question(Kind.RANGE, scale=Scale("0", "10")), "Choose a number from 0 to 10."),
        (
            question(Kind.RANGE, scale=Scale("0", "1", "0.25")),
            "Choose a number from 0 to 1, in steps of 0.25.",
        ),
        (question(Kind.SELECT_ONE, choices=CHOICES), ""),
        (
            question(Kind.SELECT_MULTIPLE, choices=CHOICES, hints={"en": "All that apply."}),
            "",
        ),
        (
            question(Kind.RANK, choices=CHOICES),
            "Put them in order: first the one that comes first for you.",
        ),
    ],
)
def test_people_are_told_how_to_answer_each_kind(asked: Question, how: str) -> None:
    assert how_line(draw(*at_first(asked)), say) == how


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.is_asked])
def test_every_kind_can_be_drawn_and_every_how_has_words(kind: Kind) -> None:
    scale = Scale("1", "5") if kind is Kind.RANGE else None
    choices = CHOICES if kind.is_select else ()
    drawn = draw(*at_first(question(kind, choices=choices, scale=scale)))
    assert drawn.label == "Which?"
    assert how_line(drawn, say) or kind is Kind.SELECT_ONE
    assert bool(typed_line(drawn, say)) == kind.takes_many


def test_a_lead_is_not_told_how_to_write_a_line() -> None:
    leads = replace(STAFF, audience=Audience.LEADS)
    assert how_line(draw(*at_first(question(Kind.TEXT), settings=leads)), say) == ""


def test_buttons_of_a_filtered_list_carry_the_place_in_the_full_list() -> None:
    asked = question(Kind.SELECT_ONE, choices=CHOICES, choice_filter="side = 'up'")
    survey, at = at_first(asked)
    offers = [(offer.label, offer.press) for offer in draw(survey, at).offers]
    assert offers == [("North", "0"), ("Top", "2")]
    assert pressed(survey, at, "2") == Chose(("top",))


def test_a_press_in_a_shuffled_list_means_what_its_button_says() -> None:
    survey, at = at_first(question(Kind.SELECT_ONE, choices=CHOICES, is_shuffled=True, seed="7"))
    for offer in draw(survey, at).offers:
        assert pressed(survey, at, offer.press) == Chose((offer.label.lower(),))


def test_a_range_is_a_row_of_its_values() -> None:
    survey, at = at_first(question(Kind.RANGE, scale=Scale("1", "2", "0.5")))
    drawn = draw(survey, at)
    assert drawn.is_row
    assert [offer.label for offer in drawn.offers] == ["1", "1.5", "2"]
    assert pressed(survey, at, "1") == Typed("1.5")
    assert pressed(survey, at, "3") is None


@pytest.mark.parametrize(
    ("scale", "count"),
    [
        (Scale("0", "10"), 11),
        (Scale("0", "11"), 0),
        (Scale("10", "0", "-5"), 3),
        (Scale("0", "100", "10"), 11),
        (Scale("0", "10", "0"), 0),
        (Scale("a", "b"), 0),
        (Scale("10", "0"), 0),
    ],
)
def test_a_range_with_too_many_values_to_tap_is_typed(scale: Scale, count: int) -> None:
    assert len(values_of(scale)) == count


def test_an_acknowledgement_is_one_button() -> None:
    survey, at = at_first(question(Kind.ACKNOWLEDGE))
    assert [offer.label for offer in draw(survey, at).offers] == ["OK"]
    assert pressed(survey, at, "0") == Chose(("OK",))
    assert pressed(survey, at, "1") is None


MANY = [Kind.SELECT_MULTIPLE, Kind.RANK]


@pytest.mark.parametrize("kind", MANY)
def test_where_several_are_chosen_a_tap_marks_and_answers_nothing(kind: Kind) -> None:
    survey, at = at_first(question(kind, choices=CHOICES))
    assert [offer.press for offer in draw(survey, at).offers] == ["+0", "+1", "+2"]
    assert pressed(survey, at, "0") is None
    marked = tap(survey, at, "+2")
    assert (marked.asking, marked.step, marked.answers) == ("q", at.step, {})
    assert [offer.press for offer in draw(survey, marked).offers] == ["+0", "+1", "-2"]


@pytest.mark.parametrize("kind", MANY)
def test_the_same_button_tapped_twice_marks_once(kind: Kind) -> None:
    survey, at = at_first(question(kind, choices=CHOICES))
    assert tap(survey, at, "+1", "+1").ticked == tap(survey, at, "+1").ticked
    assert tap(survey, at, "+1", "-1", "-1").ticked == ()


def test_done_takes_what_is_marked_in_the_order_of_the_form() -> None:
    survey, at = at_first(question(Kind.SELECT_MULTIPLE, choices=CHOICES))
    assert tap(survey, at, "+2", "+0", "done").answers == {"q": "north top"}


def test_done_takes_an_order_in_the_order_of_the_taps() -> None:
    survey, at = at_first(question(Kind.RANK, choices=CHOICES))
    marked = tap(survey, at, "+2", "+0", "+1")
    assert [offer.mark for offer in draw(survey, marked).offers] == [2, 3, 1]
    assert tap(survey, marked, "done").answers == {"q": "top north south"}


def test_done_with_nothing_marked_leaves_out_unless_it_was_answered_before() -> None:
    survey, at = at_first(question(Kind.SELECT_MULTIPLE, choices=CHOICES))
    assert tap(survey, at, "done").skipped == ("q",)
    again = replace(at, answers={"q": "south"})
    assert tap(survey, again, "done").answers == {"q": "south"}
    assert tap(survey, again, "+0", "done").answers == {"q": "north"}
    assert tap(survey, again, "+0", "-0", "done").skipped == ("q",)


@pytest.mark.parametrize("press", ["+3", "-3", "+", "", "+x", "+²", "skip"])
def test_a_mark_that_no_button_has_is_no_reply(press: str) -> None:
    survey, at = at_first(question(Kind.SELECT_MULTIPLE, choices=CHOICES))
    assert pressed(survey, at, press) is None


def test_marks_stay_when_the_language_changes() -> None:
    survey, at = at_first(question(Kind.SELECT_MULTIPLE, choices=CHOICES))
    marked = tap(survey, at, "+1")
    assert resume(survey, marked, Changed("en"), now=NOW).session.ticked == ("south",)


def tap(survey: Survey, at: Session, *presses: str) -> Session:
    """After these taps, put through JSON each time as a database would."""
    for press in presses:
        reply = pressed(survey, at, press)
        assert reply is not None
        at = Session.from_json(resume(survey, at, reply, now=NOW).session.to_json())
    return at


@pytest.mark.parametrize(
    ("asked", "kept", "reply"),
    [
        (question(Kind.TEXT, default="none"), "none", Typed("none")),
        (question(Kind.SELECT_ONE, choices=CHOICES, default="top"), "Top", Chose(("top",))),
        (
            question(Kind.SELECT_MULTIPLE, choices=CHOICES, default="north top"),
            "North, Top",
            Chose(("north", "top")),
        ),
        (question(Kind.DATE, default="2024-02-29"), "29 February 2024", Typed("2024-02-29")),
        (question(Kind.TIME, default="09:30:00"), "09:30", Typed("09:30:00")),
        (
            question(Kind.DATE_TIME, default="2024-01-05T14:30:00"),
            "5 January 2024, 14:30",
            Typed("2024-01-05T14:30:00"),
        ),
        (question(Kind.INTEGER, dynamic_default="2 + 3"), "5", Typed("5")),
    ],
)
def test_what_a_question_starts_with_can_be_kept(asked: Question, kept: str, reply: object) -> None:
    survey, at = at_first(asked)
    assert draw(survey, at).kept == kept
    chosen = pressed(survey, at, "keep")
    assert chosen == reply
    assert chosen is not None
    after = resume(survey, at, chosen, now=NOW)
    assert after.session.answers == {"q": draw(survey, at).answer}


def test_there_is_nothing_to_keep_once_it_is_answered_or_left_out() -> None:
    other = Question("other", Kind.TEXT, {"en": "And?"})
    survey, at = at_first(question(Kind.TEXT, default="none"), other)
    for reply in (Typed("mine"), Skipped()):
        back = replace(resume(survey, at, reply, now=NOW).session, asking="q")
        assert draw(survey, back).kept == ""
        assert pressed(survey, back, "keep") is None


@pytest.mark.parametrize("press", ["", "9", "-1", "x", "stop", "٣", "0 "])
def test_a_press_that_no_button_makes_means_nothing(press: str) -> None:
    survey, at = at_first(question(Kind.SELECT_ONE, choices=CHOICES))
    assert pressed(survey, at, press) is None


def test_numbers_and_likert_scales_stand_in_one_row() -> None:
    numbers = tuple(Choice(str(n), {"en": str(n)}) for n in range(1, 6))
    assert draw(*at_first(question(Kind.SELECT_ONE, choices=numbers))).is_row
    assert draw(*at_first(question(Kind.SELECT_ONE, choices=CHOICES, appearance="likert"))).is_row
    assert not draw(*at_first(question(Kind.SELECT_ONE, choices=CHOICES))).is_row


def test_answers_are_filled_into_what_is_read() -> None:
    then = Question("then", Kind.TEXT, {"en": "Why ${q}?"}, {"en": "About ${q}."})
    survey, at = at_first(question(Kind.SELECT_ONE, choices=CHOICES), then)
    after = resume(survey, at, Chose(("top",)), now=NOW).session
    drawn = draw(survey, after)
    assert (drawn.label, drawn.hint) == ("Why Top?", "About Top.")


def test_a_picture_goes_with_the_words_of_its_file_and_a_note_shows_the_words() -> None:
    red = Choice("red", {}, images={"en": "red_house.png"})
    asked = question(Kind.SELECT_ONE, choices=(red,), images={"en": "two-people_talking.png"})
    note = Question("n", Kind.NOTE, {"en": "Look."}, images={"en": "map.jpg"})
    survey = Survey(
        STAFF, (note, asked), pictures={"two-people_talking.png": Picture("image/png", "AA")}
    )
    at = start(survey, now=NOW, seed=1, language="en").session
    drawn = draw(survey, at)
    assert drawn.picture is not None
    assert drawn.picture.alt == "two people talking"
    assert drawn.picture.content == Picture("image/png", "AA")
    assert drawn.notes == ("[Picture: map]", "Look.")
    assert [offer.label for offer in drawn.offers] == ["red house"]
    assert alt_of("pictures/a_b.png") == "a b"


def test_a_refusal_speaks_the_authors_words_first() -> None:
    asked = question(
        Kind.INTEGER,
        constraint_messages={"en": "Not so many."},
        required_messages={"en": "We need it."},
    )
    survey, at = at_first(asked)

    def told(why: Reason, **params: str) -> str:
        return reason(survey, at, Rejected("q", why, params), say)

    assert told(Reason.CONSTRAINT) == "Not so many."
    assert told(Reason.REQUIRED) == "We need it."
    assert told(Reason.NOT_A_NUMBER) == "That needs to be a whole number."
    assert told(Reason.OUT_OF_RANGE, low="0", high="5", step="1").endswith("from 0 to 5.")


def test_a_number_that_need_not_be_whole_is_not_asked_to_be() -> None:
    for asked, wanted in (
        (question(Kind.DECIMAL), "That needs to be a number, for example 2.5."),
        (question(Kind.RANGE, scale=Scale("0", "5")), "Choose a number from 0 to 5."),
    ):
        survey, at = at_first(asked)
        assert reason(survey, at, Rejected("q", Reason.NOT_A_NUMBER), say) == wanted


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("why", list(Reason))
def test_every_reason_has_words(why: Reason, language: str) -> None:
    params = {"low": "0", "high": "5", "step": "1", "limit": "4,000"}
    assert Catalogue.load("bot").say(f"rejected.{why}", language, **params)


def test_nothing_is_drawn_after_the_end() -> None:
    survey, at = at_first(question(Kind.TEXT))
    ended = resume(survey, at, Typed("x"), now=NOW).session
    with pytest.raises(ValueError, match="ended"):
        draw(survey, ended)
    assert pressed(survey, ended, "0") is None
