"""What somebody fills into a card, as Teams lets them: its own checks come before any app's."""

import re
from collections.abc import Mapping, Sequence

from tests.platforms.teams_limits import Json

Values = Mapping[str, str | Sequence[str]]


def filled(inputs: list[Json], values: Values) -> Json:
    """The values that go with a press: what is left out stays as it stood there.

    By label or id; a choice by its title or value. Raises AssertionError where Teams would not
    let them send it.
    """
    left = dict(values)
    found: Json = {}
    for one in inputs:
        given = _taken(left, one)
        value = _stands(one) if given is None else _entered(one, given)
        label = one.get("label") or one["id"]
        assert value or not one.get("isRequired"), f"Teams wants {label!r} to be filled in"
        if value or one["type"] == "Input.Text":
            found[one["id"]] = value
    assert not left, f"nothing asks for {sorted(left)}; there is {_labels(inputs)}"
    return found


def _labels(inputs: list[Json]) -> list[str]:
    return [one.get("label") or one["id"] for one in inputs]


def _taken(left: dict[str, str | Sequence[str]], one: Json) -> str | Sequence[str] | None:
    for name in (one.get("label", ""), one["id"]):
        if name in left:
            return left.pop(name)
    return None


def _stands(one: Json) -> str:
    if one["type"] == "Input.Toggle":
        return str(one.get("value") or one.get("valueOff", "false"))
    return str(one.get("value", ""))


def _entered(one: Json, given: str | Sequence[str]) -> str:
    if one["type"] == "Input.ChoiceSet":
        names = [given] if isinstance(given, str) else given
        assert len(names) < 2 or one.get("isMultiSelect"), "Teams takes one choice here"
        return ",".join(_choice(one, name) for name in names if name)
    assert isinstance(given, str), f"one value for {one['type']}"
    if one["type"] == "Input.Toggle":
        return str(one.get("valueOn", "true") if given else one.get("valueOff", "false"))
    if given:
        _check(one, given)
    return given


def _choice(one: Json, name: str) -> str:
    for choice in one["choices"]:
        if name in (choice["title"], choice["value"]):
            return str(choice["value"])
    raise AssertionError(f"no choice {name!r} among {[each['title'] for each in one['choices']]}")


_SHAPES = {
    "Input.Date": r"\d{4}-\d{2}-\d{2}",
    "Input.Time": r"([01]\d|2[0-3]):[0-5]\d",
    "Input.Number": r"-?\d+(\.\d+)?",
}


def _check(one: Json, given: str) -> None:
    kind = one["type"]
    if kind in _SHAPES:
        assert re.fullmatch(_SHAPES[kind], given), f"{kind} does not give {given!r}"
    if kind == "Input.Number":
        assert float(one.get("min", given)) <= float(given) <= float(one.get("max", given))
    elif kind in _SHAPES:
        assert one.get("min", given) <= given <= one.get("max", given), "Teams wants another date"
    else:
        assert len(given) <= one.get("maxLength", len(given)), "Teams takes no more letters here"
        assert re.fullmatch(one.get("regex") or ".*", given, re.DOTALL), "Teams wants another form"
        assert "\n" not in given or one.get("isMultiline"), "Teams takes one line here"
