"""The functions expressions may call, and what to say of those they may not.

Each is built once from its arguments' nodes and then called with a context. The table is where
the rest of ODK's functions go.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import regex

from surveys.expression_values import (
    Context,
    ExpressionError,
    Node,
    Value,
    from_days,
    to_boolean,
    to_date,
    to_number,
    to_text,
)

PATTERN_SECONDS = 0.05
MOST_TEXT = 100_000
MOST_REPEATED = 20_000

_PIECE = regex.compile(
    r"\\.|\[\]?(?:\\.|[^\]\\])*\]|\{(?P<times>[0-9]*,?[0-9]+|[0-9]+,)\}"
    r"|(?P<open>\()|(?P<close>\))|(?P<other>[?*+])|.",
    regex.DOTALL,
)

Build = Callable[..., Node]


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments it takes, and how to build it from them."""

    fewest: int
    most: int
    build: Build


def pattern(source: str, position: int = 0) -> "regex.Pattern[str]":
    """Compile an author's pattern; `\\w` and `\\d` are ASCII as in ODK."""
    if unrolled(source) > MOST_REPEATED:
        raise ExpressionError(
            position,
            "The pattern of regex() repeats too much.",
            f"Its counted repeats may come to {MOST_REPEATED:,} signs at most.",
        )
    try:
        return regex.compile(source, regex.ASCII | regex.VERSION0)
    except (regex.error, RecursionError, OverflowError, ValueError, MemoryError) as error:
        raise ExpressionError(
            position, "The pattern of regex() cannot be read.", "Check its brackets and escapes."
        ) from error


def unrolled(source: str) -> int:
    """How many signs the pattern has with its counted repeats written out.

    The bound in time holds for matching only; compiling `((a{1000}){1000}){1000}` has none.
    """
    sizes, last = [0], 0
    for match in _PIECE.finditer(source):
        if match["open"]:
            sizes.append(0)
            last = 0
        elif match["times"]:
            again = last * (_most_times(match["times"]) - 1)
            sizes[-1] += again
            last += again
        elif match["close"] and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
        elif not match["other"]:
            last = 1
            sizes[-1] += 1
    return sum(sizes)


def _most_times(bounds: str) -> int:
    digits = [part.lstrip("0") for part in bounds.split(",")]
    huge = any(len(part) > 6 for part in digits)
    return MOST_REPEATED + 1 if huge else max(1, *(int(part or "0") for part in digits), 1)


def fits(compiled: "regex.Pattern[str]", text: str) -> bool:
    """Whether the whole text matches, within the time a pattern may take."""
    try:
        return compiled.fullmatch(text, timeout=PATTERN_SECONDS) is not None
    except TimeoutError as error:
        raise ExpressionError(
            0, "The pattern of regex() takes too long.", "Avoid repeats inside repeats."
        ) from error


def _regex(text: Node, source: Node) -> Node:
    return lambda c: fits(pattern(to_text(source(c))), to_text(text(c)))


def _constant(value: Value) -> Build:
    return lambda: lambda _: value


def _numeric(work: Callable[[float], float]) -> Build:
    def build(argument: Node) -> Node:
        return lambda c: _finite(work, to_number(argument(c)))

    return build


def _finite(work: Callable[[float], float], number: float) -> float:
    return float(work(number)) if math.isfinite(number) else number


def _textual(work: Callable[[str], Value]) -> Build:
    def build(argument: Node) -> Node:
        return lambda c: work(to_text(argument(c)))

    return build


def _pair(work: Callable[[str, str], Value]) -> Build:
    def build(left: Node, right: Node) -> Node:
        return lambda c: work(to_text(left(c)), to_text(right(c)))

    return build


def _selected(chosen: str, name: str) -> bool:
    return name.strip() in (chosen.split() or [""])


def _selected_at(chosen: Node, place: Node) -> Node:
    def value(c: Context) -> str:
        names, number = to_text(chosen(c)).split(), to_number(place(c))
        return names[int(number)] if 0 <= number < len(names) else ""

    return value


def _if(condition: Node, then: Node, otherwise: Node) -> Node:
    return lambda c: then(c) if to_boolean(condition(c)) else otherwise(c)


def _coalesce(first: Node, second: Node) -> Node:
    def value(c: Context) -> Value:
        return found if to_text(found := first(c)) else second(c)

    return value


def _concat(*parts: Node) -> Node:
    return lambda c: bounded("".join(to_text(part(c)) for part in parts))


def bounded(text: str) -> str:
    """A text that calculations may not grow without end."""
    if len(text) > MOST_TEXT:
        raise ExpressionError(0, "The text grows too long.", "Join fewer texts.")
    return text


