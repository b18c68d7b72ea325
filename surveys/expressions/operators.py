"""The operators of expressions: arithmetic, comparison, and/or; by value or over sets of places."""

import math
import operator
from collections.abc import Callable, Sequence

from surveys.expressions.parts import Gives, Part, Setting, truth
from surveys.expressions.places import Place
from surveys.expressions.values import Context, Run, Value, equal, to_number

Holds = Callable[[Context], bool]
Compare = Callable[[Value, Value], bool]

_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def divided(left: float, right: float) -> float:
    """`div`: by zero it is infinite."""
    if right:
        return left / right
    if left == 0 or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """`mod`: it has the sign of what is divided."""
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": divided,
    "mod": remainder,
}
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARE: dict[str, Compare] = {
    "=": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: to_number(left) < to_number(right),
    "<=": lambda left, right: to_number(left) <= to_number(right),
    ">": lambda left, right: to_number(left) > to_number(right),
    ">=": lambda left, right: to_number(left) >= to_number(right),
}


def chain(first: Part, rest: Sequence[tuple[str, Part]], setting: Setting) -> Part:
    """Operators of one level from left to right, in a loop so that long chains cost no stack."""
    setting.weight += len(rest)
    if rest[0][0] in ("or", "and"):
        parts = [first, *(part for _, part in rest)]
        return _any_or_all(rest[0][0] == "or", parts, setting)
    if rest[0][0] in _ARITHMETIC:
        return _arithmetic(first, rest, setting)
    found = first
    for sign, part in rest:
        found = compare(sign, found, part, setting)
    return found


def _any_or_all(stop: bool, parts: Sequence[Part], setting: Setting) -> Part:
    tests = [truth(part, setting) for part in parts]
    if len(tests) == 2:
        one, other = tests
        run: Run = (lambda c: one(c) or other(c)) if stop else (lambda c: one(c) and other(c))
        return Part(run, parts[0].position, Gives.BOOLEAN)

    def value(c: Context) -> bool:
        for test in tests:
            if test(c) is stop:
                return stop
        return not stop

    return Part(value, parts[0].position, Gives.BOOLEAN)


def _arithmetic(first: Part, rest: Sequence[tuple[str, Part]], setting: Setting) -> Part:
    start = setting.value(first)
    steps = [(_ARITHMETIC[sign], setting.value(part)) for sign, part in rest]
    if len(steps) == 1:
        work, right = steps[0]
        return Part(
            lambda c: work(to_number(start(c)), to_number(right(c))),
            first.position,
            Gives.NUMBER,
        )

    def value(c: Context) -> float:
        found = to_number(start(c))
        for work, node in steps:
            found = work(found, to_number(node(c)))
        return found

    return Part(value, first.position, Gives.NUMBER)


def negative(part: Part, times: int, setting: Setting) -> Part:
    """A minus before a value, or several."""
    run, sign = setting.value(part), -1.0 if times % 2 else 1.0
    number = None if part.number is None else sign * part.number
    return Part(lambda c: sign * to_number(run(c)), part.position, Gives.NUMBER, None, number)


def compare(sign: str, left: Part, right: Part, setting: Setting) -> Part:
    """One comparison; over a set of places it holds when it does for any of them."""
    _note(left, right, setting)
    lookup = _lookup(left, right) or _lookup(right, left) if sign == "=" else None
    return Part(
        _comparison(sign, left, right, setting), left.position, Gives.BOOLEAN, lookup=lookup
    )


def _lookup(column: Part, other: Part) -> tuple[str, Run] | None:
    """A column of the choice looked at that must equal what stays the same for every choice."""
    if column.column in ("", "label") or not (other.row or other.literal is not None):
        return None
    return column.column, other.run


def _comparison(sign: str, left: Part, right: Part, setting: Setting) -> Holds:
    if left.is_set or right.is_set:
        return _among(sign, left, right, setting)
    if left.number is not None and right.number is None and sign in _SWAPPED:
        return _comparison(_SWAPPED[sign], right, left, setting)
    run, other = setting.value(left), setting.value(right)
    if left.row and right.literal is not None and sign in ("=", "!="):
        literal = right.literal
        return (lambda c: run(c) == literal) if sign == "=" else (lambda c: run(c) != literal)
    if right.number is not None and sign in _ORDER:
        number, before = right.number, _ORDER[sign]
        return lambda c: before(to_number(run(c)), number)
    holds = _COMPARE[sign]
    return lambda c: holds(run(c), other(c))


def _note(left: Part, right: Part, setting: Setting) -> None:
    for part, other in ((left, right), (right, left)):
        if part.row and other.literal is not None:
            note_compared(part.row, other.literal, setting)


def note_compared(row: str, literal: str, setting: Setting) -> None:
    """Remember what a question is compared with, for the importer to check against its list."""
    setting.compared.add((row, literal))
    if literal in ("true", "false") and not _offers(row, literal, setting):
        setting.warn(
            f"A condition that was calculated is compared with '{literal}' as a text; apps differ"
            f" in how they store it. Write boolean-from-string(${{{row}}}), or calculate 'yes' or"
            " 'no' with if()."
        )


def _offers(row: str, literal: str, setting: Setting) -> bool:
    if setting.forest is None:
        return False
    outline = setting.forest.outline
    branch = outline.find(row)
    choices = outline.lists.get(branch.list_name, ()) if branch and branch.list_name else ()
    return any(choice.name == literal for choice in choices)


def _among(sign: str, left: Part, right: Part, setting: Setting) -> Holds:
    holds = _COMPARE[sign]
    for part, other in ((left, right), (right, left)):
        if part.is_set and other.gives is Gives.BOOLEAN:
            one, two = truth(left, setting), truth(right, setting)
            return lambda c: holds(one(c), two(c))
    if left.cell is not None and not right.is_set:
        read, run = left.cell, setting.value(right)
        setting.value(left)
        if sign == "=" and right.gives in (Gives.TEXT, Gives.ANY):
            return lambda c: (text := read(c)) is not None and equal(text, run(c))
        return lambda c: (text := read(c)) is not None and holds(text, run(c))
    return _any_pair(holds, _values(left, setting), _values(right, setting))


def _any_pair(
    holds: Compare,
    left: Callable[[Context], Sequence[Value]],
    right: Callable[[Context], Sequence[Value]],
) -> Holds:
    def value(c: Context) -> bool:
        ones, others = left(c), right(c)
        if c.meter is not None:
            c.meter.spend(len(ones) * len(others))
        return any(holds(one, other) for one in ones for other in others)

    return value


def _values(part: Part, setting: Setting) -> Callable[[Context], Sequence[Value]]:
    run, nodes = setting.value(part), part.nodes
    if not part.is_set or nodes is None:
        return lambda c: (run(c),)

    def read(c: Context) -> list[Value]:
        places: Sequence[Place] = nodes(c)
        return [place.read(c) for place in places]

    return read


def negated(part: Part, setting: Setting) -> Holds:
    """`not(...)`."""
    test = truth(part, setting)
    return lambda c: not test(c)
