"""The functions expressions may call, and what to say of those they may not."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from surveys.expressions.dates import date_call, decimal_date_time, decimal_time, format_call
from surveys.expressions.lists import (
    checklist,
    choice_name,
    count,
    count_non_empty,
    current,
    instance,
    last,
    once,
    position,
    pulldata,
    random,
    randomize,
    selected,
    selected_at,
    weighted_checklist,
)
from surveys.expressions.numbers import (
    added,
    ceiled,
    floored,
    logarithm,
    of_number,
    of_two,
    over_all,
    power,
    rounded,
    truncated,
)
from surveys.expressions.operators import negated
from surveys.expressions.parts import Call, Gives, Part, truth
from surveys.expressions.patterns import regex_call
from surveys.expressions.texts import (
    after,
    before,
    concat,
    join,
    normalized,
    of_text,
    substr,
    substring,
    translated,
    utf16_length,
    words,
)
from surveys.expressions.values import Run, Value, to_number, to_text

MANY = 99
Build = Callable[[Call], Part]


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments it takes, and how to build it; `of_dot` where `.` stands in for none.

    `remedy` is said when there are too many or too few, where a number would not help.
    """

    fewest: int
    most: int
    build: Build
    of_dot: bool = False
    remedy: str = ""


def _plain(gives: Gives, build: Callable[..., Run]) -> Build:
    return lambda call: Part(build(*call.runs()), call.position, gives)


def _constant(value: Value, gives: Gives) -> Build:
    return lambda call: Part(lambda _: value, call.position, gives)


def _number(fewest: int, most: int, build: Callable[..., Run], of_dot: bool = False) -> Function:
    return Function(fewest, most, _plain(Gives.NUMBER, build), of_dot)


def _text(fewest: int, most: int, build: Callable[..., Run], of_dot: bool = False) -> Function:
    return Function(fewest, most, _plain(Gives.TEXT, build), of_dot)


def _pair(work: Callable[[str, str], Value]) -> Callable[[Run, Run], Run]:
    return lambda one, other: lambda c: work(to_text(one(c)), to_text(other(c)))


def _about_texts(work: Callable[[str, str], bool]) -> Function:
    return Function(2, 2, _plain(Gives.BOOLEAN, _pair(work)))


def _boolean(call: Call) -> Part:
    return Part(truth(call.parts[0], call.setting), call.position, Gives.BOOLEAN)


def _not(call: Call) -> Part:
    return Part(negated(call.parts[0], call.setting), call.position, Gives.BOOLEAN)


def _if(call: Call) -> Part:
    test, then, otherwise = truth(call.parts[0], call.setting), call.run(1), call.run(2)
    kinds = {part.gives for part in call.parts[1:]}
    return Part(
        lambda c: then(c) if test(c) else otherwise(c),
        call.position,
        kinds.pop() if len(kinds) == 1 else Gives.ANY,
    )


def _coalesce(call: Call) -> Part:
    first, second = call.runs()
    kinds = {part.gives for part in call.parts}
    return Part(
        lambda c: found if to_text(found := first(c)) else second(c),
        call.position,
        kinds.pop() if len(kinds) == 1 else Gives.ANY,
    )


def _floor(call: Call) -> Part:
    call.setting.warn("floor() is not known in every ODK app; int() and round() are.")
    return Part(of_number(floored)(call.run(0)), call.position, Gives.NUMBER)


def _translate(text: Run, old: Run, new: Run) -> Run:
    return lambda c: translated(to_text(text(c)), to_text(old(c)), to_text(new(c)))


def _today(call: Call) -> Part:
    return Part(lambda c: c.local_now().date(), call.position, Gives.DATE)


def _now(call: Call) -> Part:
    return Part(lambda c: c.local_now(), call.position, Gives.DATE)


def _to_number(run: Run) -> Run:
    return lambda c: to_number(run(c))


def _string(run: Run) -> Run:
    return lambda c: to_text(run(c))


def _from_string(run: Run) -> Run:
    return lambda c: to_text(run(c)) in ("1", "true")


def _length(run: Run) -> Run:
    return lambda c: utf16_length(to_text(run(c)))


def _count_selected(run: Run) -> Run:
    return lambda c: float(len(words(to_text(run(c)))))


_REPEATS = "There are no repeated groups here; refer to the questions one by one."

