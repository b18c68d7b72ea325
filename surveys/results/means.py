"""Whether a mean may be printed beside counts of which some are hidden. Pure.

Whether it is printed follows from what is printed alone, never from a hidden count: else its
absence, or its presence, would tell somebody who knows the rules. So every table is looked at that
would be printed in the same way.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from math import comb

from surveys.results.safe import partition
from surveys.results.view import NO_ANSWER, Count

_MOST_TABLES = 20_000
_HALF = 0.05


def safe_mean(
    numbers: Mapping[str, float],
    true: Mapping[str, int],
    seen: Mapping[str, Count],
    threshold: int,
) -> str:
    """The mean to one decimal, or "" where it would narrow a hidden count too much.

    `true` has everybody in exactly one cell, who gave no answer too; `numbers` are those of the
    cells on the scale. The attacker knows `seen`, the total, the mean as printed, and these rules.
    """
    mean = _mean(numbers, true, threshold)
    hidden = [name for name, count in seen.items() if count is None]
    if not mean or not any(name in numbers for name in hidden):
        return mean
    left = sum(true[name] for name in hidden)
    shown = {name: count for name, count in seen.items() if count is not None}
    is_wide = all(
        _width(name, numbers, shown, hidden, left, float(mean)) >= threshold
        for name in hidden
        if name in numbers
    )
    return mean if is_wide and _is_open(numbers, shown, hidden, left, mean, threshold) else ""


def _mean(numbers: Mapping[str, float], cells: Mapping[str, int], threshold: int) -> str:
    answered = sum(cells[name] for name in numbers)
    if answered < threshold:
        return ""
    return f"{round(sum(number * cells[n] for n, number in numbers.items()) / answered, 1):.1f}"


def _width(
    name: str,
    numbers: Mapping[str, float],
    shown: Mapping[str, int],
    hidden: Sequence[str],
    left: int,
    mean: float,
) -> float:
    """How far apart the least and the most that a hidden count can be are, by arithmetic alone.

    Distances from the ends of the printed mean's interval are linear in the counts, so it is enough
    to put all others who are hidden on one cell; off the scale they weigh nothing.
    """
    low, high = 0.0, float(left)
    for end, sign in ((mean - _HALF, 1), (mean + _HALF, -1)):
        known = sum(sign * (numbers[n] - end) * count for n, count in shown.items() if n in numbers)
        own = sign * (numbers[name] - end)
        best = max(
            (sign * (numbers[n] - end) if n in numbers else 0.0 for n in hidden if n != name),
            default=0.0,
        )
        # (own - best) * n + best * left + known must not be below nothing.
        slope, rest = own - best, best * left + known
        if slope > 0:
            low = max(low, -rest / slope)
        elif slope < 0:
            high = min(high, -rest / slope)
    return high - low


def _is_open(
    numbers: Mapping[str, float],
    shown: Mapping[str, int],
    hidden: Sequence[str],
    left: int,
    mean: str,
    threshold: int,
) -> bool:
    """Whether the tables printed in this same way leave each hidden count more than one value."""
    if len(hidden) * threshold * comb(left + len(hidden) - 2, len(hidden) - 2) > _MOST_TABLES:
        return False
    found: dict[str, set[int]] = {name: set() for name in hidden if name in numbers}
    for guess in _guesses(hidden, left, threshold):
        table = {**shown, **guess}
        if _mean(numbers, table, threshold) != mean or guess.get(NO_ANSWER, 1) < 1:
            continue
        if {n for n, count in partition(table, threshold).items() if count is None} == set(hidden):
            for name, values in found.items():
                values.add(guess[name])
            if all(len(values) > 1 for values in found.values()):
                return True
    return False


def _guesses(hidden: Sequence[str], left: int, threshold: int) -> Iterator[dict[str, int]]:
    """What the hidden cells could hold; one at least is below the threshold."""
    for small in hidden:
        others = [name for name in hidden if name != small]
        for count in range(min(threshold, left + 1)):
            for parts in _shared(left - count, len(others)):
                yield {small: count, **dict(zip(others, parts, strict=True))}


def _shared(people: int, cells: int) -> Iterator[tuple[int, ...]]:
    """Every way to put so many people into so many cells."""
    if cells == 0:
        if people == 0:
            yield ()
        return
    for bars in combinations(range(people + cells - 1), cells - 1):
        ends = (-1, *bars, people + cells - 1)
        yield tuple(b - a - 1 for a, b in pairwise(ends))
