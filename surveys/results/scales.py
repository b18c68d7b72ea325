"""How the answers to each question are counted: its lines, its numbers, its bands. Pure.

The bands of numbers do not depend on what was answered, so that their ends tell nobody's answer;
neighbours are put together until each holds enough people to be seen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from surveys.definition import Kind, Question, Scale, Texts
from surveys.results.view import Shape

WROTE = "_wrote"
_MOST_STEPS = 11
_OFF_SCALE = frozenset(
    {"dont_know", "do_not_know", "dk", "not_sure", "unsure", "na", "n_a", "not_applicable", "other"}
    | {"not_said", "rather_not_say", "prefer_not", "prefer_not_to_say", "prefer_not_say", "skip"}
)
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_STARTS = (0, 1, 2, 5, 10, 20, 50, 100)
_SELECTS = {
    Kind.SELECT_ONE: Shape.ONE,
    Kind.SELECT_MULTIPLE: Shape.MANY,
    Kind.RANK: Shape.RANKING,
    Kind.ACKNOWLEDGE: Shape.ONE,
    Kind.TEXT: Shape.WORDS,
}
_YEARS = (Kind.DATE, Kind.DATE_TIME)


@dataclass(frozen=True, slots=True)
class Plan:
    """How one question is counted; `points` has the number of each choice on a scale."""

    question: Question
    shape: Shape
    lines: tuple[tuple[str, Texts], ...] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    mean_of: str = ""

    @property
    def name(self) -> str:
        return self.question.name

    def cells_of(self, value: str) -> Sequence[str]:
        """The lines that one stored value counts in; of a ranking, all in their order."""
        if self.shape is Shape.ONE:
            return (value,)
        if self.shape is Shape.BANDS:
            return (band_of(self.question.kind, value),)
        return value.split()


def plan_of(question: Question) -> Plan | None:
    """How a question is counted; None for rows that nobody answers."""
    kind = question.kind
    if kind in _SELECTS:
        return _select(question, _SELECTS[kind])
    if not kind.is_asked:
        return None
    steps = _steps(question.scale) if kind is Kind.RANGE and question.scale else ()
    if steps:
        points = {step: float(step) for step in steps}
        lines: tuple[tuple[str, Texts], ...] = tuple((step, {}) for step in steps)
        return Plan(question, Shape.ONE, lines, points, "numbers")
    return Plan(question, Shape.BANDS)


def _select(question: Question, shape: Shape) -> Plan:
    if question.kind is Kind.ACKNOWLEDGE:
        return Plan(question, shape, (("OK", {"en": "OK"}),))
    lines = tuple((choice.name, choice.labels) for choice in question.choices)
    points, rule = scale_of(question) if question.kind is Kind.SELECT_ONE else ({}, "")
    return Plan(question, shape, lines, points, rule)


def scale_of(question: Question) -> tuple[dict[str, float], str]:
    """The numbers of a scale and the rule that gave them: names, labels, or the order of a likert.

    At least three choices must be on it. "Don't know" and the like are beside the scale.
    """
    asked = [choice for choice in question.choices if choice.name not in _OFF_SCALE]
    named = {choice.name: float(choice.name) for choice in asked if _is_number(choice.name)}
    if len(named) >= 3:
        return named, "names"
    labelled = {}
    for choice in asked:
        found = {_NUMBER.match(label) for label in choice.labels.values() if label}
        numbers = {float(one[0].replace(",", ".")) if one else None for one in found}
        if len(numbers) == 1 and None not in numbers:
            labelled[choice.name] = float(numbers.pop() or 0)
    if len(labelled) >= 3 and len(labelled) == len(asked):
        return labelled, "labels"
    if "likert" in question.appearance.split() and len(asked) >= 3:
        return {choice.name: float(n) for n, choice in enumerate(asked, 1)}, "order"
    return {}, ""


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and "," not in text


def _steps(scale: Scale) -> tuple[str, ...]:
    """The values of a range as they are stored, where they are few."""
    try:
        low, high, step = Decimal(scale.low), Decimal(scale.high), Decimal(scale.step)
    except InvalidOperation:
        return ()
    if step <= 0 or high < low or (high - low) / step > _MOST_STEPS - 1:
        return ()
    count = int((high - low) / step) + 1
    return tuple(_digits(low + step * n) for n in range(count))


def _digits(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# -- bands


def band_of(kind: Kind, value: str) -> str:
    """The finest band of a value: a year, a quarter of the day, or a span of numbers."""
    if kind in _YEARS:
        return value[:4]
    if kind is Kind.TIME:
        return str(int(value[:2]) // 6 * 6) if value[:2].isdigit() else "0"
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "0"
    if number < 0:
        return "-1"
    return str(max(start for start in _STARTS if start <= number))


def bands(kind: Kind, counts: Mapping[str, int], threshold: int) -> list[tuple[str, list[str]]]:
    """Neighbouring bands put together until each holds enough people: its label, and its parts."""
    starts = [*(["-1"] if counts.get("-1") else []), *map(str, _STARTS)]
    if kind in _YEARS:
        starts = _every_year(counts)
    elif kind is Kind.TIME:
        starts = ["0", "6", "12", "18"]
    joined: list[list[str]] = []
    full = True
    for start in starts:
        if full:
            joined.append([])
        joined[-1].append(start)
        full = sum(counts.get(part, 0) for part in joined[-1]) >= threshold
    if not full and len(joined) > 1:
        last = joined.pop()
        joined[-1] += last
    if kind in _YEARS:
        return list(zip(_year_labels(joined), joined, strict=True))
    return [(_band_label(kind, parts), parts) for parts in joined]


def _every_year(counts: Mapping[str, int]) -> list[str]:
    """Years that nobody named stand between the others, so that no gap tells of them."""
    years = sorted(int(year) for year in counts if year.isdigit())
    return [f"{year:04}" for year in range(years[0], years[-1] + 1)] if years else []


def _year_labels(joined: Sequence[Sequence[str]]) -> list[str]:
    """Open at both ends: the first year and the last are the answers of one person each."""
    if len(joined) == 1:
        return ["…"]
    labels = [parts[0] if len(parts) == 1 else f"{parts[0]}–{parts[-1]}" for parts in joined[1:-1]]
    return [f"≤ {joined[0][-1]}", *labels, f"{joined[-1][0]}+"] if joined else []


def _band_label(kind: Kind, parts: Sequence[str]) -> str:
    first, last = parts[0], parts[-1]
    if kind is Kind.TIME:
        return f"{int(first):02}:00–{int(last) + 5:02}:59"
    low = int(first)
    ends = dict(zip((-1, *_STARTS), (0, *_STARTS[1:], 0), strict=True))
    high = ends[int(last)]
    top = f"{high - 1}.9" if kind is not Kind.INTEGER else str(high - 1)
    if last == "100":
        return f"{low}+" if low >= 0 else "…"
    if low < 0:
        return "< 0" if last == "-1" else f"≤ {top}"
    return str(low) if str(low) == top else f"{low}–{top}"
