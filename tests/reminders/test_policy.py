"""Which nudge an action deserves, when, and why not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.deadlines import DeadlineKind
from reminders.policy import (
    DEFAULT_STAGES,
    ActionFacts,
    Before,
    OnTheDay,
    PlannedNudge,
    Reach,
    Reason,
    ReviewBasis,
    ReviewDate,
    Silence,
    Stage,
    Status,
    Weekly,
    plan,
    review_date,
    ripe,
    usual_stages,
    why_not,
)
from storage.calendar import Calendar

CALENDAR = Calendar()
FACTS = ActionFacts(action=12, ref="1.2", recipient=9, due_on=date(2023, 12, 31))
MARCH = replace(FACTS, due_on=date(2024, 3, 31))
ONGOING = replace(FACTS, due_on=None, kind=DeadlineKind.ONGOING, review_on=date(2023, 12, 15))


def days(facts: ActionFacts, *stages: Stage) -> dict[str, date]:
    planned = plan(facts, stages or DEFAULT_STAGES, CALENDAR)
    return {str(nudge.stage): nudge.send_on for nudge in planned}


def newest(facts: ActionFacts, today: date) -> PlannedNudge | None:
    return ripe(plan(facts, DEFAULT_STAGES, CALENDAR), today)


def stage_on(facts: ActionFacts, today: date) -> str | None:
    nudge = newest(facts, today)
    return str(nudge.stage) if nudge else None


def reason(facts: ActionFacts, today: date) -> Reason | None:
    return why_not(facts, today, calendar=CALENDAR)


def test_the_key_is_action_deadline_stage_and_recipient() -> None:
    nudge = newest(FACTS, date(2023, 12, 1))
    assert nudge is not None
    assert nudge.key == (12, date(2023, 12, 31), "30d", 9)


def test_the_usual_stages_fall_on_working_days_around_christmas() -> None:
    stages = (*usual_stages(weeks=2),)
    assert days(FACTS, *stages) == {
        "30d": date(2023, 12, 1),
        "14d": date(2023, 12, 15),
        "3d": date(2023, 12, 28),
        "0d": date(2023, 12, 29),
        "+1w": date(2024, 1, 8),
        "+2w": date(2024, 1, 15),
    }


def test_a_nudge_before_a_closed_day_moves_to_the_working_day_before() -> None:
    assert days(MARCH, OnTheDay()) == {"0d": date(2024, 3, 28)}
    good_friday = replace(FACTS, due_on=date(2024, 4, 1))
    assert days(good_friday, Before(3)) == {"3d": date(2024, 3, 28)}


def test_a_nudge_after_the_deadline_on_a_closed_day_moves_forward() -> None:
    early_may = replace(FACTS, due_on=date(2024, 4, 29))
    assert days(early_may, Weekly(1)) == {"+1w": date(2024, 5, 7)}


def test_stages_can_be_set_and_are_sorted_without_nought() -> None:
    assert [str(stage) for stage in usual_stages((7, 60, 7, 0), weeks=1)] == [
        "60d",
        "7d",
        "0d",
        "+1w",
    ]


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2023, 11, 30), None),
        (date(2023, 12, 1), "30d"),
        (date(2023, 12, 14), "30d"),
        (date(2023, 12, 15), "14d"),
        (date(2023, 12, 29), "0d"),
        (date(2024, 1, 7), "0d"),
        (date(2024, 1, 8), "+1w"),
        (date(2024, 2, 1), "+4w"),
    ],
)
def test_only_the_newest_ripe_stage_is_asked(today: date, stage: str | None) -> None:
    assert stage_on(FACTS, today) == stage


def test_a_reply_answers_the_stages_up_to_and_including_its_day() -> None:
    replied = replace(FACTS, status=Status.ON_TRACK, last_reply_on=date(2023, 12, 15))
    assert stage_on(replied, date(2023, 12, 20)) is None
    assert stage_on(replied, date(2023, 12, 28)) == "3d"


@pytest.mark.parametrize(
    "status",
    [
        Status.COMPLETE,
        Status.EMBEDDED,
        Status.SUPERSEDED,
        Status.COMPLETE_AWAITING_EVIDENCE,  # it is with the chair; the lead has answered
    ],
)
def test_what_is_finished_nudges_nobody(status: Status) -> None:
    assert plan(replace(FACTS, status=status), DEFAULT_STAGES, CALENDAR) == ()


@pytest.mark.parametrize(
    "status",
    [Status.NOT_STARTED, Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK, Status.WAITING],
)
def test_what_is_not_finished_is_asked_about(status: Status) -> None:
    assert stage_on(replace(FACTS, status=status), date(2023, 12, 15)) == "14d"


def test_a_snooze_is_quiet_until_its_day_and_asks_then() -> None:
    snoozed = replace(FACTS, snoozed_until=date(2023, 12, 17), last_reply_on=date(2023, 12, 1))
    assert stage_on(snoozed, date(2023, 12, 15)) is None
    nudge = newest(snoozed, date(2023, 12, 18))
    assert nudge is not None
    assert nudge.key == (12, date(2023, 12, 17), "snooze", 9)
    assert stage_on(snoozed, date(2023, 12, 28)) == "3d"


def test_an_answer_after_the_snooze_settles_it() -> None:
    answered = replace(FACTS, snoozed_until=date(2023, 12, 17), last_reply_on=date(2023, 12, 18))
    assert stage_on(answered, date(2023, 12, 19)) is None


def test_a_moved_deadline_asks_afresh_under_a_new_key() -> None:
    moved = replace(FACTS, due_on=date(2024, 5, 31), last_reply_on=date(2023, 12, 15))
    assert stage_on(moved, date(2024, 2, 1)) is None
    nudge = newest(moved, date(2024, 5, 1))
    assert nudge is not None
    assert nudge.key == (12, date(2024, 5, 31), "30d", 9)


def test_ongoing_is_asked_about_on_its_review_date_alone() -> None:
    assert days(ONGOING) == {"review": date(2023, 12, 15)}
    nudge = newest(ONGOING, date(2023, 12, 15))
    assert nudge is not None
    assert nudge.key == (12, date(2023, 12, 15), "review", 9)


@pytest.mark.parametrize(
    "kind", [DeadlineKind.ONGOING, DeadlineKind.RECURRING, DeadlineKind.CONDITIONAL]
)
def test_a_day_beside_an_endless_deadline_never_makes_it_late(kind: DeadlineKind) -> None:
    assert days(replace(FACTS, kind=kind)) == {}


def test_an_action_with_a_far_deadline_has_a_review_and_a_near_one_has_none() -> None:
    near = replace(MARCH, review_on=date(2023, 12, 31))
    far = replace(MARCH, due_on=date(2024, 4, 1), review_on=date(2023, 12, 31))
    assert "review" not in days(near)
    assert days(far)["review"] == date(2023, 12, 29)


def test_planning_up_to_a_day_leaves_out_what_comes_later_and_nothing_else() -> None:
    whole = plan(FACTS, DEFAULT_STAGES, CALENDAR)
    until = date(2024, 1, 8)
    some = plan(FACTS, DEFAULT_STAGES, CALENDAR, until=until)
    assert some == tuple(nudge for nudge in whole if nudge.send_on <= until)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"retired": True}, Silence.RETIRED),
        ({"needs_review": True}, Silence.NEEDS_REVIEW),
        ({"status": Status.NEEDS_REVIEW}, Silence.NEEDS_REVIEW),
        ({"status": Status.COMPLETE}, Silence.FINISHED),
        ({"recipient": None}, Silence.NO_LEAD),
        ({"reach": Reach.GONE}, Silence.UNREACHABLE),
        ({"reach": Reach.STOPPED}, Silence.UNREACHABLE),
        ({"unanswered": 3}, Silence.PERSON_TAKES_OVER),
    ],
)
def test_what_silences_an_action_plans_nothing_and_says_why(
    change: dict[str, object], key: Silence
) -> None:
    facts = replace(FACTS, **change)  # type: ignore[arg-type]
    assert plan(facts, DEFAULT_STAGES, CALENDAR) == ()
    found = reason(facts, date(2023, 12, 1))
    assert found is not None
    assert found.key is key


def test_two_unanswered_nudges_do_not_end_the_asking() -> None:
    assert reason(replace(FACTS, unanswered=2), date(2023, 12, 15)) is None


@pytest.mark.parametrize(
    ("facts", "today", "expected"),
    [
        (FACTS, date(2023, 11, 1),
         Reason(Silence.NOT_YET, {"next": date(2023, 12, 1), "stage": "30d"})),
        (replace(FACTS, snoozed_until=date(2023, 12, 17)), date(2023, 12, 15),
         Reason(Silence.SNOOZED, {"until": date(2023, 12, 17)})),
        (replace(FACTS, last_reply_on=date(2023, 12, 15)), date(2023, 12, 18),
         Reason(Silence.REPLIED, {"on": date(2023, 12, 15), "next": date(2023, 12, 28),
                                  "stage": "3d"})),
        (replace(FACTS, last_asked_on=date(2023, 12, 15)), date(2023, 12, 18),
         Reason(Silence.ALREADY_ASKED, {"on": date(2023, 12, 15), "next": date(2023, 12, 28),
                                        "stage": "3d"})),
        (FACTS, date(2023, 12, 16), Reason(Silence.CLOSED_TODAY, {"next": date(2023, 12, 18)})),
        (replace(ONGOING, review_on=None), date(2023, 12, 1), Reason(Silence.NO_REVIEW_DATE)),
        (FACTS, date(2023, 12, 1), None),
        (FACTS, date(2026, 1, 5), None),
        (replace(FACTS, last_asked_on=date(2025, 1, 2)), date(2026, 1, 5),
         Reason(Silence.ALREADY_ASKED, {"on": date(2025, 1, 2)})),
    ],
)  # fmt: skip
def test_every_silence_has_its_reason_and_when_it_ends(
    facts: ActionFacts, today: date, expected: Reason | None
) -> None:
    assert reason(facts, today) == expected


@pytest.mark.parametrize(
    ("since", "meeting", "expected"),
    [
        (date(2023, 12, 1), date(2024, 1, 18), ReviewDate(date(2024, 1, 4), ReviewBasis.MEETING)),
        (date(2024, 1, 1), None, ReviewDate(date(2024, 3, 15), ReviewBasis.QUARTER_END)),
        (date(2024, 3, 18), None, ReviewDate(date(2024, 6, 17), ReviewBasis.QUARTER_END)),
        (date(2024, 3, 10), date(2024, 3, 20),
         ReviewDate(date(2024, 6, 17), ReviewBasis.QUARTER_END)),
        (date(2024, 1, 5), date(2023, 12, 1),
         ReviewDate(date(2024, 3, 15), ReviewBasis.QUARTER_END)),
        (date(2024, 1, 5), date(2024, 11, 1),
         ReviewDate(date(2024, 3, 15), ReviewBasis.QUARTER_END)),
    ],
)  # fmt: skip
def test_a_review_comes_ten_working_days_before_the_meeting_or_the_quarters_end(
    since: date, meeting: date | None, expected: ReviewDate
) -> None:
    assert review_date(since, next_meeting=meeting, calendar=CALENDAR) == expected


DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@given(DAYS, st.one_of(st.none(), DAYS))
def test_a_review_date_is_a_working_day_to_come_within_two_quarters(
    since: date, meeting: date | None
) -> None:
    on = review_date(since, next_meeting=meeting, calendar=CALENDAR).on
    assert since <= on <= since + timedelta(days=215)
    assert CALENDAR.is_working_day(on)


@given(DAYS)
def test_every_nudge_goes_out_on_a_working_day_on_the_right_side_of_the_deadline(due: date) -> None:
    planned = plan(replace(FACTS, due_on=due), DEFAULT_STAGES, CALENDAR)
    assert all(CALENDAR.is_working_day(nudge.send_on) for nudge in planned)
    assert all((nudge.send_on > due) == isinstance(nudge.stage, Weekly) for nudge in planned)
    assert [nudge.send_on for nudge in planned] == sorted(nudge.send_on for nudge in planned)
    assert len({nudge.key for nudge in planned}) == len(planned) == len(DEFAULT_STAGES)


@given(DAYS, st.integers(-60, 400), st.integers(-60, 400))
def test_nothing_ripe_was_answered_already(due: date, asked: int, replied: int) -> None:
    today, reply_on = due + timedelta(days=asked), due + timedelta(days=replied)
    nudge = newest(replace(FACTS, due_on=due, last_reply_on=reply_on), today)
    assert nudge is None or reply_on < nudge.send_on <= today


@given(DAYS, st.integers(-60, 400), st.sampled_from([None, 5, 40]))
def test_there_is_a_reason_exactly_when_nothing_goes_out(
    due: date, offset: int, snooze: int | None
) -> None:
    today = due + timedelta(days=offset)
    until = due + timedelta(days=snooze) if snooze is not None else None
    facts = replace(FACTS, due_on=due, snoozed_until=until)
    goes_out = newest(facts, today) is not None and CALENDAR.is_working_day(today)
    assert (reason(facts, today) is None) == goes_out
