"""A form as a modal of Slack's, and what else is said in one. Pure; no SDK."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from bot.forms import Field, FieldKind, Form, Option
from bot.pieces import cut, split, units
from bot.platforms.slack.blocks import Block, header, plain, sections, small
from bot.platforms.slack.phrases import Phrases
from bot.platforms.slack.reading import metadata
from surveys.matching import clean

MOST_BLOCKS = 100
MOST_IN_TITLE = 24
MOST_IN_FIELD = 3000
_MOST_IN_LABEL = 2000
_MOST_IN_ERROR = 500
_MOST_IN_OPTION = 75
_MOST_IN_VALUE = 150
_MOST_TICKED = 10
_MOST_IN_GROUP = 100
_MOST_OPTIONS = 10_000

View = dict[str, Any]


def draw_view(form: Form, phrases: Phrases, message_id: str = "") -> View:
    """The page as a modal. ValueError for one that is too long for any: it would be our mistake."""
    blocks = [*_above(form), *(block for one in form.fields for block in _field(form, one))]
    if len(blocks) > MOST_BLOCKS:
        raise ValueError(
            f"a page of a form has {len(blocks)} blocks, and Slack shows {MOST_BLOCKS}"
        )
    return {
        "type": "modal",
        "callback_id": form.id,
        "private_metadata": metadata(message_id),
        "title": plain(form.title, MOST_IN_TITLE),
        "submit": plain(form.send, MOST_IN_TITLE),
        "close": plain(phrases.cancel, MOST_IN_TITLE),
        "blocks": blocks or sections("…"),
    }


def skeleton(phrases: Phrases) -> View:
    """What stands there until the form does."""
    return saying(phrases.wait, phrases, title=phrases.wait_title)


def saying(text: str, phrases: Phrases, *, title: str = "") -> View:
    """A few words in place of a form."""
    return {
        "type": "modal",
        "title": plain(title or phrases.done_title, MOST_IN_TITLE),
        "close": plain(phrases.close, MOST_IN_TITLE),
        "blocks": sections(text) or sections("…"),
    }


def draw_errors(errors: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Errors at fields that are on the page; one without a field stands at the first."""
    found: dict[str, str] = {}
    for name, text in errors.items():
        at = name if name in names else names[0]
        found[at] = cut(" ".join(filter(None, (found.get(at), clean(text)))), _MOST_IN_ERROR)
    return found


def _above(form: Form) -> list[Block]:
    whole = [header(form.title)] if units(clean(form.title)) > MOST_IN_TITLE else []
    return [*whole, *small(form.place), *sections(form.text)]


def _field(form: Form, field: Field) -> Iterator[Block]:
    element = _ELEMENTS[field.kind](field) if field.kind in _ELEMENTS else None
    if element is None:
        yield from sections("\n".join(filter(None, (field.label, field.hint))))
        return
    yield from _in_full(field)
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": plain(field.label, _MOST_IN_LABEL),
        "element": element | {"action_id": _action_id(form, field)},
        "optional": not field.needed,
    }
    if clean(field.hint):
        block["hint"] = plain(field.hint, _MOST_IN_LABEL)
    yield block


def _in_full(field: Field) -> Iterator[Block]:
    """What is too long for its place, whole, above the field."""
    for text in (field.label, field.hint):
        if units(clean(text)) > _MOST_IN_LABEL:
            yield from sections(text)
    if any(units(clean(one.label)) > _MOST_IN_OPTION for one in field.options):
        labels = (f"{n}. {clean(one.label)}" for n, one in enumerate(field.options, 1))
        yield from sections("\n".join(labels))


def _action_id(form: Form, field: Field) -> str:
    """Slack keeps what was typed while this stays the same, so a fresh field has another."""
    known = "\x00".join((form.id, form.place, field.kind, field.value, field.label))
    return hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:16]


# the elements


