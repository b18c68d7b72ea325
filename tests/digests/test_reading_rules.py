"""Figures: how they are read, when one moved, and when one is hidden."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.reading_rules import (
    Aim,
    Entered,
    Judgement,
    NotANumber,
    People,
    aimed,
    disagree,
    judged,
    may_show,
    people_behind,
    period_end,
    plain_number,
    read_entered,
    same,
    share,
    with_unit,
)

HELD = {"increase": Judgement.BETTER, "reduce": Judgement.WORSE}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("62%", Entered(62.0, is_per_cent=True)),
        ("1,328", Entered(1328.0)),
        ("£170,000", Entered(170000.0)),
        ("1,328 of 1,719", Entered(None, 1328.0, 1719.0, is_per_cent=True)),
        ("31/50", Entered(None, 31.0, 50.0, is_per_cent=True)),
        ("74% (1328 of 1719)", Entered(74.0, 1328.0, 1719.0, is_per_cent=True)),
    ],
)
def test_a_figure_is_read_as_people_type_it(typed: str, meant: Entered) -> None:
    assert read_entered(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "many", "1,2", "nan", "inf", "5 of 3", "1 of 0", "=1+1", "9" * 20, "62% (x)"]
)
def test_what_is_no_figure_is_refused_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(NotANumber, match=r"\. |Write|Check|above"):
        read_entered(typed)


@given(st.text(max_size=40))
def test_no_text_whatever_raises_anything_else(typed: str) -> None:
    try:
        read = read_entered(typed)
    except NotANumber:
        return
    assert read.value is not None or read.part is not None


@pytest.mark.parametrize(
    ("printed", "end"),
    [
        ("2022", date(2022, 12, 31)),
        ("2021-22", date(2022, 3, 31)),
        ("2020/2021 ('the previous year')", date(2021, 3, 31)),
        ("April 2021 - March 2022", date(2022, 3, 31)),
        ("2022 (printed; 1328/1719 = 77.3%)", date(2022, 12, 31)),
        ("not dated (plan 2024-25)", None),
        ("not printed", None),
        ("", None),
    ],
)
def test_the_end_of_a_printed_period_is_found(printed: str, end: date | None) -> None:
    assert period_end(printed) == end


@pytest.mark.parametrize(
    ("number", "unit", "shown"),
    [
        (62.0, "%", "62%"),
        (62.5, "% minimum", "62.5% minimum"),
        (170000.0, "GBP", "£170,000"),
        (144.0, "referrals", "144 referrals"),
        (3.0, "count", "3"),
    ],
)
def test_a_figure_is_shown_with_its_unit(number: float, unit: str, shown: str) -> None:
    assert with_unit(plain_number(number), unit) == shown


def test_what_is_printed_is_held_against_its_own_numbers() -> None:
    assert share(1328, 1719) == 77.3
    assert disagree(74, 1328, 1719)
    assert not disagree(77, 1328, 1719)


def test_a_change_smaller_than_the_rounding_is_none() -> None:
    assert same(62, 62.4)
    assert not same(62, 62.5)
    assert judged("increase", 62.4, 62, None) is Judgement.SAME


@pytest.mark.parametrize("direction", ["increase", "reduce"])
def test_only_the_wanted_direction_says_whether_more_is_better(direction: str) -> None:
    assert judged(direction, 70, 60, None) is HELD[direction]
    assert judged(direction, 60, 70, None) is not HELD[direction]
    assert judged(direction, 60, None, 50) is Judgement.NONE


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_what_is_told_for_context_is_never_judged(now: float, before: float) -> None:
    assert judged("none", now, before, None) is Judgement.CONTEXT
    assert judged("monitor", now, before, None) is Judgement.CONTEXT


def test_what_is_to_be_maintained_is_held_or_falls() -> None:
    assert judged("maintain", 96, 99, 95) is Judgement.SAME
    assert judged("maintain", 93, 99, 95) is Judgement.WORSE
    assert judged("maintain", 93, None, None) is Judgement.NONE


def test_a_target_is_met_not_yet_or_missed_by_its_day() -> None:
    today, over = date(2023, 3, 31), date(2023, 1, 31)
    assert aimed("increase", 86, 85, None, today) is Aim.MET
    assert aimed("reduce", 86, 85, None, today) is Aim.NOT_YET
    assert aimed("increase", 80, 85, over, today) is Aim.LATE
    assert aimed("none", 80, 85, over, today) is Aim.NONE


def _people(text: str, unit: str = "", **given: float | int | None) -> People | None:
    known = {"value": None, "part": None, "whole": None, "people": None, **given}
    return people_behind(text, unit, **known)  # type: ignore[arg-type]


def test_counts_of_children_are_people_and_other_counts_are_not() -> None:
    assert _people("Children on a plan", value=12) == People(12)
    assert _people("Workshops held", value=2) is None
    assert _people("Agencies using tools", value=4) is None
    assert _people("Attendance by children", "%", value=92) is None
    assert _people("Audits", value=4, people=4) == People(4)


def test_a_share_tells_those_counted_and_those_left_over() -> None:
    assert _people("Delegates", "%", part=48, whole=50) == People(48, 2)
    assert _people("Anything", "%", value=96, people=50) == People(48, 2)


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        (None, People(4), False),
        (None, People(5), True),
        (None, People(48, 2), False),
        (People(20), People(22), False),
        (People(20), People(25), True),
        (People(20), People(20), True),
        (People(100, 50), People(110, 47), False),
        (People(20), None, True),
    ],
)
def test_small_groups_are_hidden_and_so_are_small_steps_and_rests(
    before: People | None, now: People | None, shown: bool
) -> None:
    assert may_show(before, now, 5) is shown
