"""The functions on numbers. What is no number stays none; nothing raises."""

import math
import operator
from collections.abc import Callable
from functools import reduce

from surveys.expressions.parts import Call, Gives, Part, every
from surveys.expressions.values import Context, Run, Value, to_number, to_text


def of_number(work: Callable[[float], float]) -> Callable[[Run], Run]:
    """A function of one number, by JavaScript's rules where Python raises."""
    return lambda run: lambda c: safely(work, to_number(run(c)))


def of_two(work: Callable[[float, float], float]) -> Callable[[Run, Run], Run]:
    """A function of two numbers."""
    return lambda one, other: lambda c: safely(work, to_number(one(c)), to_number(other(c)))


def safely(work: Callable[..., float], *numbers: float) -> float:
    """Out of its domain a function gives no number, beyond all bounds infinity."""
    if any(math.isnan(number) for number in numbers):
        return math.nan
    try:
        return float(work(*numbers))
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):
        return math.nan


def truncated(number: float) -> float:
    """Without what stands after the point."""
    return float(math.trunc(number)) if math.isfinite(number) else number


def floored(number: float) -> float:
    """The whole number below."""
    return float(math.floor(number)) if math.isfinite(number) else number


def ceiled(number: float) -> float:
    """The whole number above."""
    return float(math.ceil(number)) if math.isfinite(number) else number


def logarithm(work: Callable[[float], float]) -> Callable[[float], float]:
    """Of zero it is minus infinity."""
    return lambda number: -math.inf if number == 0 else work(number)


def power(base: float, exponent: float) -> float:
    """As JavaScript has it: 0 to a negative power is infinite."""
    if base == 0 and exponent < 0:
        odd = exponent == int(exponent) and int(exponent) % 2 == 1
        return math.copysign(math.inf, base) if odd else math.inf
    if abs(base) == 1 and math.isinf(exponent):
        return math.nan
    try:
        return math.pow(base, exponent)
    except OverflowError:
        odd = base < 0 and exponent == int(exponent) and int(exponent) % 2 == 1
        return -math.inf if odd else math.inf


def rounded(number: Run, places: Run | None = None) -> Run:
    """`round(number, places)`: half goes away from zero."""

    def value(c: Context) -> float:
        found = to_number(number(c))
        digits = to_number(places(c)) if places else 0.0
        if math.isnan(found) or math.isnan(digits):
            return math.nan
        if not math.isfinite(found) or abs(digits) > 300:
            return found
        scale = 10.0 ** int(digits)
        shifted = abs(found) * scale
        if not math.isfinite(shifted):
            return found
        return math.copysign(math.floor(shifted + 0.5) / scale, found)

    return value


def over_all(work: Callable[[list[float]], float]) -> Callable[[Call], Part]:
    """`sum`, `min`, `max`: blanks are passed over; of nothing there is no number."""

    def build(call: Call) -> Part:
        lists = [every(part, call.setting) for part in call.parts]

        def value(c: Context) -> float:
            found = [
                to_number(value) for values in lists for value in values(c) if not _is_blank(value)
            ]
            if not found or any(math.isnan(number) for number in found):
                return math.nan
            return work(found)

        return Part(value, call.position, Gives.NUMBER)

    return build


def added(numbers: list[float]) -> float:
    """One after the other, as JavaScript adds them."""
    return reduce(operator.add, numbers, 0.0)


def _is_blank(value: Value) -> bool:
    return to_text(value) == ""