def _utf16_length(text: str) -> float:
    return float(len(text) + sum(letter > "\uffff" for letter in text))


def _substr(text: Node, start: Node, end: Node | None = None) -> Node:
    def place(node: Node, c: Context) -> int:
        number = to_number(node(c))
        return int(max(-MOST_TEXT, min(MOST_TEXT, number))) if number == number else 0

    def value(c: Context) -> str:
        return to_text(text(c))[place(start, c) : place(end, c) if end else None]

    return value


def _round(number: Node, places: Node | None = None) -> Node:
    def value(c: Context) -> float:
        digits = to_number(places(c)) if places else 0.0
        scale = 10.0 ** int(digits) if abs(digits) <= 15 else math.nan
        found = to_number(number(c)) * scale
        if not math.isfinite(found):
            return to_number(number(c))
        return math.copysign(math.floor(abs(found) + 0.5), found) / scale

    return value


def _extreme(work: Callable[[list[float]], float]) -> Build:
    def build(*arguments: Node) -> Node:
        def value(c: Context) -> float:
            found = [to_number(argument(c)) for argument in arguments if to_text(argument(c))]
            return work(found) if found else math.nan

        return value

    return build


def _date(argument: Node) -> Node:
    def value(c: Context) -> Value:
        found = argument(c)
        if isinstance(found, str) and (day := to_date(found.strip())) is not None:
            return day
        number = to_number(found)
        return (from_days(number) or "") if math.isfinite(number) else ""

    return value


FUNCTIONS: dict[str, Function] = {
    "true": Function(0, 0, _constant(True)),
    "false": Function(0, 0, _constant(False)),
    "not": Function(1, 1, lambda x: lambda c: not to_boolean(x(c))),
    "boolean": Function(1, 1, lambda x: lambda c: to_boolean(x(c))),
    "string": Function(1, 1, _textual(lambda text: text)),
    "number": Function(1, 1, lambda x: lambda c: to_number(x(c))),
    "int": Function(1, 1, _numeric(math.trunc)),
    "round": Function(1, 2, _round),
    "abs": Function(1, 1, _numeric(abs)),
    "floor": Function(1, 1, _numeric(math.floor)),
    "ceiling": Function(1, 1, _numeric(math.ceil)),
    "min": Function(2, 99, _extreme(min)),
    "max": Function(2, 99, _extreme(max)),
    "selected": Function(2, 2, _pair(_selected)),
    "count-selected": Function(1, 1, _textual(lambda text: float(len(text.split())))),
    "selected-at": Function(2, 2, _selected_at),
    "if": Function(3, 3, _if),
    "coalesce": Function(2, 2, _coalesce),
    "string-length": Function(1, 1, _textual(_utf16_length)),
    "contains": Function(2, 2, _pair(lambda text, part: part in text)),
    "starts-with": Function(2, 2, _pair(lambda text, part: text.startswith(part))),
    "ends-with": Function(2, 2, _pair(lambda text, part: text.endswith(part))),
    "substr": Function(2, 3, _substr),
    "normalize-space": Function(1, 1, _textual(lambda text: " ".join(text.split()))),
    "concat": Function(1, 99, _concat),
    "regex": Function(2, 2, _regex),
    "today": Function(0, 0, lambda: lambda c: c.local_now().date()),
    "now": Function(0, 0, lambda: lambda c: c.local_now()),
    "date": Function(1, 1, _date),
}

_REPEATS = "There are no repeated groups here; refer to the questions one by one."
_FILES = "Files beside the form are not read; put the values on the choices sheet."

REFUSED: dict[str, str] = {
    **dict.fromkeys(("count", "sum", "position", "indexed-repeat", "count-non-empty"), _REPEATS),
    **dict.fromkeys(("join", "last"), _REPEATS),
    **dict.fromkeys(("pulldata", "instance", "randomize"), _FILES),
    "once": "Use a plain calculation; it is worked out from the answers and the start alone.",
    "random": "Answers must come out the same each time; leave the order as it is printed.",
    "uuid": "Every session has its own reference already; leave this out.",
    "jr:choice-name": "Compare the choice's name, as in ${question} = 'name'.",
    "format-date": "Show the date as it is.",
    "substring": "Use substr(text, start, end), which counts from 0.",
    "date-time": "Use date().",
    "current": "Write ${name}.",
    "checklist": "Use count-selected() or conditions joined with and/or.",
    "weighted-checklist": "Use count-selected() or conditions joined with and/or.",
    "area": "Places are not collected here.",
    "distance": "Places are not collected here.",
}
