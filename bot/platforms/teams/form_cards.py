"""A page of a form as an Adaptive Card: every input has a label, every error stands at its field.

Pure. A card that would be too big is shortened step by step, and refused only when nothing helps.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from bot.forms import Field, FieldKind, Form, Option
from bot.platforms.teams.cards import MOST_BYTES, Card, Element, card, lines, literal, press, size
from bot.platforms.teams.marks import FIELD, OURS, SEND, SEVERAL
from bot.platforms.teams.packing import packed
from surveys.matching import clean

_FEW = 6
_SHORTER = (400, 160, 80, 40)
_MOST_TYPED = 4000
_MOMENTS = {
    FieldKind.DATE: ("Input.Date", re.compile(r"\d{4}-\d{2}-\d{2}")),
    FieldKind.TIME: ("Input.Time", re.compile(r"([01]\d|2[0-3]):[0-5]\d")),
}


class CardTooBig(ValueError):
    """A page that no card can hold."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it stands: what was entered, what is wrong with it, and where it was opened.

    `needed`: said at a field that was left empty. `look`: said above a form with errors.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    opened_by: str = ""
    needed: str = ""
    look: str = ""


def draw_form(form: Form, filled: Filled | None = None) -> Card:
    """The page as one card. CardTooBig where it cannot be."""
    filled = filled or Filled()
    for shown in _shorter_and_shorter(form):
        for carried in (packed(form), ""):
            found = _drawn(shown, filled, carried)
            if size(found) <= MOST_BYTES:
                return found
    raise CardTooBig("a page of a form is too big for a card")


def _shorter_and_shorter(form: Form) -> Iterator[Form]:
    """The form as it is, then with its words cut: hints first, then every label."""
    yield form
    for most in _SHORTER:
        yield replace(
            form,
            text=_cut(form.text, most * 3),
            fields=tuple(_shortened(one, most) for one in form.fields),
        )


def _shortened(one: Field, most: int) -> Field:
    options = tuple(Option(choice.value, _cut(choice.label, most)) for choice in one.options)
    return replace(one, label=_cut(one.label, most), hint="", options=options)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _drawn(form: Form, filled: Filled, carried: str) -> Card:
    data: dict[str, str] = {"f": form.id}
    if filled.opened_by:
        data["m"] = filled.opened_by
    if carried:
        data["p"] = carried
    body = [
        *lines(form.title, weight="Bolder", size="Medium", style="heading"),
        *lines(form.place, isSubtle=True, size="Small", spacing="None"),
        *lines(form.text),
        *(lines(f"⚠ {filled.look}", color="Attention") if filled.errors and filled.look else ()),
        *lines("\n".join(f"⚠ {one}" for one in _homeless(form, filled)), color="Attention"),
    ]
    for one in form.fields:
        body += _field(one, filled)
    send = press(clean(form.send), SEND, {OURS: data}, style="positive")
    body.append({"type": "ActionSet", "actions": [send]})
    return card(body, rtl=form.rtl, summary=_cut(clean(form.title), 120))


def _homeless(form: Form, filled: Filled) -> list[str]:
    """Errors of no field on the page: they are said all the same."""
    names = {one.name for one in form.fields}
    return [clean(text) for name, text in filled.errors.items() if name not in names]


def _field(one: Field, filled: Filled) -> list[Element]:
    if one.kind is FieldKind.NOTE:
        return lines("\n".join(filter(None, (one.label, one.hint))))
    wrong = clean(filled.errors.get(one.name, ""))
    value = filled.values.get(one.name, one.value)
    shown = _input(one, value)
    shown["label"] = literal(_label(one))
    if one.needed:
        shown["isRequired"] = True
    if one.needed and (wrong or filled.needed):
        shown["errorMessage"] = wrong or filled.needed
    return [*lines(f"⚠ {wrong}" if wrong else "", color="Attention"), shown]


def _label(one: Field) -> str:
    """With its hint: a reader of the screen hears the label, and nothing else that stands by."""
    label, hint = clean(one.label) or one.name, clean(one.hint)
    return f"{label} ({hint})" if hint else label


def _input(one: Field, value: str) -> Element:
    if one.kind in (FieldKind.ONE, FieldKind.SEVERAL) and one.options:
        return _choices(one, value)
    found: dict[str, Any] = {"type": "Input.Text", "id": f"{FIELD}{one.name}"}
    if one.kind in _MOMENTS:
        found["type"], shape = _MOMENTS[one.kind]
        value = value if shape.fullmatch(value) else ""
    else:
        found["maxLength"] = max(1, min(one.most, _MOST_TYPED))
        if one.kind is FieldKind.TEXT:
            found["isMultiline"] = True
    if value:
        found["value"] = value
    return found


def _choices(one: Field, value: str) -> Element:
    """Few to choose from stand open; many fold into a list. Commas part what comes back."""
    is_several = one.kind is FieldKind.SEVERAL
    found: dict[str, Any] = {
        "type": "Input.ChoiceSet",
        "id": f"{SEVERAL if is_several else FIELD}{one.name}",
        "choices": [_choice(each, is_several) for each in one.options],
        "wrap": True,
        "style": "expanded" if is_several or len(one.options) <= _FEW else "compact",
    }
    if is_several:
        found["isMultiSelect"] = True
    given = ",".join(map(_coded, value.split())) if is_several else value
    if given:
        found["value"] = given
    return found


def _choice(option: Option, is_several: bool) -> dict[str, str]:
    value = _coded(option.value) if is_several else option.value
    return {"title": literal(clean(option.label)) or option.value, "value": value}


def _coded(value: str) -> str:
    return quote(value, safe="")
