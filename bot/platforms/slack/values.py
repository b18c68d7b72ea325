"""What was filled in on a form, by the names of its fields. Pure."""

from collections.abc import Mapping
from typing import Any

from surveys.matching import clean

_TEXTS = {
    "plain_text_input": "value",
    "number_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
}
_ONE = frozenset(("static_select", "radio_buttons"))
_SEVERAL = frozenset(("checkboxes", "multi_static_select"))


def values_of(view: Mapping[str, Any]) -> dict[str, str]:
    """Each field of the form; one that was left out is empty."""
    found = (view.get("state") or {}).get("values") or {}
    return {
        str(name): clean(_value(state))
        for name, states in found.items()
        for state in states.values()
    }


def _value(state: Mapping[str, Any]) -> str:
    kind = state["type"]
    if kind in _TEXTS:
        return str(state.get(_TEXTS[kind]) or "")
    if kind in _ONE:
        return str((state.get("selected_option") or {}).get("value") or "")
    if kind in _SEVERAL:
        return " ".join(str(one["value"]) for one in state.get("selected_options") or ())
    raise ValueError("a field of a kind that we do not draw")
