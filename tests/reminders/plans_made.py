"""Plans for the tests of importing: a partnership, two subgroups, and actions in a line each."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from reminders.plan_import import ImportPreview, ImportResult, apply, preview
from reminders.plan_rows import ActionRow, BodyRow, PersonRow, PlanRows, PriorityRow
from storage.calendar import Calendar
from storage.issues import Issue, Place
from storage.plans import Action, ActionChange

CALENDAR = Calendar()
TODAY = date(2023, 12, 1)
EXAMPLES = Path(__file__).parents[2] / "examples" / "plans"

BODIES = (BodyRow("qa", "Quality Assurance Subgroup", "subgroup"), BodyRow("comms", "Comms"))
NURSE = PersonRow("nurse", "Designated Nurse", "ICB", "nurse@example.org", ("lead",))


def action(ref: str, text: str = "", **more: Any) -> ActionRow:
    """An action of the quality assurance subgroup, due at the end of March 2024."""
    told: dict[str, Any] = {"leads": ("qa",), "deadline_printed": "Mar-24"} | more
    return ActionRow(ref, "1.0", text or f"Do what {ref} says", **told)


def plan(*actions: ActionRow, **more: Any) -> PlanRows:
    """The plan of 2022 to 2024 with these actions."""
    told: dict[str, Any] = {
        "slug": "rochdale",
        "name": "Rochdale Partnership",
        "title": "Strategic Plan",
        "period_label": "2022 - 2024",
        "period_start": date(2022, 4, 1),
        "period_end": date(2024, 3, 31),
        "bodies": BODIES,
        "people": (NURSE,),
        "priorities": (PriorityRow("1.0", "Neglect"),),
        "place": Place("plan.xlsx"),
    }
    return PlanRows(actions=actions, **(told | more))


def next_plan(*actions: ActionRow) -> PlanRows:
    """The plan after it."""
    return replace(
        plan(*actions),
        title="Next Plan",
        period_label="2024 - 2026",
        period_start=date(2024, 4, 1),
        period_end=date(2026, 3, 31),
    )


def look(db: Session, rows: PlanRows, issues: tuple[Issue, ...] = ()) -> ImportPreview:
    """What importing these rows would do."""
    return preview(db, rows, CALENDAR, today=TODAY, issues=issues)


def bring_in(
    db: Session, rows: PlanRows, now: datetime, issues: tuple[Issue, ...] = (), **more: Any
) -> ImportResult:
    """Import these rows."""
    found = look(db, rows, issues)
    return apply(db, found, now=now, today=TODAY, source_file="plan.xlsx", **more)


def stored(db: Session, ref: str, plan_id: int = 1) -> Action:
    """One stored action."""
    return db.exec(select(Action).where(Action.plan_id == plan_id, Action.ref == ref)).one()


def history(db: Session, ref: str) -> list[tuple[str, str, str]]:
    """What changed in an action: field, before, after."""
    changes = (
        select(ActionChange).join(Action).where(Action.ref == ref).order_by(col(ActionChange.id))
    )
    return [(one.field, one.before, one.after) for one in db.exec(changes)]


def snapshot(db: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, to see that nothing was touched."""
    from storage.schema import metadata

    db.flush()
    connection = db.connection()
    return {
        table.name: sorted(
            (
                tuple(map(repr, row))
                for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')
            ),
        )
        for table in metadata().sorted_tables
    }
