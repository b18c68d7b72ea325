"""What somebody fills into a modal, as Slack lets them: its own checks come before any app's."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.platforms.slack_request import Json
from tests.platforms.slack_state import View

Values = Mapping[str, str | Sequence[str]]
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def filled(view: View, values: Values) -> Json:
    """`state.values` of the submission: what is left out stays as it stood there.

    Values go by label, block_id or action_id; an option by its label or value. Raises
    AssertionError where Slack would not let them send it.
    """
    left = dict(values)
    state: Json = {}
    for block in view.inputs:
        element = block["element"]
        given = _taken(left, block)
        entry = _stands(element) if given is None else _entered(element, given)
        is_empty = all(not value for name, value in entry.items() if name != "type")
        label = block["label"]["text"]
        assert block.get("optional") or not is_empty, f"Slack wants {label!r} to be filled in"
        state[block["block_id"]] = {element["action_id"]: entry}
    assert not left, f"nothing asks for {sorted(left)}; there is {view.labels}"
    return state


def _taken(left: dict[str, str | Sequence[str]], block: Json) -> str | Sequence[str] | None:
    for name in (block["label"]["text"], block["block_id"], block["element"]["action_id"]):
        if name in left:
            return left.pop(name)
    return None


def _stands(element: Json) -> Json:
    """What was put there beforehand."""
    kind = element["type"]
    if kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind in _CHOICES:
        return {"type": kind, "selected_option": element.get("initial_option")}
    name, initial = _PICKED.get(kind, ("value", "initial_value"))
    return {"type": kind, name: element.get(initial)}


_CHOICES = frozenset({"static_select", "radio_buttons"})
_PICKED = {
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "users_select": ("selected_user", "initial_user"),
}


def _entered(element: Json, given: str | Sequence[str]) -> Json:
    kind = element["type"]
    if kind in ("checkboxes", "multi_static_select"):
        names = [given] if isinstance(given, str) else given
        chosen = [option_of(element, name) for name in names if name]
        assert len(chosen) <= element.get("max_selected_items", 100), "too many are chosen"
        return {"type": kind, "selected_options": chosen}
    assert isinstance(given, str), f"one value for a {kind}"
    if kind in _CHOICES:
        return {"type": kind, "selected_option": option_of(element, given) if given else None}
    if given:
        _CHECKS.get(kind, _free)(element, given)
    return {"type": kind, _PICKED.get(kind, ("value", ""))[0]: given or None}


def option_of(element: Json, name: str) -> Json:
    """The option with this label or value."""
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(one for group in groups for one in group["options"])]
    for option in options:
        if name in (option["value"], option["text"]["text"]):
            found: Json = option
            return found
    raise AssertionError(f"no option {name!r} among {[one['text']['text'] for one in options]}")


def _free(element: Json, given: str) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    assert least <= len(given) <= most, f"Slack wants {least} to {most} characters"
    assert "\n" not in given or element.get("multiline"), "Slack takes one line here"


def _number(element: Json, given: str) -> None:
    assert re.fullmatch(r"-?\d+(\.\d+)?", given), "Slack wants a number here"
    assert "." not in given or element["is_decimal_allowed"], "Slack wants a whole number here"
    least, most = element.get("min_value"), element.get("max_value")
    assert least is None or float(given) >= float(least), f"Slack wants at least {least}"
    assert most is None or float(given) <= float(most), f"Slack wants at most {most}"


def _matches(pattern: str) -> Callable[[Json, str], None]:
    def check(element: Json, given: str) -> None:
        assert re.fullmatch(pattern, given), f"{element['type']} does not give {given!r}"

    return check


_CHECKS: dict[str, Callable[[Json, str], Any]] = {
    "number_input": _number,
    "datepicker": _matches(r"\d{4}-\d{2}-\d{2}"),
    "timepicker": _matches(r"([01]\d|2[0-3]):[0-5]\d"),
    "email_text_input": _matches(_EMAIL.pattern),
    "url_text_input": _matches(r"https?://\S+"),
    "users_select": _matches(r"[UW][A-Z0-9]+"),
}
