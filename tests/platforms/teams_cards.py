"""Whether Teams would take a card: Adaptive Cards 1.5, property by property, and 28 KB.

assert not card_problems(card)
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.platforms.shapes import (
    Check,
    all_of,
    anything,
    boolean,
    kinds,
    list_of,
    matching,
    number,
    one_of,
    shape,
    string,
)

LARGEST = 28 * 1024
CARD = "application/vnd.microsoft.card.adaptive"
_MOST = 10_000
_TEXT = string(_MOST, 0)
_NAME = string(500)
_URL = string(4000)
_NUMBER = number(-(10**9), 10**9)
_COLOUR = one_of("default", "dark", "light", "accent", "good", "warning", "attention")
_SIDE = one_of("left", "center", "right")
_UPRIGHT = one_of("top", "center", "bottom")
_STYLE = one_of("default", "emphasis", "good", "attention", "warning", "accent")


def _any_case(check: Check) -> Check:
    """Teams reads its words in capitals and small letters alike."""

    def folded(value: Any, where: str) -> Iterator[str]:
        yield from check(value.lower() if isinstance(value, str) else value, where)

    return folded


def _words(*values: str) -> Check:
    return _any_case(one_of(*(value.lower() for value in values)))


def _element(value: Any, where: str) -> Iterator[str]:
    yield from ELEMENT(value, where)


def _action(value: Any, where: str) -> Iterator[str]:
    yield from ACTION(value, where)


def _inline(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, str):
        return
    yield from _RUN(value, where)


def _column(value: Any, where: str) -> Iterator[str]:
    bare = {k: v for k, v in value.items() if k != "type"} if isinstance(value, dict) else value
    yield from _COLUMN(bare, where)


def _inner_card(value: Any, where: str) -> Iterator[str]:
    yield from CARD_SHAPE(value, where)


def _fallback(value: Any, where: str) -> Iterator[str]:
    if value == "drop":
        return
    yield from kinds(**_ELEMENTS, **_ACTIONS)(value, where)


_ITEMS = list_of(_element, 0, 500)
_SHARED: dict[str, Check] = {
    "id_": _NAME,
    "spacing_": _words(
        "default", "none", "small", "medium", "large", "extraLarge", "padding", "extraSmall"
    ),
    "separator_": boolean,
    "height_": _words("auto", "stretch"),
    "isVisible_": boolean,
    "requires_": anything,
    "fallback_": _fallback,
}
_LOOK: dict[str, Check] = {
    "color_": _any_case(_COLOUR),
    "fontType_": _words("default", "monospace"),
    "isSubtle_": boolean,
    "size_": _words("default", "small", "medium", "large", "extraLarge"),
    "weight_": _words("default", "lighter", "bolder"),
}
_BOX: dict[str, Check] = {
    "selectAction_": _action,
    "style_": _any_case(_STYLE),
    "bleed_": boolean,
    "minHeight_": matching(r"\d+px"),
    "backgroundImage_": anything,
    "verticalContentAlignment_": _any_case(_UPRIGHT),
    "rtl_": boolean,
}
_RUN = kinds(
    TextRun=shape(
        text=_TEXT,
        **_LOOK,
        highlight_=boolean,
        italic_=boolean,
        strikethrough_=boolean,
        underline_=boolean,
        selectAction_=_action,
    )
)
_COLUMN = shape(
    **_SHARED, **_BOX, items_=_ITEMS, width_=anything, horizontalAlignment_=_any_case(_SIDE)
)
_INPUT: dict[str, Check] = _SHARED | {
    "id_": anything,
    "label_": _TEXT,
    "isRequired_": boolean,
    "errorMessage_": _TEXT,
}
_CHOICE = shape(title=string(_MOST), value=string(_MOST))
_DATE = matching(r"(\d{4}-\d{2}-\d{2})?")
_TIME = matching(r"(([01]\d|2[0-3]):[0-5]\d)?")


def _input(**fields: Check) -> Check:
    named = {name: check for name, check in _INPUT.items() if name != "id_"}
    return all_of(shape(id=_NAME, **named, **fields), _explained)


def _explained(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, dict) and not value.get("label"):
        yield f"an input without a label: screen readers have nothing to read [{where}]"


_ELEMENTS: dict[str, Check] = {
    "TextBlock": shape(
        **_SHARED,
        **_LOOK,
        text=_TEXT,
        horizontalAlignment_=_any_case(_SIDE),
        maxLines_=_NUMBER,
        wrap_=boolean,
        style_=_words("default", "heading", "columnHeader"),
    ),
    "RichTextBlock": shape(
        **_SHARED, inlines=list_of(_inline, 1, 500), horizontalAlignment_=_any_case(_SIDE)
    ),
    "Image": shape(
        **{k: v for k, v in _SHARED.items() if k != "height_"},
        url=_URL,
        altText_=_TEXT,
        backgroundColor_=_NAME,
        height_=anything,
        width_=_NAME,
        horizontalAlignment_=_any_case(_SIDE),
        selectAction_=_action,
        size_=_words("auto", "stretch", "small", "medium", "large"),
        style_=_words("default", "person"),
    ),
    "Container": shape(**_SHARED, **_BOX, items=_ITEMS),
    "ColumnSet": shape(
        **_SHARED, **_BOX, columns=list_of(_column, 0, 20), horizontalAlignment_=_any_case(_SIDE)
    ),
    "FactSet": shape(**_SHARED, facts=list_of(shape(title=_TEXT, value=_TEXT), 1, 200)),
    "ActionSet": shape(**_SHARED, actions=list_of(_action, 1, 6)),
    "Input.Text": _input(
        isMultiline_=boolean,
        maxLength_=number(1, _MOST),
        placeholder_=_TEXT,
        regex_=_TEXT,
        style_=_words("text", "tel", "url", "email", "password"),
        inlineAction_=_action,
        value_=_TEXT,
    ),
    "Input.Number": _input(max_=_NUMBER, min_=_NUMBER, placeholder_=_TEXT, value_=_NUMBER),
    "Input.Date": _input(max_=_DATE, min_=_DATE, placeholder_=_TEXT, value_=_DATE),
    "Input.Time": _input(max_=_TIME, min_=_TIME, placeholder_=_TEXT, value_=_TIME),
    "Input.Toggle": _input(
        title=_TEXT, value_=_TEXT, valueOff_=_TEXT, valueOn_=_TEXT, wrap_=boolean
    ),
    "Input.ChoiceSet": _input(
        choices=list_of(_CHOICE, 1, 1000),
        isMultiSelect_=boolean,
        style_=_words("compact", "expanded", "filtered"),
        value_=_TEXT,
        placeholder_=_TEXT,
        wrap_=boolean,
    ),
}
_BUTTON: dict[str, Check] = {
    "title_": string(_MOST),
    "iconUrl_": _URL,
    "id_": _NAME,
    "style_": _words("default", "positive", "destructive"),
    "fallback_": _fallback,
    "tooltip_": _TEXT,
    "isEnabled_": boolean,
    "mode_": _words("primary", "secondary"),
    "requires_": anything,
}
_SENT: dict[str, Check] = _BUTTON | {"data_": anything, "associatedInputs_": _words("auto", "none")}
_ACTIONS: dict[str, Check] = {
    "Action.Submit": shape(**_SENT),
    "Action.Execute": shape(**_SENT, verb_=_NAME),
    "Action.OpenUrl": shape(**_BUTTON, url=matching(r"(https?|mailto|tel):\S+")),
    "Action.ToggleVisibility": shape(**_BUTTON, targetElements=list_of(anything, 1, 100)),
    "Action.ShowCard": shape(**_BUTTON, card=_inner_card),
}
ELEMENT = kinds(**_ELEMENTS)
ACTION = kinds(**_ACTIONS)
_REFRESH = shape(action=kinds(**{"Action.Execute": _ACTIONS["Action.Execute"]}), userIds_=anything)
CARD_SHAPE: Check = kinds(
    AdaptiveCard=shape(
        **{"$schema_": _URL},
        version=matching(r"1\.[0-5]"),
        body_=_ITEMS,
        actions_=list_of(_action, 0, 6),
        refresh_=_REFRESH,
        authentication_=anything,
        selectAction_=_action,
        fallbackText_=_TEXT,
        backgroundImage_=anything,
        metadata_=anything,
        minHeight_=matching(r"\d+px"),
        rtl_=boolean,
        speak_=_TEXT,
        lang_=_NAME,
        verticalContentAlignment_=_any_case(_UPRIGHT),
        msteams_=anything,
    )
)


def card_size(card: Any) -> int:
    """The bytes of it on its way."""
    return len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())


def card_problems(card: Any) -> list[str]:
    """What is wrong with it; empty where Teams shows it."""
    found = list(CARD_SHAPE(card, "card"))
    if found:
        return found
    if card_size(card) > LARGEST:
        found.append(f"the card has {card_size(card)} bytes, more than {LARGEST}")
    ids = [one["id"] for one in inputs_of(card)]
    if len(set(ids)) != len(ids):
        found.append("the ids of inputs must be unique")
    users = card.get("refresh", {}).get("userIds", [])
    if len(users) > 60:
        found.append("at most 60 people for whom a card is refreshed")
    return found


def elements_of(what: Any) -> Iterator[dict[str, Any]]:
    """Elements and actions that can be seen, in reading order."""
    if isinstance(what, list):
        for one in what:
            yield from elements_of(one)
    elif isinstance(what, dict) and what.get("isVisible", True):
        if "type" in what and what["type"] != "AdaptiveCard":
            yield what
        for name in ("body", "items", "columns", "inlines", "actions", "card"):
            yield from elements_of(what.get(name))


def inputs_of(card: Any) -> list[dict[str, Any]]:
    return [one for one in elements_of(card) if one["type"].startswith("Input.")]


def actions_of(card: Any) -> list[dict[str, Any]]:
    return [one for one in elements_of(card) if one["type"].startswith("Action.")]


def words_of(card: Any) -> str:
    """All that can be read on it, buttons left out."""
    found: list[str] = []
    for one in elements_of(card):
        if one["type"].startswith("Input."):
            found.append(one.get("label", ""))
        elif one["type"] == "FactSet":
            found += [f"{fact['title']} {fact['value']}" for fact in one["facts"]]
        elif not one["type"].startswith("Action."):
            found.append(one.get("text", ""))
    return "\n".join(text for text in found if text)
