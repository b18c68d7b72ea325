"""The plan as a list: what is filtered in the database is what the rules in Python say."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from digests.plan_board import PAGE, Wanted, plan_board
from digests.plan_columns import Scope, colour_on, is_exception, is_overdue
from digests.timeline import deadlines
from reminders.action_views import kind_of, status_of
from reminders.deadlines import DeadlineKind
from reminders.policy import Status
from reminders.recipients import spoken_for_among
from reminders.standing import DateStatus, colour, computed_status
from storage.people import Role
from storage.plans import Action, ActionChange, Priority
from tests.reminders.small_plan import SmallPlan, nine

TODAY = date(2024, 1, 15)
ALL = Scope(0, everything=True)


def _refs(db: Session, scope: Scope = ALL, **wanted: object) -> list[str]:
    found = plan_board(db, scope, Wanted(**wanted), today=TODAY)  # type: ignore[arg-type]
    return [row.ref for row in found.rows]


def _everything(plan: SmallPlan) -> None:
    """An action of every status, kind and side of today; and a status that nobody knows."""
    days = (None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=40))
    cases = product([*(one.value for one in Status), "of another age"], DeadlineKind, days)
    for number, (status, kind, day) in enumerate(cases):
        plan.action(f"{number}", day, status=status, deadline_kind=kind.value)


def test_the_colour_in_the_database_is_the_colour_of_the_rules(session: Session) -> None:
    plan = SmallPlan.start(session)
    _everything(plan)
    query = select(Action, colour_on(TODAY), is_overdue(TODAY), is_exception(TODAY))
    for action, shade, late, exception in session.exec(query):
        status, kind = status_of(action.status), kind_of(action.deadline_kind)
        computed = computed_status(action.due_on, kind, status, today=TODAY)
        here = f"{action.status} {action.deadline_kind} {action.due_on}"
        assert shade == colour(status, computed).value, here
        assert bool(late) is (computed is DateStatus.OVERDUE), here
        looks_bad = shade in ("red", "amber") or status is Status.WAITING
        assert bool(exception) is looks_bad, here


def test_filters_are_told_apart_and_go_together(session: Session) -> None:
    plan = SmallPlan.start(session)
    board, sam = plan.body("Neglect Board"), plan.person("Sam Okafor")
    priority = Priority(plan_id=plan.plan_id, ref="1", title="Neglect")
    session.add(priority)
    session.flush()
    late = TODAY - timedelta(days=3)
    plan.action("1.1", late, bodies=[board], priority_id=priority.id, text="Train 100% of staff")
    plan.action("1.2", TODAY + timedelta(days=10), people=[sam], outcome="Fewer visits")
    moved = plan.action("1.3", TODAY + timedelta(days=60), status="at_risk")
    plan.action("1.4", status="complete", text="École")
    change: dict[str, Any] = {"field": "due_on", "before": "2023-01-01", "after": "2024-03-15"}
    session.add(ActionChange(action_id=moved, at=nine(TODAY), **change))
    session.flush()
    assert _refs(session) == ["1.1", "1.2", "1.3", "1.4"]
    assert _refs(session, group=board) == ["1.1"]
    assert _refs(session, lead=sam) == ["1.2"]
    assert _refs(session, priority=priority.id) == ["1.1"]
    assert _refs(session, colour="red") == ["1.1"]
    assert _refs(session, colour="blue") == ["1.4"]
    assert _refs(session, due="overdue") == ["1.1"]
    assert _refs(session, due="14") == ["1.2"]
    assert _refs(session, due="90") == ["1.2", "1.3"]
    assert _refs(session, due="none") == ["1.4"]
    assert _refs(session, due="moved") == ["1.3"]
    assert _refs(session, words="STAFF train") == ["1.1"]
    assert _refs(session, words="100%") == ["1.1"]
    assert _refs(session, words="%") == ["1.1"], "a sign of the database is a letter like others"
    assert _refs(session, words="neglect board") == ["1.1"]
    assert _refs(session, words="okafor visits") == ["1.2"]
    assert _refs(session, words="École") == ["1.4"]
    assert _refs(session, words="nothing of the kind") == []
    assert _refs(session, by_date=True) == ["1.1", "1.2", "1.3", "1.4"]
    assert _refs(session, group=board, colour="green") == []


def test_each_sees_what_they_speak_for_and_executives_what_needs_a_look(session: Session) -> None:
    plan = SmallPlan.start(session)
    sam, ines = plan.person("Sam"), plan.person("Ines", Role.EXECUTIVE)
    board = plan.body("Board", chair_person_id=plan.person("Chair"))
    own = plan.action("1.1", TODAY + timedelta(days=100), people=[sam], status="on_track")
    plan.action("1.2", TODAY + timedelta(days=100), bodies=[board], status="on_track")
    plan.action("1.3", TODAY - timedelta(days=1), bodies=[board], status="on_track")
    assert _refs(session, Scope(sam)) == ["1.1"]
    assert _refs(session, Scope(ines, exceptions=True)) == ["1.3"]
    assert spoken_for_among(session, sam, [own]) == {own}
    found = plan_board(session, Scope(sam), Wanted(), today=TODAY)
    assert found.groups == (), "what they may not see gives no name away"
    assert [one.name for one in found.leads] == ["Sam"]
    assert found.colours == {"green": 1}


def test_what_a_newer_plan_goes_on_with_is_listed_there_alone(session: Session) -> None:
    old = SmallPlan.start(session)
    first, gone = old.action("1.1"), old.action("1.9", retired_on=TODAY)
    new = SmallPlan.start(session, "Next Plan")
    new.action("A", carried_from_id=first)
    assert _refs(session) == ["A"]
    assert _refs(session, plan=old.plan_id) == ["1.1"]
    assert gone not in [row.id for row in plan_board(session, ALL, Wanted(), today=TODAY).rows]


def test_five_thousand_actions_are_a_few_queries_and_a_page(session: Session) -> None:
    plan = SmallPlan.start(session)
    session.add_all(
        Action(
            plan_id=plan.plan_id,
            ref=f"{number}",
            text=f"Action {number}",
            due_on=TODAY + timedelta(days=number % 400 - 100),
            deadline_kind="date",
            position=number,
        )
        for number in range(5000)
    )
    session.flush()
    asked: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
    found = plan_board(session, ALL, Wanted(page=100), today=TODAY)
    assert (found.total, found.pages, found.page) == (5000, 100, 100)
    assert len(found.rows) == PAGE
    assert found.rows[-1].ref == "4999"
    assert found.colours["red"] == found.overdue
    assert len(asked) <= 8, asked
    beyond = plan_board(session, ALL, Wanted(page=10**8), today=TODAY)
    assert beyond.page == 100
    drawn = deadlines(session, ALL, Wanted(), today=TODAY)
    assert sum(part.count for part in drawn.parts) + drawn.left_out == 5000


@pytest.mark.parametrize("words", ["", "a'; drop table action", "\\", "_", "x" * 100])
def test_words_that_look_like_something_else_are_words(session: Session, words: str) -> None:
    plan = SmallPlan.start(session)
    plan.action("1.1", text="plain")
    assert _refs(session, words=words) == (["1.1"] if not words else [])
    assert session.exec(select(Action.ref).where(col(Action.ref) == "1.1")).all() == ["1.1"]


def test_the_timeline_holds_today_and_every_day_it_draws(session: Session) -> None:
    plan = SmallPlan.start(session)
    first = plan.read(plan.action("1.1", date(2022, 3, 31)))
    first.first_due_on = date(2021, 12, 31)
    session.add(first)
    session.flush()
    plan.action("1.2", date(2025, 3, 31))
    plan.action("1.3")
    found = deadlines(session, ALL, Wanted(), today=TODAY)
    (part,) = found.parts
    assert (part.drawing.starts, part.drawing.ends) == (date(2021, 12, 1), date(2025, 3, 31))
    assert [moment.label for moment in part.drawing.moments] == ["1.1", "1.2"]
    assert found.undated == 1
    assert deadlines(session, ALL, Wanted(words="nothing"), today=TODAY).parts == ()
