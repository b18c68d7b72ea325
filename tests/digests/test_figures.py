import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digests.figures import Basis, Figure, head_count, share_of

DAY = date(2024, 1, 14)
LATER = DAY + timedelta(days=30)


def test_a_small_group_has_no_figure_and_nothing_is_kept_of_it() -> None:
    for count in range(10):
        assert share_of(count, 50, None, threshold=10, today=DAY) == (Figure(None, DAY), None)


def test_a_figure_is_rounded_to_five() -> None:
    assert share_of(33, 50, None, threshold=10, today=DAY)[0].about == 35


def test_where_nearly_everyone_said_a_thing_the_few_who_did_not_are_not_given_away() -> None:
    assert share_of(45, 50, None, threshold=10, today=DAY)[0].about is None


def test_an_earlier_figure_stays_with_its_date_when_the_difference_would_tell() -> None:
    _, basis = head_count(40, None, threshold=10, today=DAY)
    figure, kept = head_count(43, basis, threshold=10, today=LATER)
    assert figure == Figure(40, DAY)
    assert kept == basis


def test_a_figure_that_moved_far_enough_is_renewed() -> None:
    _, basis = head_count(40, None, threshold=10, today=DAY)
    assert head_count(60, basis, threshold=10, today=LATER)[0] == Figure(60, LATER)


def test_a_few_more_who_did_not_say_it_are_not_given_away_by_a_later_figure() -> None:
    earlier = Basis(20, 40, DAY)
    assert share_of(20, 43, earlier, threshold=10, today=LATER)[0] == Figure(20, DAY)


def test_what_is_kept_survives_json() -> None:
    assert Basis.from_json(Basis(33, 47, DAY).to_json()) == Basis(33, 47, DAY)


@given(st.lists(st.integers(0, 80), min_size=1, max_size=8))
def test_two_true_counts_that_were_both_shown_never_differ_by_a_small_group(
    counts: list[int],
) -> None:
    basis, shown = None, []
    for number, count in enumerate(counts):
        today = DAY + timedelta(days=number)
        figure, basis = share_of(count, 100, basis, threshold=10, today=today)
        if figure.about is not None and figure.as_of == today:
            shown.append(count)
    gaps = [abs(a - b) for a, b in itertools.pairwise(shown)]
    assert all(gap == 0 or gap >= 10 for gap in gaps)
