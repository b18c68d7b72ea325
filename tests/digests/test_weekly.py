from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from digests import weekly
from digests.period import Period
from digests.render import Format, render
from digests.themes import Refused
from digests.weekly_view import WeeklyDigest
from reminders.policy import Status
from reminders.standing import Colour, DateStatus
from storage.break_glass import BreakGlass
from storage.concerns import ReviewEvent, ReviewItem, ReviewState
from storage.plans import Action, ActionChange, Nudge, Partnership, Plan, Update
from storage.surveys import Answer
from surveys.concerns.alerting import MANAGERS_TOLD, NOT_DELIVERED
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded, at


def digest(session: Session, period: Period = WEEK, most: int = 10) -> WeeklyDigest:
    return weekly.gather(session, period, now=NOW, calendar=CALENDAR, most=most)


def moved(action_id: int, when: datetime) -> ActionChange:
    return ActionChange(
        action_id=action_id, at=when, field="due_on", before="2023-12-31", after="2024-03-31"
    )


def refs(rows: tuple[object, ...]) -> list[str]:
    return [row.ref for row in rows]  # type: ignore[attr-defined]


def test_overdue_leaves_out_what_is_finished_retired_in_doubt_or_ongoing(
    session: Session, rochdale: Seeded
) -> None:
    found = digest(session).overdue
    assert refs(found.rows) == ["1.2", "1.5"]
    assert [row.days for row in found.rows] == [14, 9]


def test_reported_and_computed_status_stand_side_by_side(
    session: Session, rochdale: Seeded
) -> None:
    late = digest(session).overdue.rows[1]
    assert (late.reported, late.computed, late.colour) == (
        Status.ON_TRACK,
        DateStatus.OVERDUE,
        Colour.RED,
    )


def test_an_overdue_action_tells_its_first_date_its_moves_and_who_agreed(
    session: Session, rochdale: Seeded
) -> None:
    late = digest(session).overdue.rows[1]
    assert (late.first_due, late.due, late.moves) == (date(2023, 12, 31), date(2024, 1, 5), 1)
    assert late.agreed_by == ("Business Manager",)
    assert late.leads == ("The Quality Assurance Sub-group",)
    assert late.last_word is not None
    assert (late.last_word.on, late.last_word.who) == (date(2023, 12, 20), "Sam Okafor")


def test_an_action_due_on_the_last_day_is_due_and_not_overdue(
    session: Session, rochdale: Seeded
) -> None:
    action = session.get(Action, rochdale.actions["1.3"])
    assert action is not None
    action.due_on = WEEK.end
    session.add(action)
    session.flush()
    found = digest(session)
    assert "1.3" not in refs(found.overdue.rows)
    assert found.due_14.rows[0].ref == "1.3"
    assert found.due_14.rows[0].days == 0


def test_fourteen_and_thirty_days_do_not_overlap(session: Session, rochdale: Seeded) -> None:
    found = digest(session)
    assert refs(found.due_14.rows) == ["3.3"]
    assert refs(found.due_30.rows) == ["3.4", "4.3"]


def test_changes_tell_who_said_what_and_the_status_before_and_after(
    session: Session, rochdale: Seeded
) -> None:
    change = digest(session).changed.rows[-1]
    assert (change.ref, change.who, change.note) == (
        "1.2",
        "Designated Nurse",
        "two schools have not replied",
    )
    assert (change.before, change.after) == (Status.ON_TRACK, Status.AT_RISK)


def test_a_corrected_word_is_not_reported_twice(session: Session, rochdale: Seeded) -> None:
    wrong = session.exec(select(Update).where(col(Update.status) == "waiting")).one()
    right = Update(
        action_id=wrong.action_id,
        person_id=wrong.person_id,
        at=wrong.at + timedelta(hours=1),
        status="on_track",
        corrects_id=wrong.id,
    )
    seeded.add(session, right)
    said = [row.after for row in digest(session).changed.rows if row.ref == "3.3"]
    assert said == [Status.ON_TRACK]


def test_a_date_that_moved_this_week_is_a_change(session: Session, rochdale: Seeded) -> None:
    seeded.add(session, moved(rochdale.actions["1.3"], at(1, 9)))
    row = next(row for row in digest(session).changed.rows if row.ref == "1.3")
    assert (row.moved_from, row.moved_to) == (date(2023, 12, 31), date(2024, 3, 31))


