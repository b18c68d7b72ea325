"""Means beside hidden counts, attacked by somebody who knows the rules and tries every table."""

from collections import defaultdict
from functools import cache

import pytest

from surveys.results.means import safe_mean
from surveys.results.safe import partition
from surveys.results.view import NO_ANSWER, Count
from tests.surveys.results.test_safe import Table, compositions

Seen = tuple[tuple[str, Count], ...]


def printed(table: Table, threshold: int) -> tuple[Seen, str]:
    """What is printed of a scale whose last number is who gave no answer."""
    *points, none = table
    true = {str(n): count for n, count in enumerate(points, 1)}
    true |= {NO_ANSWER: none} if none else {}
    seen = partition(true, threshold)
    numbers = {name: float(name) for name in true if name != NO_ANSWER}
    return tuple(seen.items()), safe_mean(numbers, true, seen, threshold)


@cache
def told_apart(points: int, people: int, threshold: int) -> tuple[list[Table], int]:
    """Tables of which a printed mean gives a small count away; and how many means were printed."""
    alike: dict[tuple[Seen, str], list[Table]] = defaultdict(list)
    for table in compositions(people, points + 1):
        alike[printed(table, threshold)].append(table)
    with_mean = [tables for (_, mean), tables in alike.items() if mean]
    given_away = [
        tables[0]
        for tables in with_mean
        for place in range(points)
        if tables[0][place] < threshold and len({table[place] for table in tables}) == 1
    ]
    return given_away, sum(map(len, with_mean))


@pytest.mark.parametrize(
    ("points", "people", "threshold"), [(3, 6, 2), (3, 12, 3), (3, 14, 4), (3, 20, 5), (4, 14, 4)]
)
def test_a_mean_gives_no_small_count_away_to_somebody_who_knows_the_rules(
    points: int, people: int, threshold: int
) -> None:
    given_away, means = told_apart(points, people, threshold)
    assert given_away == []
    assert means > 0


@pytest.mark.parametrize(
    ("table", "mean"),
    [
        ((10, 20, 30, 0), "2.3"),
        ((5, 0, 0, 0), ""),
        ((2, 1, 1, 0), ""),
        ((0, 11, 3, 0), ""),  # arithmetic alone would leave room; the rules would not
    ],
)
def test_a_mean_is_printed_where_it_tells_nothing_new(table: Table, mean: str) -> None:
    assert printed(table, 5 if sum(table) != 14 else 4)[1] == mean


def test_a_large_survey_with_one_small_count_keeps_its_mean() -> None:
    assert printed((3, 900, 2400, 5100, 7000, 12), 5)[1] == "4.2"
