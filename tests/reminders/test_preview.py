"""Who would be asked what on a day, and why the others would not."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlmodel import func, select

from reminders import updates
from reminders.policy import DEFAULT_STAGES, Reason, Silence
from reminders.preview import Preview, preview, reason_words
from storage.database import Database
from storage.people import Role
from storage.plans import Nudge
from tests.reminders.small_plan import CALENDAR, SmallPlan, nine

FRIDAY = date(2023, 12, 1)
DUE = date(2023, 12, 31)


@pytest.fixture
def plan(database: Database) -> Iterator[SmallPlan]:
    with database.writing() as db:
        yield SmallPlan.start(db)


@pytest.fixture
def asha(plan: SmallPlan) -> int:
    return plan.person("Asha")


def on(plan: SmallPlan, day: date) -> Preview:
    return preview(plan.db, on=day, calendar=CALENDAR, stages=DEFAULT_STAGES)


def why(found: Preview) -> dict[str, str]:
    return {one.ref: one.why for one in found.silent}


def test_it_says_who_would_be_asked_what_where_and_why(plan: SmallPlan, asha: int) -> None:
    plan.action("1.2", DUE, people=[asha])
    plan.action("1.5", date(2023, 11, 24), people=[asha])
    (person,) = on(plan, FRIDAY).would
    assert (person.person, person.platform, person.unreachable) == ("Asha", "console", "")
    assert [(one.ref, one.stage, one.why) for one in person.actions] == [
        ("1.2", "30d", "Due on 31 December 2023: asked 30 days before."),
        ("1.5", "+1w", "Was due on 24 November 2023: asked weekly, week 1."),
    ]


def test_it_writes_nothing(plan: SmallPlan, asha: int) -> None:
    plan.action("1.2", DUE, people=[asha])
    ongoing = plan.action("1.4", deadline_kind="ongoing", people=[asha])
    assert len(on(plan, FRIDAY).would) == 1
    assert plan.db.exec(select(func.count()).select_from(Nudge)).one() == 0
    assert plan.queued("nudges") == []
    assert plan.read(ongoing).review_on is None


def test_it_works_in_a_view_that_cannot_write(database: Database) -> None:
    with database.writing() as db:
        plan = SmallPlan.start(db)
        plan.action("1.2", DUE, people=[plan.person("Asha")])
    with database.reading() as db:
        assert len(preview(db, on=FRIDAY, calendar=CALENDAR).would) == 1


def test_what_it_shows_is_what_the_round_asks(plan: SmallPlan, asha: int) -> None:
    ben = plan.person("Ben")
    for n, due in enumerate((DUE, date(2024, 1, 15), date(2023, 10, 1), date(2024, 9, 1))):
        plan.action(f"1.{n}", due, people=[asha, ben][: n % 2 + 1])
    plan.action("1.8", deadline_kind="ongoing", people=[ben])
    for day in (FRIDAY, date(2023, 12, 14), date(2023, 12, 15)):
        shown = {
            (one.action_id, one.stage, person.person_id)
            for person in on(plan, day).would
            for one in person.actions
        }
        plan.round(day)
        rows = plan.db.exec(
            select(Nudge.action_id, Nudge.stage, Nudge.person_id).where(Nudge.queued_on == day)
        )
        assert shown == set(rows.all())
        assert on(plan, day).would == ()


def test_somebody_who_cannot_be_reached_is_shown_with_the_reason(plan: SmallPlan) -> None:
    plan.action("1.2", DUE, people=[plan.person("Lost", reached=False)])
    plan.action("1.5", DUE, bodies=[plan.body("QA sub-group")])
    found = on(plan, FRIDAY)
    assert [(one.person, one.platform) for one in found.would] == [
        ("Lost", ""),
        ("QA sub-group", ""),
    ]
    assert {one.unreachable for one in found.would} == {
        "No address is known where they can be reached."
    }


def test_every_silence_has_its_reason_in_plain_words(plan: SmallPlan, asha: int) -> None:
    manager = plan.person("Maya", Role.MANAGER)
    plan.action("1.1", date(2022, 12, 31), people=[asha], status="complete")
    handed = plan.action("1.3", DUE, people=[asha])
    plan.action("1.4", deadline_kind="ongoing", people=[asha])
    plan.action("1.6", DUE, people=[asha], snoozed_until=date(2023, 12, 20))
    replied = plan.action("1.7", DUE, people=[asha])
    plan.action("2.2", DUE, people=[asha], needs_review=True)
    plan.action("3.2", DUE)
    plan.action("4.1", date(2024, 1, 31), people=[asha])
    plan.action("5.1", DUE, people=[asha], retired_on=FRIDAY)
    when: dict[str, Any] = {"now": nine(FRIDAY), "today": FRIDAY}
    updates.hand_over(plan.db, action_id=handed, person_id=asha, **when)
    updates.nothing_new(plan.db, action_ids=[replied], person_id=manager, **when)
    found = on(plan, FRIDAY)
    assert found.would == ()
    assert why(found) == {
        "1.1": "It is complete.",
        "1.3": "They said that it is not theirs; a manager has to say whose it is.",
        "1.4": "Not due yet. Next on 14 December 2023.",
        "1.6": "Put off until 20 December 2023.",
        "1.7": "Answered on 1 December 2023. Next on 15 December 2023.",
        "2.2": "The import could not settle it; a manager has to.",
        "3.2": "It has no lead.",
        "4.1": "Not due yet. Next on 29 December 2023.",
        "5.1": "No longer in the plan.",
    }


def test_after_the_round_it_says_that_they_were_asked(plan: SmallPlan, asha: int) -> None:
    plan.action("1.2", DUE, people=[asha])
    plan.round(FRIDAY)
    assert why(on(plan, FRIDAY)) == {"1.2": "Asked on 1 December 2023. Next on 15 December 2023."}
    plan.rounds(FRIDAY, DUE)
    assert why(on(plan, DUE)) == {"1.2": "Asked 3 times without an answer; a person takes over."}


def test_on_a_closed_day_nobody_would_be_asked(plan: SmallPlan, asha: int) -> None:
    plan.action("1.2", DUE, people=[asha])
    found = on(plan, date(2023, 12, 25))
    assert (found.closed, found.would) == (True, ())
    assert why(found) == {"1.2": "Not a working day. Next on 27 December 2023."}


@pytest.mark.parametrize("silence", list(Silence))
def test_no_reason_is_without_words(silence: Silence) -> None:
    params: dict[str, date | int | str] = {
        "status": "complete",
        "reach": "gone",
        "unanswered": 3,
        "on": DUE,
        "until": DUE,
    }
    words = reason_words(Reason(silence, params))
    assert words.endswith(".")
    assert "None" not in words
