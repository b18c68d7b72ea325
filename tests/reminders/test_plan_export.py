"""A stored plan given back as rows and looked at: nothing of the file is lost on the way."""

import json
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from reminders.plan_export import NoSuchPlan, export, show
from reminders.plan_file import read_plan
from reminders.plan_import import import_file
from reminders.plan_rows import (
    ContactRow,
    CycleRow,
    Figure,
    IndicatorRow,
    PlanRows,
    PriorityRow,
    SurveyRow,
)
from reminders.plan_workbook import write_plan
from reminders.review import confirm_review
from storage.database import Database
from storage.people import Person
from storage.plans import ActionLead
from tests.reminders.plans_made import (
    CALENDAR,
    EXAMPLES,
    NURSE,
    TODAY,
    action,
    bring_in,
    plan,
    stored,
)


def differing(one: PlanRows, other: PlanRows) -> list[str]:
    """The parts of two plans that are not the same."""
    return [
        part.name
        for part in fields(PlanRows)
        if part.compare and getattr(one, part.name) != getattr(other, part.name)
    ]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_an_example_plan_goes_in_and_comes_out_as_it_was(
    database: Database, now: datetime, tmp_path: Path, path: Path
) -> None:
    rows, _ = read_plan(path)
    assert rows is not None
    with database.writing() as db:
        result = import_file(db, path, now=now, today=TODAY, calendar=CALENDAR)
        assert result.plan_id is not None
        out = export(db, result.plan_id)
        write_plan(out, tmp_path / "out.xlsx")
        assert differing(rows, out) == []
        back = import_file(db, tmp_path / "out.xlsx", now=now, today=TODAY, calendar=CALENDAR)
        assert back.plan_id == result.plan_id
        assert back.changed_nothing
    again, issues = read_plan(tmp_path / "out.xlsx")
    assert again == rows
    assert issues == []


def test_every_kind_of_row_survives(database: Database, now: datetime) -> None:
    body = replace(plan().bodies[0], contact="a@example.org", next_meeting=date(2024, 1, 9))
    told = action(
        "1.1",
        leads=("qa", "nurse"),
        deadline=date(2024, 3, 31),
        deadline_kind="date",
        status="blocked",
        note="As printed",
        follows="1.2",
        lead_printed="QA / nurse",
    )
    loose = action("1.2", deadline_printed="", deadline_kind="none")
    rows = plan(
        told,
        replace(loose, priority="9.9", review=True, review_reasons=("Odd.",), alternatives=("x",)),
        bodies=(body,),
        people=(replace(NURSE, bodies=("qa",), platform="slack", language="pl", note="Post"),),
        priorities=(PriorityRow("1.0", "Neglect", "qa", note="Split over two lines"),),
        kind="strategy",
        indicators=(
            IndicatorRow(
                "I1",
                "Attendance",
                "1.0",
                "increase",
                current=Figure("74", "%", "2022"),
                target=Figure("85", "%"),
                numerator=1328,
                denominator=1719,
                computed_value="77.3",
                monitored_by=("qa",),
                review=True,
            ),
        ),
        cycles=(CycleRow("Board", "quarterly", "qa", "Mostly"),),
        surveys=(SurveyRow("S1", "children", questions=("How was it?", "And now?")),),
        contacts=(ContactRow("worried about a child", "0300 303 0440"),),
        notes=("One.", "Two."),
    )
    with database.writing() as db:
        result = bring_in(db, rows, now)
        assert result.plan_id is not None
        assert differing(rows, export(db, result.plan_id)) == []


def test_what_people_changed_since_is_in_the_export_and_importing_it_changes_nothing(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    with database.writing() as db:
        rows = plan(action("1.1"), action("1.2"), action("2.2", deadline_printed="31 Feb"))
        result = bring_in(db, rows, now)
        assert result.plan_id is not None
        one, doubtful = stored(db, "1.1"), stored(db, "2.2")
        one.due_on, one.status, one.status_at = date(2024, 5, 31), "waiting", now
        sam = Person(name="Sam", agency="Police", roles=["manager"])
        db.add(sam)
        db.flush()
        assert doubtful.id is not None
        assert sam.id is not None
        confirm_review(db, action_id=doubtful.id, person_id=sam.id, now=now, today=TODAY)
        lead = db.exec(select(ActionLead).where(ActionLead.action_id == one.id)).one()
        lead.body_id, lead.person_id = None, sam.id
        db.flush()
        out = export(db, result.plan_id)
        assert out.actions[0].deadline == date(2024, 5, 31)
        assert out.actions[0].status == "blocked"
        assert out.actions[0].leads == ("sam",)
        assert [row.post for row in out.people] == ["Designated Nurse", "Sam"]
        assert out.actions[2].deadline_kind == "none"
        write_plan(out, tmp_path / "out.xlsx")
        again = import_file(db, tmp_path / "out.xlsx", now=now, today=TODAY, calendar=CALENDAR)
        assert again.plan_id == result.plan_id
        assert again.counts["changed"] == again.counts["needs_review"] == 0
        assert lead.person_id == sam.id


def test_retired_actions_are_left_out(database: Database, now: datetime) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1"), action("1.2")), now)
        result = bring_in(db, plan(action("1.1")), now)
        assert result.plan_id is not None
        assert [row.ref for row in export(db, result.plan_id).actions] == ["1.1"]
        view = show(db, result.plan_id, today=TODAY)
        assert view is not None
        assert view.retired == ("1.2",)


def test_a_plan_that_is_not_there_is_said_so(database: Database) -> None:
    with database.reading() as db:
        assert show(db, 7, today=TODAY) is None
        with pytest.raises(NoSuchPlan, match="no plan 7"):
            export(db, 7)


def test_a_view_says_who_leads_how_it_stands_and_what_waits(
    database: Database, now: datetime
) -> None:
    rows = plan(
        action("1.1", deadline_printed="Oct-23", leads=("qa", "nurse")),
        action("1.2", leads=(), deadline_printed="ongoing"),
        replace(action("1.3", deadline_printed="31 Feb"), priority=""),
    )
    with database.writing() as db:
        result = bring_in(db, rows, now)
        assert result.plan_id is not None
        view = show(db, result.plan_id, today=TODAY)
    assert view is not None
    late, nobody, doubtful = view.actions
    assert late.leads == ("Quality Assurance Subgroup", "Designated Nurse")
    assert (late.computed.value, late.colour.value, late.days_overdue) == ("overdue", "red", 31)
    assert view.no_lead == (nobody,)
    assert view.needs_review == (doubtful,)
    assert "February" in doubtful.review_reasons[0]
    assert [(one.ref, len(one.actions)) for one in view.priorities] == [("1.0", 2), ("", 1)]
    shape = json.loads(json.dumps(view.to_json()))
    assert shape["no_lead"] == ["1.2"]
    assert shape["priorities"][0]["actions"][0]["due_on"] == "2023-10-31"
