from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.dependencies import Cycle, order
from surveys.outline import Branch, Outline


def flat(*names: str) -> Outline:
    return Outline(tuple(Branch(name) for name in names))


def test_rows_stand_as_they_are_printed_when_each_needs_only_what_is_above() -> None:
    assert order(flat("a", "b", "c"), {"b": {"a"}, "c": {"a", "b"}}) == ("a", "b", "c")


def test_what_a_row_needs_is_moved_before_it_and_nothing_else_moves() -> None:
    assert order(flat("a", "b", "c", "d"), {"a": {"c"}}) == ("c", "a", "b", "d")


def test_a_row_comes_after_the_groups_around_it() -> None:
    outline = Outline((Branch("q"), Branch("g", is_group=True), Branch("in", "g")))
    assert order(outline, {"g": {"q"}, "q": set()}) == ("q", "g", "in")


def test_a_circle_is_named_from_where_it_closes() -> None:
    with pytest.raises(Cycle) as found:
        order(flat("a", "b", "c"), {"a": {"b"}, "b": {"c"}, "c": {"b"}})
    assert found.value.chain == ("b", "c", "b")


def test_a_row_that_needs_itself_is_a_circle() -> None:
    with pytest.raises(Cycle) as found:
        order(flat("a"), {"a": {"a"}})
    assert found.value.chain == ("a", "a")


def test_a_chain_of_ten_thousand_rows_is_put_in_order() -> None:
    names = [f"q{number}" for number in range(10_000)]
    needs = {name: {other} for name, other in pairwise(names)}
    assert order(flat(*names), needs) == tuple(reversed(names))


@given(st.dictionaries(st.integers(0, 9), st.frozensets(st.integers(0, 9), max_size=3)))
def test_either_every_row_comes_after_what_it_needs_or_a_true_circle_is_named(
    numbers: dict[int, frozenset[int]],
) -> None:
    needs = {f"q{row}": {f"q{other}" for other in others} for row, others in numbers.items()}
    names = [f"q{number}" for number in range(10)]
    if _has_a_circle(needs):
        with pytest.raises(Cycle) as circle:
            order(flat(*names), needs)
        chain = circle.value.chain
        assert chain[0] == chain[-1]
        assert all(then in needs[row] for row, then in pairwise(chain))
    else:
        placed = order(flat(*names), needs)
        assert sorted(placed) == names
        assert all(placed.index(other) < placed.index(row) for row in needs for other in needs[row])


def _has_a_circle(needs: dict[str, set[str]]) -> bool:
    """Whether rows remain when those that need nothing are taken away again and again."""
    left = dict(needs)
    while free := [row for row in left if not left[row] & left.keys()]:
        for row in free:
            del left[row]
    return bool(left)
