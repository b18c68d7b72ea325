"""A close-the-loop meeting: what is entered in it is done in the plan, and becomes its minutes."""

from datetime import date

import pytest
from sqlmodel import Session, col, select

from digests import editions, minute_taking
from digests.action_details import details
from digests.minute_taking import Said
from digests.minutes import gather, pack_of
from digests.minutes_paper import paper
from digests.pack_items import Item, Sort
from digests.paper_formats import draw
from digests.period import Period
from digests.themes import Refused
from reminders.recipients import NotAllowed
from storage.audit import AuditEntry
from storage.editions import EditionState
from storage.meetings import Meeting, Minute, Outcome
from storage.people import Person, Role
from storage.plans import Action, Body, Escalation, Update
from tests.digests.seeded import CALENDAR, NOW, Seeded

TODAY = CALENDAR.local_date(NOW)


@pytest.fixture
def manager(session: Session, rochdale: Seeded) -> int:
    found = session.get_one(Person, rochdale.people["Business Manager"])
    found.roles = [Role.MANAGER.value]
    session.add(found)
    session.flush()
    return rochdale.people["Business Manager"]


@pytest.fixture
def meeting(session: Session, manager: int) -> Meeting:
    return minute_taking.open_meeting(
        session,
        subject="",
        held_on=TODAY,
        title="January",
        person_id=manager,
        now=NOW,
        calendar=CALENDAR,
    )


def item(session: Session, meeting: Meeting, sort: Sort) -> Item:
    pack = pack_of(session, meeting)
    assert pack is not None
    return pack.of(sort)[0]


def enter(session: Session, meeting: Meeting, person_id: int, said: Said) -> Minute | None:
    return minute_taking.minute(session, meeting, said, person_id=person_id, now=NOW, today=TODAY)


def minutes_text(session: Session, meeting: Meeting) -> str:
    period = Period.quarter_of(meeting.held_on)
    view = gather(session, period, subject=str(meeting.id), now=NOW, calendar=CALENDAR)
    return draw(paper(view), "md")


def test_a_meeting_of_a_group_and_a_day_is_opened_once(
    session: Session, meeting: Meeting, manager: int
) -> None:
    again = minute_taking.open_meeting(
        session,
        subject="",
        held_on=TODAY,
        title="Once more",
        person_id=manager,
        now=NOW,
        calendar=CALENDAR,
    )
    assert (again.id, again.title) == (meeting.id, "January")


def test_a_date_that_the_meeting_agrees_moves_the_action_and_counts_as_one_move(
    session: Session, rochdale: Seeded, meeting: Meeting, manager: int
) -> None:
    asked = item(session, meeting, Sort.DATE)
    enter(session, meeting, manager, Said(asked.key, Outcome.DECIDED, "agreed with the schools"))
    action = session.get_one(Action, rochdale.actions["1.2"])
    assert (action.due_on, action.first_due_on) == (date(2024, 2, 29), date(2023, 12, 31))
    found = details(
        session,
        [action.id or 0],
        before=CALENDAR.at_local(date(2024, 2, 1), NOW.time()),
        calendar=CALENDAR,
    )
    assert found[action.id or 0].moves == 1
    assert "Business Manager" in found[action.id or 0].agreed_by
    assert "decided | agreed with the schools" in minutes_text(session, meeting)


def test_another_day_than_was_asked_for_is_moved_to_and_the_old_wish_is_overtaken(
    session: Session, rochdale: Seeded, meeting: Meeting, manager: int
) -> None:
    asked, to = item(session, meeting, Sort.DATE), date(2024, 4, 30)
    enter(session, meeting, manager, Said(asked.key, Outcome.MOVED_TO, "", to))
    assert session.get_one(Action, rochdale.actions["1.2"]).due_on == to
    newest = session.exec(
        select(Update)
        .where(Update.action_id == rochdale.actions["1.2"])
        .order_by(col(Update.id).desc())
    ).first()
    assert newest is not None
    assert (newest.how, newest.date_agreed_by_id) == (minute_taking.MEETING, manager)
    assert "moved to 30 April 2024" in minutes_text(session, meeting)


def test_a_completion_that_is_closed_is_accepted(
    session: Session, rochdale: Seeded, meeting: Meeting, manager: int
) -> None:
    asked = item(session, meeting, Sort.COMPLETION)
    enter(session, meeting, manager, Said(asked.key, Outcome.CLOSED))
    assert session.get_one(Action, rochdale.actions["4.3"]).status == "complete"