def test_somebody_asked_yesterday_is_not_called_silent(session: Session, rochdale: Seeded) -> None:
    for nudge in session.exec(select(Nudge)).all():
        nudge.queued_on = date(2024, 1, 12)
        nudge.stage = f"{nudge.id}"
        session.add(nudge)
    session.flush()
    assert digest(session).silent.total == 0


def test_silence_counts_every_unanswered_reminder_until_a_reply(
    session: Session, rochdale: Seeded
) -> None:
    row = digest(session).silent.rows[0]
    assert (row.who, row.asked, row.last_asked) == ("Sam Okafor", 3, date(2024, 1, 12))
    action = session.get(Action, rochdale.actions["1.5"])
    assert action is not None
    action.last_reply_on = date(2024, 1, 13)
    session.add(action)
    session.flush()
    assert digest(session).silent.total == 0


def test_decisions_are_what_is_blocked_proposed_reported_complete_or_to_be_approved(
    session: Session, rochdale: Seeded
) -> None:
    kinds = {(row.ref, row.kind) for row in digest(session).decisions.rows}
    assert kinds == {
        ("1.2", "date"),
        ("3.3", "blocked"),
        ("4.3", "completion"),
        ("1.5", "escalation"),
    }


def test_doubtful_rows_give_their_reasons_and_missing_leads_are_named(
    session: Session, rochdale: Seeded
) -> None:
    doubts = {row.ref: (row.no_lead, row.reasons) for row in digest(session).doubtful.rows}
    assert doubts == {"2.2": (False, ("Two dates stand in one cell.",)), "3.2": (True, ())}


def test_who_cannot_be_reached_is_told_with_the_reason(session: Session, rochdale: Seeded) -> None:
    found = {(row.who, row.reason, row.actions) for row in digest(session).unreached.rows}
    assert found == {
        ("The Communication and Engagement Sub-group", "no_contact", 2),
        ("Head of Service", "no_address", 1),
        ("Ines Duarte", "gone", 1),
    }


def test_the_review_clock_counts_what_waits_and_what_is_past_its_time(
    session: Session, rochdale: Seeded
) -> None:
    line = digest(session).surveys[0]
    assert line.people == 45
    assert line.clock is not None
    assert (line.clock.kept, line.clock.waiting, line.clock.overdue) == (False, 2, 2)


def test_the_review_clock_is_kept_when_everything_was_read_in_time(
    session: Session, rochdale: Seeded
) -> None:
    for item in session.exec(
        select(ReviewItem).where(col(ReviewItem.state) == ReviewState.WAITING)
    ).all():
        item.acknowledged_at = item.received_at
        item.state = ReviewState.CLOSED
        session.add(item)
    session.flush()
    clock = digest(session).surveys[0].clock
    assert clock is not None
    assert (clock.kept, clock.received, clock.in_time, clock.waiting) == (True, 20, 20, 0)


def test_fewer_than_five_people_are_not_counted_out_loud(session: Session) -> None:
    rochdale = Seeded(people={"Priya Nair": seeded.person(session, "Priya Nair")})
    seeded.survey(session, rochdale, people=4)
    line = digest(session).surveys[0]
    assert line.people is None
    assert line.clock is not None
    assert line.clock.received is None


def test_colours_stand_beside_those_of_the_week_before(session: Session, rochdale: Seeded) -> None:
    found = digest(session)
    assert found.previous == WEEK.before()
    red = next(row for row in found.colours if row.colour is Colour.RED)
    assert (red.reported, red.computed) == (0, 2)
    amber = next(row for row in found.colours if row.colour is Colour.AMBER)
    assert (amber.reported_before, amber.reported) == (0, 1)


def test_before_anything_was_known_there_is_nothing_to_compare_with(
    session: Session, rochdale: Seeded
) -> None:
    first = Period(date(2023, 12, 1), date(2023, 12, 7))
    found = digest(session, first)
    assert found.previous is None
    assert {row.reported_before for row in found.colours} == {None}


def test_a_digest_of_a_past_week_stays_as_it_was_when_more_is_said(
    session: Session, rochdale: Seeded
) -> None:
    before = digest(session)
    later = Update(
        action_id=rochdale.actions["1.2"],
        person_id=rochdale.people["Designated Nurse"],
        at=at(1, 16),
        status="complete",
        note="done",
    )
    seeded.add(session, later)
    action = session.get(Action, rochdale.actions["1.2"])
    assert action is not None
    action.status = "complete"
    seeded.add(session, moved(action.id or 0, at(1, 16)))
    action.due_on = date(2024, 3, 31)
    session.add(action)
    session.flush()
    assert digest(session) == before