def _words(field: Field) -> Block:
    most = max(1, min(field.most, MOST_IN_FIELD))
    drawn: Block = {
        "type": "plain_text_input",
        "multiline": field.kind is FieldKind.TEXT,
        "max_length": most,
    }
    start = clean(field.value)
    if not start:
        return drawn
    # What stood there already is never cut because the field is shorter now.
    drawn["max_length"] = min(max(most, units(start)), MOST_IN_FIELD)
    return drawn | {"initial_value": next(iter(split(start, MOST_IN_FIELD)))}


def _number(field: Field) -> Block:
    drawn: Block = {"type": "number_input", "is_decimal_allowed": True}
    return drawn | ({"initial_value": field.value} if _is_number(field.value) else {})


def _is_number(text: str) -> bool:
    whole, dot, rest = text.removeprefix("-").partition(".")
    digits = whole + rest
    is_complete = bool(whole) and (bool(rest) or not dot)
    return is_complete and digits.isascii() and digits.isdecimal()


def _date(field: Field) -> Block:
    drawn: Block = {"type": "datepicker"}
    return drawn | ({"initial_date": field.value} if _is_digits(field.value, "-", 4, 2, 2) else {})


def _time(field: Field) -> Block:
    drawn: Block = {"type": "timepicker"}
    start = field.value[:5]
    return drawn | ({"initial_time": start} if _is_digits(start, ":", 2, 2) else {})


def _is_digits(text: str, mark: str, *lengths: int) -> bool:
    parts = text.split(mark)
    are_digits = all(part.isascii() and part.isdecimal() for part in parts)
    return are_digits and tuple(map(len, parts)) == lengths


def _one(field: Field) -> Block | None:
    options = _options(field)
    if not options:
        return None
    kind = "radio_buttons" if len(options) <= _MOST_TICKED else "static_select"
    drawn: Block = {"type": kind} | _listed(options)
    start = [one for one in options if one["value"] == field.value]
    return drawn | ({"initial_option": start[0]} if start else {})


def _several(field: Field) -> Block | None:
    options = _options(field)
    if not options:
        return None
    kind = "checkboxes" if len(options) <= _MOST_TICKED else "multi_static_select"
    drawn: Block = {"type": kind} | _listed(options)
    chosen = field.value.split()
    start = [one for one in options if one["value"] in chosen][:_MOST_IN_GROUP]
    return drawn | ({"initial_options": start} if start else {})


_ELEMENTS: Mapping[FieldKind, Callable[[Field], Block | None]] = {
    FieldKind.WORDS: _words,
    FieldKind.TEXT: _words,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.TIME: _time,
    FieldKind.ONE: _one,
    FieldKind.SEVERAL: _several,
}


def _options(field: Field) -> list[Block]:
    """Each value once. Where a label is too long all have the numbers of the list above."""
    is_long = any(units(clean(one.label)) > _MOST_IN_OPTION for one in field.options)
    unique = {one.value: (n, one) for n, one in enumerate(field.options, 1)}
    if len(unique) > _MOST_OPTIONS or any(not _is_value(one.value) for one in field.options):
        raise ValueError("options that Slack would refuse: too many, or a value is too long")
    return [_option(one, n if is_long else 0) for n, one in unique.values()]


def _is_value(value: str) -> bool:
    return bool(value.strip()) and units(value) <= _MOST_IN_VALUE


def _option(option: Option, number: int) -> Block:
    label = f"{number}. {clean(option.label)}" if number else option.label
    return {"text": plain(label, _MOST_IN_OPTION), "value": option.value}


def _listed(options: Sequence[Block]) -> Block:
    """A long list comes in groups, named by the numbers of their options."""
    if len(options) <= _MOST_IN_GROUP:
        return {"options": list(options)}
    rest, groups, start = iter(options), [], 1
    while part := list(islice(rest, _MOST_IN_GROUP)):
        label = plain(f"{start}–{start + len(part) - 1}", _MOST_IN_OPTION)
        groups.append({"label": label, "options": part})
        start += len(part)
    return {"option_groups": groups}