def test_an_escalation_that_is_decided_is_approved_and_by_a_manager_alone(
    session: Session, rochdale: Seeded, meeting: Meeting, manager: int
) -> None:
    asked = item(session, meeting, Sort.ESCALATION)
    with pytest.raises(NotAllowed):
        enter(session, meeting, rochdale.people["Sam Okafor"], Said(asked.key, Outcome.DECIDED))
    enter(session, meeting, manager, Said(asked.key, Outcome.DECIDED))
    row = session.exec(select(Escalation)).one()
    assert (row.approved, row.decided_by_id) == (True, manager)


def test_what_is_noted_changes_nothing_in_the_plan(
    session: Session, rochdale: Seeded, meeting: Meeting, manager: int
) -> None:
    before = session.get_one(Action, rochdale.actions["3.3"]).model_dump()
    asked = item(session, meeting, Sort.BLOCKED)
    enter(session, meeting, manager, Said(asked.key, Outcome.NOTED, "wait for the council"))
    assert session.get_one(Action, rochdale.actions["3.3"]).model_dump() == before


def test_a_later_line_about_the_same_thing_takes_its_place_and_both_are_kept(
    session: Session, meeting: Meeting, manager: int
) -> None:
    asked = item(session, meeting, Sort.BLOCKED)
    enter(session, meeting, manager, Said(asked.key, Outcome.NOTED, "first words"))
    enter(session, meeting, manager, Said(asked.key, Outcome.DECIDED, "second words"))
    assert (
        enter(session, meeting, manager, Said(asked.key, Outcome.DECIDED, "second words")) is None
    )
    text = minutes_text(session, meeting)
    assert "second words" in text
    assert "first words" not in text
    assert len(session.exec(select(Minute)).all()) == 2


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Said("date:999", Outcome.NOTED), "not on the paper"),
        (Said("", Outcome.NOTED), "Write in a line"),
        (Said("", Outcome.MOVED_TO, "later"), "Give the day"),
    ],
)
def test_what_cannot_be_entered_is_refused_with_what_to_do(
    session: Session, meeting: Meeting, manager: int, said: Said, problem: str
) -> None:
    with pytest.raises(Refused, match=problem):
        enter(session, meeting, manager, said)


def test_an_ended_meeting_never_changes_and_its_minutes_are_kept(
    session: Session, meeting: Meeting, manager: int
) -> None:
    enter(session, meeting, manager, Said("", Outcome.DECIDED, "Write to the ICB", lead="Sam"))
    minute_taking.attended(
        session, meeting, present="Police, NHS", apologies="", person_id=manager, now=NOW
    )
    kept = minute_taking.end(session, meeting, person_id=manager, now=NOW, calendar=CALENDAR)
    assert (kept.kind, kept.state) == ("minutes", EditionState.APPROVED)
    text = draw(editions.paper_of(kept), "md")
    assert "Sam: Write to the ICB" in text
    assert "Police, NHS" in text
    with pytest.raises(Refused, match="has ended"):
        enter(session, meeting, manager, Said("", Outcome.NOTED, "too late"))
    acts = set(session.exec(select(AuditEntry.act)).all())
    assert {"meeting.open", "meeting.attendance", "meeting.decided", "meeting.end"} <= acts


def test_the_group_meets_next_on_the_day_that_was_given(session: Session, manager: int) -> None:
    held = minute_taking.open_meeting(
        session,
        subject="qa",
        held_on=TODAY,
        title="",
        person_id=manager,
        now=NOW,
        calendar=CALENDAR,
    )
    with pytest.raises(Refused, match="after this one"):
        minute_taking.end(
            session, held, person_id=manager, now=NOW, calendar=CALENDAR, next_meeting=TODAY
        )
    session.refresh(held)
    minute_taking.end(
        session,
        held,
        person_id=manager,
        now=NOW,
        calendar=CALENDAR,
        next_meeting=date(2024, 4, 16),
    )
    body = session.exec(select(Body).where(Body.key == "qa")).one()
    assert body.next_meeting == date(2024, 4, 16)


def test_minutes_name_what_was_not_reached(session: Session, meeting: Meeting) -> None:
    text = minutes_text(session, meeting)
    assert "Not reached" in text
    assert "Nothing was entered." in text
    assert "4.3 Evaluate the missing procedures" in text
