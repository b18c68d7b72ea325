import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.shuffle import shuffled

seeds = st.one_of(st.text(max_size=8), st.floats(), st.integers(-(2**70), 2**70).map(float))


@given(st.lists(st.integers(), max_size=40), seeds)
def test_nothing_is_lost_and_the_same_seed_gives_the_same_order(
    items: list[int], seed: str | float
) -> None:
    mixed = shuffled(items, seed)
    assert sorted(mixed) == sorted(items)
    assert shuffled(items, seed) == mixed


@pytest.mark.parametrize(
    ("seed", "order"),
    [
        (1.0, "gfeachidbj"),
        (42.0, "afjbiegdhc"),
        (-5.0, "dcajfgehib"),
        ("Ann Lee", "ahfbcjeidg"),
        ("Zoë", "fijcebahgd"),
        ("007", "dbgfcjiahe"),
    ],
)
def test_the_order_is_the_one_that_odk_gives(seed: str | float, order: str) -> None:
    assert "".join(shuffled("abcdefghij", seed)) == order


def test_a_text_that_is_a_number_counts_as_that_number() -> None:
    assert shuffled("abcdefghij", "7") == shuffled("abcdefghij", "007") == shuffled("abcdefghij", 7)


@pytest.mark.parametrize("blank", ["", math.nan])
def test_a_blank_seed_counts_as_none_of_a_number(blank: str | float) -> None:
    assert shuffled("abcdefghij", blank) == shuffled("abcdefghij", 0)


def test_only_whole_seeds_count() -> None:
    assert shuffled("abcdefghij", 3.7) == shuffled("abcdefghij", 3)


def test_without_a_seed_every_order_is_possible() -> None:
    assert len({shuffled("abc", None) for _ in range(200)}) == 6


def test_seeds_spread_the_first_place_evenly() -> None:
    first = [shuffled("abcd", float(seed * 7_919))[0] for seed in range(2_000)]
    assert all(380 < first.count(letter) < 620 for letter in "abcd")
