"""Forms as Slack's modals: every kind of field, with labels, hints and what it starts with."""

from typing import Any

import pytest
from hypothesis import given, settings

from bot.forms import Field, FieldKind, Form, Option
from bot.platforms.slack.reading import origin_of
from bot.platforms.slack.views import View, draw_errors, draw_view, saying, skeleton
from tests.bot.platforms.slack.drawn import FORMS
from tests.bot.platforms.slack.test_drawing import PHRASES, read_out
from tests.platforms.slack_blocks import view_problems

FEW = (Option("a", "Apples"), Option("b", "Pears"))
MANY = tuple(Option(f"o{n}", f"Option {n}") for n in range(1, 251))


def view_of(*fields: Field, **more: Any) -> View:
    given = {"id": "update:7", "title": "How is it going?", "send": "Send"} | more
    return draw_view(Form(fields=fields, **given), PHRASES, "D0SAM:1.2")


def element_of(field: Field) -> dict[str, Any]:
    [block] = [one for one in view_of(field)["blocks"] if one["type"] == "input"]
    element: dict[str, Any] = block["element"]
    return {name: value for name, value in element.items() if name != "action_id"}


def option(value: str, label: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": label, "emoji": False}, "value": value}


@pytest.mark.parametrize(
    ("field", "element"),
    [
        (
            Field("x", FieldKind.WORDS, "Why?", most=200),
            {"type": "plain_text_input", "multiline": False, "max_length": 200},
        ),
        (
            Field("x", FieldKind.TEXT, "Why?", value="Because.", most=9000),
            {
                "type": "plain_text_input",
                "multiline": True,
                "max_length": 3000,
                "initial_value": "Because.",
            },
        ),
        (
            Field("x", FieldKind.WORDS, "Why?", value="longer than it may be now", most=5),
            {
                "type": "plain_text_input",
                "multiline": False,
                "max_length": 25,
                "initial_value": "longer than it may be now",
            },
        ),
        (
            Field("x", FieldKind.NUMBER, "How many?", value="-4.5"),
            {"type": "number_input", "is_decimal_allowed": True, "initial_value": "-4.5"},
        ),
        (
            Field("x", FieldKind.NUMBER, "How many?", value="many"),
            {"type": "number_input", "is_decimal_allowed": True},
        ),
        (
            Field("x", FieldKind.DATE, "When?", value="2024-05-31"),
            {"type": "datepicker", "initial_date": "2024-05-31"},
        ),
        (Field("x", FieldKind.DATE, "When?", value="soon"), {"type": "datepicker"}),
        (
            Field("x", FieldKind.TIME, "When?", value="14:30"),
            {"type": "timepicker", "initial_time": "14:30"},
        ),
        (
            Field("x", FieldKind.ONE, "Which?", options=FEW, value="b"),
            {
                "type": "radio_buttons",
                "options": [option("a", "Apples"), option("b", "Pears")],
                "initial_option": option("b", "Pears"),
            },
        ),
        (
            Field("x", FieldKind.SEVERAL, "Which?", options=FEW, value="b a"),
            {
                "type": "checkboxes",
                "options": [option("a", "Apples"), option("b", "Pears")],
                "initial_options": [option("a", "Apples"), option("b", "Pears")],
            },
        ),
    ],
)
def test_each_kind_of_field(field: Field, element: dict[str, Any]) -> None:
    assert element_of(field) == element


@pytest.mark.parametrize(
    ("kind", "drawn"),
    [(FieldKind.ONE, "static_select"), (FieldKind.SEVERAL, "multi_static_select")],
)
def test_a_long_list_comes_in_groups(kind: FieldKind, drawn: str) -> None:
    element = element_of(Field("x", kind, "Which?", options=MANY))
    assert element["type"] == drawn
    labels = [one["label"]["text"] for one in element["option_groups"]]
    assert labels == ["1–100", "101–200", "201–250"]
    assert view_problems(view_of(Field("x", kind, "Which?", options=MANY))) == []


def test_a_field_has_its_name_its_hint_and_says_whether_it_is_needed() -> None:
    view = view_of(
        Field("status", FieldKind.WORDS, "How?", "One line.", needed=True),
        Field("why", FieldKind.WORDS, "Why?"),
    )
    [first, second] = view["blocks"]
    assert (first["block_id"], first["hint"]["text"], first["optional"]) == (
        "status",
        "One line.",
        False,
    )
    assert (second["block_id"], "hint" in second, second["optional"]) == ("why", False, True)


def test_a_note_is_read_and_a_choice_without_options_too() -> None:
    view = view_of(
        Field("n", FieldKind.NOTE, "Nobody reads this live."),
        Field("x", FieldKind.ONE, "Which?"),
    )
    assert [block["type"] for block in view["blocks"]] == ["section", "section"]
    assert read_out(view["blocks"]) == "Nobody reads this live.\nWhich?"


def test_labels_too_long_for_an_option_stand_above_with_their_numbers() -> None:
    long = "a sentence that goes on and on until nobody can read it any more " * 2
    view = view_of(Field("x", FieldKind.ONE, "Which?", options=(FEW[0], Option("c", long))))
    listed, asked = view["blocks"]
    assert read_out([listed]) == f"1. Apples\n2. {long.strip()}"
    labels = [one["text"]["text"] for one in asked["element"]["options"]]
    assert labels[0] == "1. Apples"
    assert labels[1].startswith("2. a sentence")


def test_a_page_says_what_it_is_how_far_along_it_is_and_what_opened_it() -> None:
    title = "How is the roll-out of the neglect tool going?"
    view = view_of(title=title, text="Two questions.", place="2 of 3")
    assert read_out(view["blocks"]) == f"{title}\n2 of 3\nTwo questions."
    assert len(view["title"]["text"]) <= 24
    assert view["callback_id"] == "update:7"
    assert origin_of({"view": view}) == "D0SAM:1.2"


def test_a_field_that_starts_anew_does_not_keep_what_was_typed() -> None:
    def action_id(value: str) -> str:
        [block] = view_of(Field("x", FieldKind.WORDS, "Why?", value=value))["blocks"]
        return str(block["element"]["action_id"])

    assert action_id("one") == action_id("one")
    assert action_id("one") != action_id("two")


@pytest.mark.parametrize("value", ["", " ", "x" * 151])
def test_an_option_that_slack_would_refuse_is_ours_to_mend(value: str) -> None:
    with pytest.raises(ValueError, match="options"):
        view_of(Field("x", FieldKind.ONE, "Which?", options=(Option(value, "A"),)))


def test_a_page_that_no_modal_holds_is_refused_whole() -> None:
    fields = tuple(Field(f"f{n}", FieldKind.WORDS, "Why?") for n in range(101))
    with pytest.raises(ValueError, match="101 blocks"):
        view_of(*fields)


def test_errors_stand_at_their_fields_and_others_at_the_first() -> None:
    errors = {"why": "Say why.", "gone": "Choose one.", "other": "And more."}
    assert draw_errors(errors, ("status", "why")) == {
        "why": "Say why.",
        "status": "Choose one. And more.",
    }


@pytest.mark.parametrize("view", [skeleton(PHRASES), saying("", PHRASES), saying("x", PHRASES)])
def test_what_stands_in_place_of_a_form_is_one_that_slack_takes(view: View) -> None:
    assert view_problems(view) == []
    assert "submit" not in view


@given(FORMS)
@settings(max_examples=80, deadline=None)
def test_any_page_is_one_that_slack_takes_with_every_field_once(form: Form) -> None:
    view = draw_view(form, PHRASES, "D0SAM:1701687600.000100")
    assert view_problems(view) == []
    filled = [
        one.name
        for one in form.fields
        if one.kind is not FieldKind.NOTE
        and (one.options or one.kind not in (FieldKind.ONE, FieldKind.SEVERAL))
    ]
    assert [one["block_id"] for one in view["blocks"] if one["type"] == "input"] == filled
