"""Bands of numbers and years: their ends tell nobody's own answer."""

import pytest

from surveys.definition import Kind
from surveys.results.scales import bands


@pytest.mark.parametrize(
    ("counts", "labels"),
    [
        ({"1987": 1, "2019": 6, "2020": 6}, ["≤ 2019", "2020+"]),
        ({"2019": 6, "2020": 6, "2021": 6, "2047": 1}, ["≤ 2019", "2020", "2021+"]),
        ({"2015": 6, "2019": 2, "2020": 6, "2021": 6}, ["≤ 2015", "2016–2020", "2021+"]),
        ({"1987": 1, "2023": 2}, ["…"]),
        ({}, []),
    ],
)
def test_the_first_year_and_the_last_that_anybody_named_are_not_told(
    counts: dict[str, int], labels: list[str]
) -> None:
    found = bands(Kind.DATE, counts, 5)
    assert [label for label, _ in found] == labels
    assert sum(counts.get(year, 0) for _, parts in found for year in parts) == sum(counts.values())
