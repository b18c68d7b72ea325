"""A page of a form as a card: every input labelled, every error at its field, and it comes back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.forms import Field, FieldKind, Form, Option
from bot.messages import Submitted
from bot.platforms.teams.form_cards import CardTooBig, Filled, draw_form
from bot.platforms.teams.packing import packed, unpacked
from bot.platforms.teams.reading import read
from tests.bot.platforms.teams.card_checks import buttons, elements, inputs, problems, words
from tests.bot.platforms.teams.payloads import executed
from tests.bot.platforms.teams.strategies import VALUES, forms

FEW = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink what is so big takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
COLOURS = (Option("g", "Green"), Option("r", "Red"), Option("a", "Amber"))
FORM = Form(
    "update:7",
    "Update 1.2",
    (
        Field("status", FieldKind.ONE, "How is it going?", options=COLOURS, needed=True),
        Field("words", FieldKind.TEXT, "In one line", hint="leads read it", most=300),
        Field("when", FieldKind.DATE, "New date", value="2024-05-31"),
        Field("at", FieldKind.TIME, "What time"),
        Field("number", FieldKind.NUMBER, "How many", most=10),
        Field("who", FieldKind.SEVERAL, "Who helps", options=COLOURS, value="g a"),
        Field("note", FieldKind.NOTE, "Nothing else is asked."),
    ),
    "Send",
    text="Due on 31 December.",
    place="1 of 2",
)


@FEW
@given(forms(), st.booleans(), st.booleans())
def test_every_form_is_a_card_that_teams_takes(form: Form, is_wrong: bool, is_filled: bool) -> None:
    filled = Filled(
        {one.name: "x" for one in form.fields} if is_filled else {},
        {one.name: "Please write a date." for one in form.fields} if is_wrong else {},
        "1705311000000",
        "Please fill this in.",
        "Please look below.",
    )
    card = draw_form(form, filled)
    assert problems(card) == []
    assert all(one["label"].strip() for one in inputs(card).values())


@FEW
@given(forms())
def test_a_form_travels_in_its_card_and_comes_out_as_it_was(form: Form) -> None:
    found = unpacked(packed(form))
    assert found is not None
    assert (found.id, found.title, found.text, found.rtl) == (
        form.id,
        form.title,
        form.text,
        form.rtl,
    )
    assert [one.options for one in found.fields] == [one.options for one in form.fields]
    assert not any(one.value for one in found.fields)


@given(st.text(max_size=40))
def test_what_is_no_form_of_ours_is_none(text: str) -> None:
    assert unpacked(text) is None


def test_each_kind_has_the_input_that_fits_it() -> None:
    card = draw_form(FORM)
    kinds = {name: one["type"] for name, one in inputs(card).items()}
    assert kinds == {
        "q.status": "Input.ChoiceSet",
        "q.words": "Input.Text",
        "q.when": "Input.Date",
        "q.at": "Input.Time",
        "q.number": "Input.Text",
        "s.who": "Input.ChoiceSet",
    }
    found = inputs(card)
    assert found["q.words"]["isMultiline"] is True
    assert found["q.words"]["maxLength"] == 300
    assert found["q.when"]["value"] == "2024-05-31"
    assert found["s.who"]["value"] == "g,a"
    assert "Nothing else is asked." in words(card)


def test_the_label_says_the_hint_as_well() -> None:
    assert inputs(draw_form(FORM))["q.words"]["label"] == "In one line (leads read it)"


def test_few_choices_stand_open_and_many_fold_into_a_list() -> None:
    def style(count: int, kind: FieldKind) -> object:
        options = tuple(Option(f"v{number}", f"{number}") for number in range(count))
        form = Form("f", "T", (Field("a", kind, "l", options=options),), "Send")
        return next(iter(inputs(draw_form(form)).values()))["style"]

    assert style(6, FieldKind.ONE) == "expanded"
    assert style(7, FieldKind.ONE) == "compact"
    assert style(20, FieldKind.SEVERAL) == "expanded"


def test_a_needed_field_says_so_when_it_is_left_empty() -> None:
    found = inputs(draw_form(FORM, Filled(needed="Please fill this in.")))
    assert found["q.status"]["isRequired"] is True
    assert found["q.status"]["errorMessage"] == "Please fill this in."
    assert "isRequired" not in found["q.words"]


def test_errors_stand_at_their_fields_and_what_was_written_is_kept() -> None:
    filled = Filled(
        {"words": "soon", "who": "r", "when": ""},
        {"words": "Please say when.", "gone": "Too late."},
    )
    card = draw_form(FORM, filled)
    found = inputs(card)
    assert found["q.words"]["value"] == "soon"
    assert found["s.who"]["value"] == "r"
    assert "value" not in found["q.when"]
    order = [one.get("text") or one.get("id") for one in elements(card)]
    assert order[order.index("q.words") - 1] == "⚠ Please say when."
    assert "⚠ Too late." in words(card)


def test_the_send_button_carries_the_form_where_it_was_opened_and_itself() -> None:
    button = buttons(draw_form(FORM, Filled(opened_by="170")))["Send"]
    ours = button["data"]["loop"]
    assert (button["verb"], ours["f"], ours["m"]) == ("send", "update:7", "170")
    again = unpacked(ours["p"])
    assert again is not None
    assert again.title == FORM.title
    assert button["fallback"]["data"] == button["data"]


@given(st.lists(VALUES, min_size=1, max_size=5, unique=True))
def test_what_is_ticked_comes_back_whatever_the_values_are_called(values: list[str]) -> None:
    options = tuple(Option(value, value) for value in values)
    form = Form("f", "T", (Field("a", FieldKind.SEVERAL, "l", options=options),), "Send")
    card = draw_form(form)
    ticked = ",".join(one["value"] for one in inputs(card)["s.a"]["choices"])
    data = {**buttons(card)["Send"]["data"], "s.a": ticked}
    incoming = read(
        executed(data), at=datetime(2024, 1, 1, tzinfo=UTC), keyed=lambda *parts: "|".join(parts)
    )
    assert incoming is not None
    assert incoming.content == Submitted("f", {"a": " ".join(values)})


def _big(options: int, letters: int) -> Form:
    choices = tuple(Option(f"v{number}", "x" * letters) for number in range(options))
    fields = tuple(
        Field(f"q{number}", FieldKind.ONE, "y" * letters, hint="z" * 900, options=choices)
        for number in range(5)
    )
    return Form("f", "T", fields, "Send", text="t" * 3000)


def test_a_page_that_is_too_big_is_shortened_and_says_where() -> None:
    card = draw_form(_big(30, 300))
    assert problems(card) == []
    assert all(one["label"].endswith("…") for one in inputs(card).values())
    assert all(len(one["choices"]) == 30 for one in inputs(card).values())


def test_a_page_that_no_card_can_hold_is_refused() -> None:
    with pytest.raises(CardTooBig):
        draw_form(_big(300, 300))


def _texts(card: dict[str, Any]) -> list[str]:
    return [str(one["text"]) for one in elements(card) if "text" in one]


def test_title_place_and_text_stand_above_the_fields() -> None:
    assert _texts(draw_form(FORM))[:3] == ["Update 1.2", "1 of 2", "Due on 31 December."]
