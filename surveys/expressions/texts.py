"""The functions on texts. Letters are counted as ODK counts them: in UTF-16 units."""

import math
from collections.abc import Callable

from surveys.expressions.parts import Call, Gives, Part, every
from surveys.expressions.values import MOST_TEXT, Context, Run, bounded, to_number, to_text


def words(text: str) -> list[str]:
    """A text split at white space as XML knows it."""
    if text.isascii():
        return text.split()
    return [word for word in text.translate(_TO_SPACE).split(" ") if word]


_TO_SPACE = str.maketrans(dict.fromkeys("\t\r\n", " "))


def utf16_length(text: str) -> float:
    """How long JavaScript finds it."""
    if text.isascii():
        return float(len(text))
    return float(len(text) + sum(letter > "\uffff" for letter in text))


def piece(text: str, start: int, end: int) -> str:
    """The UTF-16 units from `start` up to `end`; half a letter reads as `�`."""
    if not any(letter > "\uffff" for letter in text):
        return text[start:end]
    units = text.encode("utf-16-le")
    return units[2 * start : 2 * end].decode("utf-16-le", "replace")


def normalized(text: str) -> str:
    """Without white space at its ends, and with single spaces inside."""
    return " ".join(words(text))


def translated(text: str, old: str, new: str) -> str:
    """Each letter of `old` becomes the one at its place in `new`, or goes."""
    table: dict[int, str] = {}
    for place, letter in enumerate(old):
        table.setdefault(ord(letter), new[place : place + 1])
    return text.translate(table)


def before(text: str, part: str) -> str:
    """What stands before the first `part`."""
    return text.partition(part)[0] if part and part in text else ""


def after(text: str, part: str) -> str:
    """What stands after the first `part`."""
    return text.partition(part)[2] if part else text


def concat(call: Call) -> Part:
    """`concat(...)`: all texts one after the other; of a set, all of its texts."""
    lists = [every(part, call.setting) for part in call.parts]
    if not any(part.is_set for part in call.parts):
        runs = call.runs()
        return Part(
            lambda c: bounded("".join([to_text(run(c)) for run in runs])), call.position, Gives.TEXT
        )
    return Part(
        lambda c: bounded("".join(to_text(value) for values in lists for value in values(c))),
        call.position,
        Gives.TEXT,
    )


def join(call: Call) -> Part:
    """`join(separator, ...)`."""
    glue = call.run(0)
    lists = [every(part, call.setting) for part in call.parts[1:]]

    def value(c: Context) -> str:
        between = to_text(glue(c))
        return bounded(between.join(to_text(found) for values in lists for found in values(c)))

    return Part(value, call.position, Gives.TEXT)


def _place(number: float) -> int | None:
    return None if math.isnan(number) else int(max(-MOST_TEXT, min(MOST_TEXT, number)))


def substr(text: Run, start: Run, end: Run | None = None) -> Run:
    """`substr(text, start, end)`: from 0, without the end; negative counts from the end."""

    def value(c: Context) -> str:
        whole = to_text(text(c))
        length = int(utf16_length(whole))
        first = _place(to_number(start(c)))
        last = _place(to_number(end(c))) if end else length
        if first is None or last is None:
            return ""
        first, last = (place + length if place < 0 else place for place in (first, last))
        return piece(whole, max(0, first), max(0, last))

    return value


def substring(call: Call) -> Part:
    """XPath's own `substring(text, start, length)`: from 1."""
    call.setting.warn(
        "substring() counts from 1 and takes a length; substr() is what ODK's forms use."
    )
    text, start = call.run(0), call.run(1)
    length = call.run(2) if len(call.parts) == 3 else None

    def value(c: Context) -> str:
        whole = to_text(text(c))
        first = _rounded(to_number(start(c)))
        size = _rounded(to_number(length(c))) if length else math.inf
        last = first + size
        if math.isnan(last):
            return ""
        low, high = (max(1.0, min(float(MOST_TEXT + 1), end)) for end in (first, last))
        return piece(whole, int(low) - 1, int(high) - 1)

    return Part(value, call.position, Gives.TEXT)


def _rounded(number: float) -> float:
    return math.floor(number + 0.5) if math.isfinite(number) else number


def of_text(work: Callable[[str], str]) -> Callable[[Run], Run]:
    """A function of one text."""
    return lambda run: lambda c: work(to_text(run(c)))
