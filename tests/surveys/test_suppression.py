"""Small numbers, attacked: by example, by arithmetic, and by someone who knows the rules."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.suppression import (
    Audience,
    Shown,
    Suppressed,
    percentage,
    round_public,
    safe_to_publish_change,
    show_total,
    suppress,
    suppress_choices,
    threshold_for,
)


def printed(counts: Mapping[str, int], threshold: int = 10) -> str:
    cells = suppress(counts, threshold=threshold)
    return " ".join(f"{name}={cell}" for name, cell in cells.items())


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"yes": 20, "no": 15, "unsure": 12}, "yes=20 no=15 unsure=12"),
        ({"yes": 30, "no": 12, "unsure": 3}, "yes=30 no=c unsure=c"),
        ({"a": 40, "b": 2, "c": 3}, "a=c b=c c=c"),
        ({"a": 40, "b": 6, "c": 7}, "a=40 b=c c=c"),
        ({"a": 40, "b": 20, "c": 6, "d": 6}, "a=40 b=c c=c d=c"),
        ({"a": 9, "b": 10, "c": 10, "d": 50}, "a=c b=c c=c d=50"),
        ({"a": 4, "b": 3}, "a=c b=c"),
        ({"a": 40, "b": 0}, "a=c b=c"),
        ({"a": 2}, "a=c"),
        ({"a": 25}, "a=25"),
    ],
)
def test_a_small_cell_hides_with_as_many_others_as_keep_it_hidden(
    counts: dict[str, int], shown: str
) -> None:
    assert printed(counts) == shown


def test_without_a_known_total_only_the_small_cell_hides() -> None:
    cells = suppress({"a": 3, "b": 12, "c": 40}, threshold=10, total_known=False)
    assert cells == {"a": Suppressed(), "b": Shown(12), "c": Shown(40)}


def test_fewer_answers_than_the_threshold_show_nothing_at_all() -> None:
    assert show_total(9, threshold=10) == Suppressed()
    assert printed({"yes": 8, "no": 1}) == "yes=c no=c"


def test_a_setting_may_raise_a_threshold_but_never_lower_it() -> None:
    assert threshold_for(Audience.PUBLIC) == 10
    assert threshold_for(Audience.INTERNAL, 7) == 7
    with pytest.raises(ValueError, match="cannot be below 10"):
        threshold_for(Audience.PUBLIC, 9)


@pytest.mark.parametrize(("count", "shown"), [(10, 10), (12, 10), (13, 15), (17, 15), (18, 20)])
def test_the_public_sees_the_nearest_five(count: int, shown: int) -> None:
    assert round_public(count) == shown


def test_a_percentage_is_made_of_the_figures_shown_and_hides_with_them() -> None:
    yes, everybody = Shown(round_public(23)), Shown(round_public(42))
    assert percentage(yes, everybody) == 63  # 25 of 40, not 23 of 42
    assert percentage(Suppressed(), everybody) is None


def test_choosing_all_that_apply_hides_the_few_who_did_not_choose() -> None:
    cells = suppress_choices({"food": 38, "sport": 20, "art": 4}, respondents=40, threshold=10)
    assert cells == {"food": Suppressed(), "sport": Shown(20), "art": Suppressed()}


@pytest.mark.parametrize(
    ("previous", "current", "safe"),
    [
        (20, 20, True),
        (20, 30, True),
        (20, 21, False),
        (30, 21, False),
        (20, 8, False),
        (40, 20, True),
        (None, 12, True),
        (None, 3, False),
        (9, 12, True),
    ],
)
def test_two_publications_never_differ_by_a_small_group(
    previous: int | None, current: int, safe: bool
) -> None:
    assert safe_to_publish_change(previous, current, 10) is safe


def test_a_negative_count_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="Count people or answers"):
        suppress({"a": -1}, threshold=10)


rows = st.lists(st.integers(0, 60), min_size=1, max_size=8)


@given(rows, st.integers(2, 12))
def test_nothing_below_the_threshold_is_ever_shown(values: list[int], threshold: int) -> None:
    cells = suppress({str(i): v for i, v in enumerate(values)}, threshold=threshold)
    assert all(c.count >= threshold for c in cells.values() if isinstance(c, Shown))
    assert cells == suppress({str(i): v for i, v in enumerate(values)}, threshold=threshold)


@given(rows, st.integers(2, 12))
def test_by_arithmetic_every_hidden_cell_may_lie_in_a_range_as_wide_as_the_threshold(
    values: list[int], threshold: int
) -> None:
    cells = suppress({str(i): v for i, v in enumerate(values)}, threshold=threshold)
    shown = sum(c.count for c in cells.values() if isinstance(c, Shown))
    hidden = sum(isinstance(c, Suppressed) for c in cells.values())
    if hidden and sum(values) >= threshold:
        assert hidden > 1  # then each can be anything from nothing to all that is left
        assert sum(values) - shown >= threshold


@pytest.mark.parametrize(
    ("width", "threshold", "most"), [(2, 3, 9), (3, 3, 8), (3, 4, 9), (4, 3, 6)]
)
def test_somebody_who_knows_the_rules_and_the_total_can_never_pin_a_hidden_cell(
    width: int, threshold: int, most: int
) -> None:
    """Every table there is, grouped by what is printed of it: no group agrees on a hidden cell."""
    seen: dict[tuple[int, tuple[str, ...]], list[set[int]]]
    seen = defaultdict(lambda: [set() for _ in range(width)])
    for values in product(range(most * 2 + 1), repeat=width):
        total = sum(values)
        if total < threshold or total > most * 2:
            continue
        cells = suppress({str(i): v for i, v in enumerate(values)}, threshold=threshold)
        key = (total, tuple(str(cell) for cell in cells.values()))
        for possible, value in zip(seen[key], values, strict=True):
            possible.add(value)
    assert seen
    for key, possibilities in seen.items():
        for cell, possible in zip(key[1], possibilities, strict=True):
            assert cell != "c" or len(possible) > 1, key


def test_a_total_by_itself_hides_below_the_threshold() -> None:
    assert show_total(9, threshold=10) == Suppressed()
    assert str(show_total(1250, threshold=10)) == "1,250"
