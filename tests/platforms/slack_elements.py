"""The elements of Block Kit with their published limits."""

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


def plain(most: int) -> Check:
    return kinds(plain_text=shape(text=string(most), emoji_=boolean))


def words(most: int) -> Check:
    """Plain or marked up."""
    return kinds(
        plain_text=shape(text=string(most), emoji_=boolean),
        mrkdwn=shape(text=string(most), verbatim_=boolean),
    )


_ACTION_ID = string(255)
_DATE = matching(r"\d{4}-\d{2}-\d{2}")
_CONFIRM = shape(
    title=plain(100),
    text=words(300),
    confirm=plain(30),
    deny=plain(30),
    style_=one_of("primary", "danger"),
)
_PLAIN_OPTION = shape(text=plain(75), value=string(150), description_=plain(75))
_OPTION = shape(text=words(75), value=string(150), description_=words(75))
_LINKED_OPTION = shape(text=plain(75), value=string(150), description_=plain(75), url_=string(3000))
_GROUP = shape(label=plain(75), options=list_of(_PLAIN_OPTION, 1, 100))


def _options_of(element: dict[str, Any]) -> list[Any]:
    own = element.get("options")
    groups = element.get("option_groups")
    found = list(own) if isinstance(own, list) else []
    for group in groups if isinstance(groups, list) else []:
        found += group.get("options", []) if isinstance(group, dict) else []
    return found


def chosen_well(element: Any, where: str) -> Iterator[str]:
    """What is chosen beforehand is one of the options, to the letter; values are their own."""
    options = _options_of(element)
    values = [one.get("value") for one in options if isinstance(one, dict)]
    if len(set(values)) != len(values):
        yield f"option values must be unique [{where}/options]"
    if "options" in element and "option_groups" in element:
        yield f"options and option_groups exclude each other [{where}]"
    initial = element.get("initial_options") or []
    if "initial_option" in element:
        initial = [*initial, element["initial_option"]]
    if any(one not in options for one in initial):
        yield f"initial option(s) must be among the options [{where}]"


def within(element: Any, where: str) -> Iterator[str]:
    """The text that stands there beforehand is one that could be sent."""
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield f"min_length must not be above max_length [{where}]"
    initial = element.get("initial_value")
    if isinstance(initial, str) and isinstance(most, int) and len(initial) > most:
        yield f"initial_value is longer than max_length [{where}]"


def _with_options(option: Check, most: int, **fields: Check) -> Check:
    body = shape(action_id_=_ACTION_ID, options=list_of(option, 1, most), **fields)
    return all_of(body, chosen_well)


def _picker(**fields: Check) -> Check:
    return shape(
        action_id_=_ACTION_ID,
        placeholder_=plain(150),
        confirm_=_CONFIRM,
        focus_on_load_=boolean,
        **fields,
    )


def _select(**fields: Check) -> Check:
    body = _picker(
        options_=list_of(_PLAIN_OPTION, 1, 100), option_groups_=list_of(_GROUP, 1, 100), **fields
    )
    return all_of(body, chosen_well, _some_options)


def _some_options(element: Any, where: str) -> Iterator[str]:
    if not _options_of(element):
        yield f"missing required field: options [{where}]"


def _input(**fields: Check) -> Check:
    return shape(
        action_id_=_ACTION_ID,
        placeholder_=plain(150),
        focus_on_load_=boolean,
        dispatch_action_config_=anything,
        **fields,
    )


BUTTON = shape(
    action_id_=_ACTION_ID,
    text=plain(75),
    value_=string(2000, 0),
    url_=all_of(string(3000), matching(r"[a-z][a-z0-9+.-]*:\S+")),
    style_=one_of("primary", "danger"),
    confirm_=_CONFIRM,
    accessibility_label_=string(75),
)
ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "overflow": _with_options(_LINKED_OPTION, 5, confirm_=_CONFIRM),
    "checkboxes": _with_options(
        _OPTION,
        10,
        initial_options_=list_of(_OPTION, 1, 10),
        confirm_=_CONFIRM,
        focus_on_load_=boolean,
    ),
    "radio_buttons": _with_options(
        _OPTION, 10, initial_option_=_OPTION, confirm_=_CONFIRM, focus_on_load_=boolean
    ),
    "static_select": _select(initial_option_=_PLAIN_OPTION),
    "multi_static_select": _select(
        initial_options_=list_of(_PLAIN_OPTION, 1, 100), max_selected_items_=number(1, 100)
    ),
    "users_select": _picker(initial_user_=string(255)),
    "datepicker": _picker(initial_date_=_DATE),
    "timepicker": _picker(initial_time_=matching(r"([01]\d|2[0-3]):[0-5]\d"), timezone_=string(64)),
    "plain_text_input": all_of(
        _input(
            initial_value_=string(3000, 0),
            multiline_=boolean,
            min_length_=number(0, 3000),
            max_length_=number(1, 3000),
        ),
        within,
    ),
    "number_input": _input(
        is_decimal_allowed=boolean,
        initial_value_=matching(r"-?\d+(\.\d+)?"),
        min_value_=matching(r"-?\d+(\.\d+)?"),
        max_value_=matching(r"-?\d+(\.\d+)?"),
    ),
    "email_text_input": _input(initial_value_=string(3000, 0)),
    "url_text_input": _input(initial_value_=string(3000, 0)),
}
IMAGE = shape(image_url=string(3000), alt_text=string(2000))
_PICKERS = frozenset({"radio_buttons", "static_select", "users_select", "datepicker", "timepicker"})
IN_ACTIONS = _PICKERS | {"button", "overflow", "checkboxes"}
IN_SECTION = IN_ACTIONS | {"multi_static_select"}
IN_INPUT = _PICKERS | {
    "checkboxes",
    "multi_static_select",
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
}


def element(*names: str) -> Check:
    return kinds(**{name: ELEMENTS[name] for name in names})
