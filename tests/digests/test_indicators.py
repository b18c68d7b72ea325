"""Measures as they stand: printed and read, judged by their wanted direction, small ones hidden."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from digests.indicator_acts import NotTaken, set_values, standing
from digests.indicator_paper import measure_blocks, to_know
from digests.indicators import indicators_at, line_of
from digests.period import Period
from digests.reading_rules import Aim, Judgement
from storage.audit import AuditEntry
from tests.digests.measured import (
    CALENDAR,
    LAST,
    NEXT,
    NOW,
    QUARTER,
    indicator,
    measure,
    plan,
    put,
)

WANTED = {"increase": ("10", "20"), "reduce": ("20", "10")}


def test_bristols_nine_are_better_five_up_and_four_down(session: Session) -> None:
    plan(session, "bristol")
    for number in range(1, 10):
        ref = f"BRI-I{number}"
        before, now = WANTED[indicator(session, ref).direction]
        put(session, ref, LAST, before)
        put(session, ref, NEXT, now)
    found = indicators_at(session, QUARTER, calendar=CALENDAR)
    judged = [one for one in found if one.kind == "measure"]
    assert [one.judgement for one in judged] == [Judgement.BETTER] * 9
    assert [line_of(one).wanted for one in judged].count("up") == 5
    assert [line_of(one).wanted for one in judged].count("down") == 4


def test_a_printed_share_stands_beside_what_its_own_numbers_give(session: Session) -> None:
    plan(session, "bolton")
    one = measure(session, "BOL-I1", Period(date(2022, 10, 1), LAST))
    assert one.current is not None
    assert (one.current.shown, one.current.computed) == ("74%", "77.3%")
    assert one.aim is Aim.NOT_YET
    assert any("74%" in words and "77.3% (1,328 of 1,719)" in words for words in to_know(one))


def test_burys_baselines_are_read_from_the_plan_and_a_set_one_goes_before(
    session: Session,
) -> None:
    plan(session, "bury")
    one = measure(session, "BUR-I5")
    assert one.baseline is not None
    assert one.baseline.shown.startswith("40% of 210")
    row = indicator(session, "BUR-I5")
    set_values(session, row, {"baseline": 38.0, "target": 30.0}, now=NOW, person_id=None)
    one = measure(session, "BUR-I5")
    assert (one.baseline.shown if one.baseline else "", one.target is not None) == ("38%", True)


def test_a_printed_count_of_a_year_is_not_compared_with_a_reading(session: Session) -> None:
    plan(session, "salford")
    set_values(
        session,
        indicator(session, "SAL-C1"),
        {"direction": "increase"},
        now=NOW,
        person_id=None,
    )
    put(session, "SAL-C1", NEXT, "15,000")
    one = measure(session, "SAL-C1")
    assert one.judgement is Judgement.NONE
    assert any("its own period" in words for words in to_know(one))


def test_a_quarter_without_a_reading_is_said_with_its_keeper(session: Session) -> None:
    plan(session, "rochdale")
    one = measure(session, "ROC-I1")
    assert one.is_missing
    first = measure_blocks(one, QUARTER)[0]
    assert "No reading was entered" in getattr(first, "words", "")
    assert "Nobody has been named" in getattr(first, "words", "")


def test_small_groups_and_small_steps_are_hidden_for_good(session: Session) -> None:
    plan(session, "bristol")
    put(session, "BRI-I4", LAST, "4")
    put(session, "BRI-I8", LAST, "47")
    put(session, "BRI-I8", NEXT, "49")
    small, step = measure(session, "BRI-I4"), measure(session, "BRI-I8")
    assert small.previous is not None
    assert (small.previous.shown, small.previous.number) == ("c", None)
    assert step.current is not None
    assert (step.current.shown, step.current.as_of, step.judgement) == (
        "47",
        LAST,
        Judgement.SAME,
    )
    assert "49" not in str(step)


def test_the_rest_of_a_whole_hides_a_share_too(session: Session) -> None:
    plan(session, "bolton")
    put(session, "BOL-I1", NEXT, "97 of 100")
    one = measure(session, "BOL-I1")
    assert one.current is not None
    assert (one.current.shown, one.current.parts, one.current.computed) == ("c", "", "")


def test_steps_are_measured_from_what_was_last_shown(session: Session) -> None:
    plan(session, "bristol")
    days = [date(2022, 6, 30), date(2022, 9, 30), LAST, NEXT]
    for day, typed in zip(days, ("20", "23", "26", "28"), strict=True):
        put(session, "BRI-I8", day, typed)
    assert [one.shown for one in measure(session, "BRI-I8").points] == ["20", "20", "26", "26"]


def test_a_correction_keeps_what_it_corrects_and_says_so(session: Session) -> None:
    plan(session, "bristol")
    put(session, "BRI-I6", NEXT, "90%")
    later = NOW + timedelta(days=2)
    put(session, "BRI-I6", NEXT, "92%", now=later)
    one = measure(session, "BRI-I6")
    assert one.current is not None
    assert (one.current.shown, one.current.corrected) == ("92%", True)
    assert len(standing(session, indicator(session, "BRI-I6").id or 0)) == 1
    acts = [entry.act for entry in session.exec(select(AuditEntry))]
    assert acts[-2:] == ["reading.enter", "reading.correct"]


def test_what_is_entered_later_is_not_known_at_an_earlier_moment(session: Session) -> None:
    plan(session, "bristol")
    put(session, "BRI-I6", NEXT, "90%")
    before = NOW - timedelta(days=1)
    (one,) = indicators_at(session, QUARTER, calendar=CALENDAR, now=before, refs=["BRI-I6"])
    assert one.current is None


def test_a_correction_on_the_same_day_hides_nothing(session: Session) -> None:
    plan(session, "bristol")
    put(session, "BRI-I8", NEXT, "22")
    put(session, "BRI-I8", NEXT, "24", now=NOW + timedelta(hours=1))
    current = measure(session, "BRI-I8").current
    assert current is not None
    assert current.shown == "24"


def test_a_late_correction_of_a_few_people_is_held_back(session: Session) -> None:
    plan(session, "bristol")
    put(session, "BRI-I8", NEXT, "22")
    put(session, "BRI-I8", NEXT, "24", now=NOW + timedelta(days=9))
    current = measure(session, "BRI-I8").current
    assert current is not None
    assert (current.shown, current.hidden) == ("22", "step")


def test_the_same_reading_twice_is_one(session: Session) -> None:
    plan(session, "bristol")
    assert put(session, "BRI-I6", NEXT, "90%") is not None
    assert put(session, "BRI-I6", NEXT, "90%") is None


@pytest.mark.parametrize(
    ("ref", "on", "typed", "why"),
    [
        ("BRI-I6", date(2023, 6, 30), "90%", "has not come yet"),
        ("BRI-I6", date(1970, 1, 1), "90%", "too long ago"),
        ("BOL-I3", NEXT, "62%", "counted in referrals"),
        ("BOL-I1", NEXT, "4000", "is a per cent"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    session: Session, ref: str, on: date, typed: str, why: str
) -> None:
    plan(session, "bristol" if ref.startswith("BRI") else "bolton")
    with pytest.raises(NotTaken, match=why):
        put(session, ref, on, typed)


def test_a_per_cent_sets_the_unit_of_a_measure_that_has_none(session: Session) -> None:
    plan(session, "bristol")
    put(session, "BRI-I6", NEXT, "92.4%")
    assert indicator(session, "BRI-I6").unit == "%"
    with pytest.raises(NotTaken, match="direction is one of"):
        set_values(
            session,
            indicator(session, "BRI-I6"),
            {"direction": "sideways"},
            now=NOW,
            person_id=None,
        )


def test_the_first_step_is_taken_from_a_baseline_that_was_set(session: Session) -> None:
    plan(session, "rochdale")
    row = indicator(session, "ROC-I1")
    values = {"baseline": 131.0, "baseline_on": LAST}
    set_values(session, row, values, now=NOW, person_id=None)
    put(session, "ROC-I1", NEXT, "134")
    one = measure(session, "ROC-I1")
    assert one.current is not None
    assert (one.current.shown, one.current.hidden, one.judgement) == (
        "131",
        "step",
        Judgement.SAME,
    )
    assert "134" not in str(measure_blocks(one, QUARTER))
