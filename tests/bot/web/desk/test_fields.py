"""Forms as fields of a page, and back."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.forms import Field, FieldKind, Form, Option
from bot.web.desk.carried import Carried
from bot.web.desk.fields import MOST_SHOWN, drawn, problems, values_of
from storage.types import Keyring

OPTIONS = tuple(Option(f"o{n}", f"Choice {n}") for n in range(4))
MANY = tuple(Option(f"o{n}", f"Choice {n}") for n in range(MOST_SHOWN + 1))


def form(*fields: Field) -> Form:
    return Form("a:1", "A form", fields, "Send")


def field(kind: FieldKind, **more: object) -> Field:
    known: dict[str, object] = {"name": "it", "label": "What is it?", "kind": kind, **more}
    return Field(**known)  # type: ignore[arg-type]


def read(made: Form, sent: Mapping[str, list[str]]) -> dict[str, str]:
    """What the page would read of this body."""
    return values_of(
        made,
        lambda name: next(iter(sent.get(name, [])), ""),
        lambda name: tuple(sent.get(name, [])),
    )


def browsed(made: Form) -> dict[str, list[str]]:
    """What a browser sends of a page that nobody touched."""
    sent: dict[str, list[str]] = {}
    for one in drawn(made):
        if one.look in ("radio", "checkbox", "select"):
            sent[one.name] = [box.value for box in one.boxes if box.is_chosen]
        elif one.look == "parts":
            sent |= {box.name: [box.value] for box in one.boxes}
        elif one.look != "note":
            sent[one.name] = [one.typed]
    return sent


@pytest.mark.parametrize(
    ("kind", "more", "look"),
    [
        (FieldKind.WORDS, {}, "words"),
        (FieldKind.TEXT, {}, "text"),
        (FieldKind.ONE, {"options": OPTIONS}, "radio"),
        (FieldKind.ONE, {"options": MANY}, "select"),
        (FieldKind.SEVERAL, {"options": OPTIONS}, "checkbox"),
        (FieldKind.NUMBER, {}, "number"),
        (FieldKind.DATE, {}, "parts"),
        (FieldKind.TIME, {}, "time"),
        (FieldKind.NOTE, {}, "note"),
    ],
)
def test_each_kind_has_its_drawing(kind: FieldKind, more: dict[str, object], look: str) -> None:
    [one] = drawn(form(field(kind, **more)))
    assert one.look == look
    assert one.is_group is (look in ("radio", "checkbox", "parts"))


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        (FieldKind.WORDS, {"f0": ["  a line "]}, "a line"),
        (FieldKind.TEXT, {"f0": ["\nwhat happened\n"]}, "what happened"),
        (FieldKind.ONE, {"f0": ["o2"]}, "o2"),
        (FieldKind.ONE, {"f0": ["something else"]}, ""),
        (FieldKind.SEVERAL, {"f0": ["o3", "o1", "else"]}, "o1 o3"),
        (FieldKind.SEVERAL, {}, ""),
        (FieldKind.NUMBER, {"f0": ["12"]}, "12"),
        (FieldKind.DATE, {"f0-day": ["5"], "f0-month": ["1"], "f0-year": ["2024"]}, "2024-01-05"),
        (FieldKind.DATE, {"f0-day": ["5"], "f0-month": ["May"], "f0-year": ["24"]}, "5/May/24"),
        (FieldKind.DATE, {"f0-day": [""], "f0-month": [""], "f0-year": [""]}, ""),
        (FieldKind.TIME, {"f0": ["9.05"]}, "09:05"),
        (FieldKind.TIME, {"f0": ["noon"]}, "noon"),
    ],
)
def test_what_was_sent_is_read_as_its_kind(
    kind: FieldKind, sent: dict[str, list[str]], value: str
) -> None:
    options = OPTIONS if kind in (FieldKind.ONE, FieldKind.SEVERAL) else ()
    assert read(form(field(kind, options=options)), sent) == {"it": value}


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        (FieldKind.ONE, "", "choose"),
        (FieldKind.SEVERAL, "", "choose"),
        (FieldKind.TEXT, "", "write"),
        (FieldKind.NUMBER, "", "fill"),
        (FieldKind.DATE, "", "fill"),
        (FieldKind.DATE, "2024-02-30", "date"),
        (FieldKind.DATE, "5/May/24", "date"),
        (FieldKind.DATE, "2024-02-29", ""),
        (FieldKind.TIME, "24:00", "time"),
        (FieldKind.TIME, "noon", "time"),
        (FieldKind.TIME, "23:59", ""),
        (FieldKind.WORDS, "x" * 31, "long"),
        (FieldKind.WORDS, "x" * 30, ""),
        (FieldKind.NOTE, "", ""),
    ],
)
def test_the_page_itself_sees_what_is_missing_or_cannot_be(
    kind: FieldKind, value: str, problem: str
) -> None:
    made = form(field(kind, needed=True, most=30))
    assert problems(made, {"it": value}) == ({"it": problem} if problem else {})


def test_what_need_not_be_filled_in_may_be_left() -> None:
    made = form(*(field(kind, name=kind.value) for kind in FieldKind))
    assert problems(made, read(made, {})) == {}


def test_a_refused_date_stands_there_as_it_was_typed() -> None:
    made = form(field(FieldKind.DATE))
    values = read(made, {"f0-day": ["31"], "f0-month": ["Feb"], "f0-year": ["2024"]})
    [one] = drawn(made, values, {"it": "There is no such day."})
    assert [box.value for box in one.boxes] == ["31", "Feb", "2024"]
    assert one.described_by == "f0-error"


def test_an_error_leads_to_the_first_thing_that_can_be_filled_in() -> None:
    made = form(field(FieldKind.ONE, options=OPTIONS), field(FieldKind.DATE, name="day"))
    assert [one.id for one in drawn(made)] == ["f0-0", "f1-day"]


_TYPED = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(str.strip)
_VALUES = {
    FieldKind.WORDS: _TYPED,
    FieldKind.TEXT: _TYPED,
    FieldKind.NUMBER: st.integers().map(str),
    FieldKind.DATE: st.dates().map(lambda day: day.isoformat()),
    FieldKind.TIME: st.times().map(lambda clock: f"{clock:%H:%M}"),
    FieldKind.ONE: st.sampled_from([option.value for option in OPTIONS]),
    FieldKind.SEVERAL: st.sets(st.sampled_from([option.value for option in OPTIONS])).map(
        lambda chosen: " ".join(sorted(chosen))
    ),
    FieldKind.NOTE: st.just(""),
}


@st.composite
def _forms(draw: st.DrawFn) -> Form:
    kinds = draw(st.lists(st.sampled_from(list(FieldKind)), max_size=8))
    return form(
        *(
            Field(
                f"name-{n}",
                kind,
                draw(_TYPED),
                draw(_TYPED),
                options=OPTIONS if kind in (FieldKind.ONE, FieldKind.SEVERAL) else (),
                value=draw(_VALUES[kind]),
                needed=draw(st.booleans()),
            )
            for n, kind in enumerate(kinds)
        )
    )


@given(made=_forms())
def test_a_page_that_nobody_touched_says_what_it_started_with(made: Form) -> None:
    read_back = read(made, browsed(made))
    assert read_back == {
        one.name: one.value for one in made.fields if one.kind is not FieldKind.NOTE
    }
    filled = {name for name, value in read_back.items() if value}
    assert not filled & problems(made, read_back).keys()


@given(made=_forms())
def test_ids_are_unique_on_a_page(made: Form) -> None:
    fields = drawn(made)
    ids = [box.id for one in fields if one.look != "select" for box in one.boxes]
    ids += [one.id for one in fields if one.look == "select" or not one.boxes]
    assert len(ids) == len(set(ids))


@given(made=_forms())
def test_a_form_that_travelled_with_its_page_is_the_same(made: Form) -> None:
    carried = Carried(Keyring({"k": b"k" * 32}, b"l" * 32))
    assert carried.read(carried.write(made)) == made


def test_a_form_that_was_changed_on_the_way_is_none_of_ours() -> None:
    carried = Carried(Keyring({"k": b"k" * 32}, b"l" * 32))
    others = Carried(Keyring({"k": b"k" * 32}, b"m" * 32))
    written = carried.write(form(field(FieldKind.WORDS)))
    for bad in ("", "x", written[:-3], "x" + written, others.write(form())):
        assert carried.read(bad) is None
