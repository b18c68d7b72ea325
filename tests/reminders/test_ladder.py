"""Who takes over after three unanswered nudges, when, and by whose leave."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.ladder import USUAL_DAYS, Decision, Rung, Step, ladder
from storage.calendar import Calendar

THIRD = date(2023, 12, 28)  # a Thursday
CALENDAR = Calendar()


def climb(
    *decisions: Decision,
    last_reply_on: date | None = None,
    has_deputy: bool = True,
    has_chair: bool = True,
    executive_meets_on: date | None = None,
) -> Step | None:
    return ladder(
        THIRD,
        last_reply_on=last_reply_on,
        decisions=decisions,
        has_deputy=has_deputy,
        has_chair=has_chair,
        executive_meets_on=executive_meets_on,
        calendar=CALENDAR,
    )


def test_the_rungs_are_climbed_in_order_over_the_new_year() -> None:
    taken: list[Decision] = []
    steps = []
    while (step := climb(*taken)) is not None:
        steps.append((step.rung, step.on, step.needs_approval))
        taken.append(Decision(step.rung, step.on))
    assert steps == [
        (Rung.DEPUTY, date(2024, 1, 2), False),
        (Rung.CHAIR, date(2024, 1, 5), True),
        (Rung.MANAGER, date(2024, 1, 12), True),
        (Rung.EXECUTIVE, date(2024, 1, 26), True),
    ]


@pytest.mark.parametrize("replied", [THIRD, date(2024, 1, 3)])
def test_any_answer_ends_the_ladder(replied: date) -> None:
    assert climb(last_reply_on=replied) is None


def test_an_answer_before_the_third_nudge_does_not_end_it() -> None:
    assert climb(last_reply_on=date(2023, 12, 1)) is not None


def test_a_person_who_says_no_ends_it() -> None:
    assert climb(Decision(Rung.CHAIR, date(2024, 1, 5), approved=False)) is None


def test_a_body_without_deputy_goes_on_to_the_chair_and_without_either_to_the_manager() -> None:
    assert climb(has_deputy=False) == Step(Rung.CHAIR, date(2024, 1, 5), True)
    alone = climb(has_deputy=False, has_chair=False)
    assert alone == Step(Rung.MANAGER, date(2024, 1, 12), True)


def test_a_late_approval_moves_the_later_rungs() -> None:
    step = climb(Decision(Rung.CHAIR, date(2024, 1, 11)))
    assert step == Step(Rung.MANAGER, date(2024, 1, 18), True)


def test_the_executive_hears_at_its_meeting_if_that_comes_first() -> None:
    manager = Decision(Rung.MANAGER, date(2024, 1, 12))
    assert climb(manager, executive_meets_on=date(2024, 1, 17)) == Step(
        Rung.EXECUTIVE, date(2024, 1, 17), True
    )
    later = climb(manager, executive_meets_on=date(2024, 3, 1))
    assert later == Step(Rung.EXECUTIVE, date(2024, 1, 26), True)
    passed = climb(manager, executive_meets_on=date(2024, 1, 12))
    assert passed == Step(Rung.EXECUTIVE, date(2024, 1, 26), True)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.lists(st.integers(0, 40), max_size=4))
def test_each_rung_comes_later_than_the_one_below_and_none_above_the_deputy_is_unasked(
    third: date, delays: list[int]
) -> None:
    taken: list[Decision] = []
    for delay in delays:
        step = ladder(third, last_reply_on=None, decisions=taken, calendar=CALENDAR)
        assert step is not None
        assert step.on > (taken[-1].on if taken else third)
        assert step.on >= CALENDAR.add_working_days(third, USUAL_DAYS[step.rung])
        assert step.needs_approval == (step.rung is not Rung.DEPUTY)
        taken.append(Decision(step.rung, CALENDAR.add_working_days(step.on, delay)))