FUNCTIONS: dict[str, Function] = {
    "true": Function(0, 0, _constant(True, Gives.BOOLEAN)),
    "false": Function(0, 0, _constant(False, Gives.BOOLEAN)),
    "not": Function(1, 1, _not),
    "boolean": Function(1, 1, _boolean),
    "boolean-from-string": Function(1, 1, _plain(Gives.BOOLEAN, _from_string)),
    "if": Function(3, 3, _if),
    "coalesce": Function(2, 2, _coalesce),
    "once": Function(1, 1, once),
    "selected": Function(2, 2, selected),
    "selected-at": _text(2, 2, selected_at),
    "count-selected": _number(1, 1, _count_selected),
    "jr:choice-name": Function(2, 2, choice_name),
    "checklist": Function(2, MANY, checklist),
    "weighted-checklist": Function(2, MANY, weighted_checklist),
    "count": Function(1, 1, count),
    "count-non-empty": Function(1, 1, count_non_empty),
    "sum": Function(1, 1, over_all(added)),
    "min": Function(1, MANY, over_all(min)),
    "max": Function(1, MANY, over_all(max)),
    "join": Function(1, MANY, join),
    "concat": Function(1, MANY, concat),
    "instance": Function(1, 1, instance),
    "current": Function(0, 0, current),
    "pulldata": Function(4, 4, pulldata),
    "randomize": Function(1, 2, randomize),
    "random": Function(0, 0, random),
    "position": Function(0, 0, position, remedy=_REPEATS),
    "last": Function(0, 0, last),
    "regex": Function(2, 2, regex_call),
    "string": _text(1, 1, _string, of_dot=True),
    "string-length": _number(1, 1, _length, of_dot=True),
    "normalize-space": _text(1, 1, of_text(normalized), of_dot=True),
    "contains": _about_texts(lambda text, part: part in text),
    "starts-with": _about_texts(lambda text, part: text.startswith(part)),
    "ends-with": _about_texts(lambda text, part: text.endswith(part)),
    "substr": _text(2, 3, substr),
    "substring": Function(2, 3, substring),
    "substring-before": _text(2, 2, _pair(before)),
    "substring-after": _text(2, 2, _pair(after)),
    "translate": _text(3, 3, _translate),
    "number": _number(1, 1, _to_number, of_dot=True),
    "int": _number(1, 1, of_number(truncated)),
    "round": _number(1, 2, rounded),
    "floor": Function(1, 1, _floor),
    "ceiling": _number(1, 1, of_number(ceiled)),
    "abs": _number(1, 1, of_number(abs)),
    "pow": _number(2, 2, of_two(power)),
    "sqrt": _number(1, 1, of_number(math.sqrt)),
    "exp": _number(1, 1, of_number(math.exp)),
    "exp10": _number(1, 1, of_number(lambda number: power(10.0, number))),
    "log": _number(1, 1, of_number(logarithm(math.log))),
    "log10": _number(1, 1, of_number(logarithm(math.log10))),
    "pi": Function(0, 0, _constant(math.pi, Gives.NUMBER)),
    "sin": _number(1, 1, of_number(math.sin)),
    "cos": _number(1, 1, of_number(math.cos)),
    "tan": _number(1, 1, of_number(math.tan)),
    "asin": _number(1, 1, of_number(math.asin)),
    "acos": _number(1, 1, of_number(math.acos)),
    "atan": _number(1, 1, of_number(math.atan)),
    "atan2": _number(2, 2, of_two(math.atan2)),
    "today": Function(0, 0, _today),
    "now": Function(0, 0, _now),
    "date": Function(1, 1, date_call),
    "date-time": Function(1, 1, date_call),
    "format-date": Function(2, 2, format_call),
    "format-date-time": Function(2, 2, format_call),
    "decimal-date-time": _number(1, 1, decimal_date_time),
    "decimal-time": _number(1, 1, decimal_time),
}

_PLACES = "Places are not collected here; ask for the name of the area instead."
_SECRETS = "Answers are kept encrypted already; leave this out."
_NAMES = "Compare the answer instead, as in ${question} = 'name'."

REFUSED: dict[str, str] = {
    "indexed-repeat": _REPEATS,
    **dict.fromkeys(("area", "distance", "geofence", "intersects"), _PLACES),
    **dict.fromkeys(("digest", "base64-decode", "extract-signed"), _SECRETS),
    **dict.fromkeys(("name", "local-name", "namespace-uri", "id", "lang"), _NAMES),
    "uuid": "Every session has its own reference already; leave this out.",
    "jr:itext": "Write the text in the label; its language is chosen by itself.",
    "version": "The version of the form is kept with every answer; leave this out.",
    "property": "Devices and accounts are not looked at; leave this out.",
    "last-saved": "Earlier answers are not read; ask again.",
    "thousands-sep": "Show the number as it is.",
}
