"""What is looked for in the plan, in the address of the page and back: every view is a link."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from digests.plan_board import DUE, Wanted
from reminders.standing import Colour
from surveys.matching import clean

_LONGEST = 100
_NUMBERS = ("plan", "priority", "group", "lead")


def wanted_of(asked: QueryParams) -> Wanted:
    """What the address asks for; what is none of ours is left out."""
    colour, due = asked.get("colour", ""), asked.get("due", "")
    numbers = {name: number_of(asked.get(name, "")) for name in _NUMBERS}
    return Wanted(
        **numbers,
        colour=colour if colour in set(Colour) else "",
        due=due if due in DUE else "",
        words=clean(asked.get("words", ""))[:_LONGEST].strip(),
        by_date=asked.get("by_date", "") == "1",
        page=number_of(asked.get("page", "")) or 1,
    )


def number_of(typed: str) -> int:
    """0 for what is no number of ours."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the address of the same view with something changed; `page` begins anew."""

    path: str
    wanted: Wanted

    def __call__(self, **changed: Any) -> str:
        return self.at(self.path, **changed)

    def at(self, path: str, **changed: Any) -> str:
        """The same filters on another page."""
        values = {one.name: getattr(self.wanted, one.name) for one in fields(Wanted)}
        return _address(path, values | {"page": 1} | changed)


def _address(path: str, values: Mapping[str, Any]) -> str:
    shown = {
        name: int(value) if isinstance(value, bool) else value
        for name, value in values.items()
        if value and (name, value) != ("page", 1)
    }
    return f"{path}?{urlencode(shown)}" if shown else path