def test_meetings_are_those_still_to_come(session: Session, rochdale: Seeded) -> None:
    assert [row.on for row in digest(session).meetings.rows] == [
        date(2024, 1, 23),
        date(2024, 2, 6),
    ]


def test_an_empty_database_gives_a_digest_in_which_nothing_needs_anybody(session: Session) -> None:
    found = digest(session)
    assert (found.plans, found.actions, found.overdue.total, found.surveys) == ((), 0, 0, ())


def test_a_plan_that_is_not_there_is_refused(session: Session) -> None:
    with pytest.raises(Refused, match="no such plan"):
        weekly.gather(session, WEEK, now=NOW, calendar=CALENDAR, plan_ids=[7])


def test_two_plans_are_told_apart_by_name(session: Session, rochdale: Seeded) -> None:
    home = session.exec(select(Partnership.id)).one()
    second = Plan(
        partnership_id=home or 0, title="Next Plan", period_label="2024-26", imported_at=at(1, 2)
    )
    other = seeded.add(session, second)
    late = Action(plan_id=other, ref="1.2", text="Another 1.2", due_on=date(2024, 1, 12))
    seeded.add(session, late)
    rows = digest(session).overdue.rows
    assert {(row.plan, row.ref) for row in rows} >= {
        ("Strategic Plan 2022-24", "1.2"),
        ("Next Plan 2024-26", "1.2"),
    }


def test_an_action_that_was_carried_into_a_newer_plan_is_not_overdue_twice(
    session: Session, rochdale: Seeded
) -> None:
    home = session.exec(select(Partnership.id)).one()
    second = Plan(
        partnership_id=home or 0, title="Next Plan", period_label="2024-26", imported_at=at(1, 2)
    )
    carried = Action(
        plan_id=seeded.add(session, second),
        ref="1.1",
        text="Put the neglect strategy and tools to use",
        due_on=date(2023, 12, 31),
        carried_from_id=rochdale.actions["1.2"],
    )
    seeded.add(session, carried)
    rows = [(row.plan, row.ref) for row in digest(session).overdue.rows]
    assert rows == [("Next Plan 2024-26", "1.1"), ("Strategic Plan 2022-24", "1.5")]


def test_twelve_hundred_actions_take_no_more_queries_than_a_handful(
    session: Session, rochdale: Seeded
) -> None:
    few = queries(session)
    session.add_all(
        Action(
            plan_id=rochdale.plan,
            ref=f"x{number}",
            text="One of many",
            due_on=date(2023, 12, 1),
            first_due_on=date(2023, 12, 1),
        )
        for number in range(1200)
    )
    session.flush()
    found = digest(session)
    assert (found.overdue.total, len(found.overdue.rows), found.overdue.more) == (1202, 10, 1192)
    assert queries(session) == few


def queries(session: Session) -> int:
    statements: list[str] = []

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    digest(session)
    event.remove(engine, "before_cursor_execute", note)
    assert not any(Answer.__tablename__ in one and "answer.words" in one for one in statements)
    assert not any("review_item.words" in one for one in statements)
    return len(statements)


def test_what_nobody_heard_of_and_what_nobody_looked_at_is_said_in_every_form(
    session: Session, rochdale: Seeded
) -> None:
    quiet = digest(session)
    assert (quiet.unheard, quiet.emergencies) == (0, 0)
    items = session.exec(select(ReviewItem)).all()[:2]
    person_id = rochdale.people["Priya Nair"]
    for item in items:
        for what in (MANAGERS_TOLD, NOT_DELIVERED):
            session.add(ReviewEvent(item_id=item.id or 0, at=NOW - timedelta(days=1), what=what))
    begins = NOW - timedelta(days=1)
    glass = BreakGlass(
        person_id=person_id,
        role="manager",
        reason="a secret reason",
        begins=begins,
        ends=begins + timedelta(hours=1),
    )
    session.add(glass)
    session.flush()
    loud = digest(session)
    assert (loud.unheard, loud.emergencies) == (2, 1)
    kinds: tuple[Format, ...] = ("html", "md", "text")
    for kind in kinds:
        said = render(loud, kind)
        assert "Of 2 urgent texts nobody who was alerted heard in time" in said
        assert "opened in an emergency once" in said
        assert "secret" not in said
        assert "nobody who was alerted" not in render(quiet, kind)
    glass.seen_by_id, glass.seen_at = person_id, NOW
    session.flush()
    assert digest(session).emergencies == 0
