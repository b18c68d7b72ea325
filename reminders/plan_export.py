"""A stored plan as rows again, so that it can be given back as the workbook it came from.

What people changed since is in it: dates as they stand now, reported statuses, new leads. Retired
rows are left out.
"""

from typing import Any

from sqlmodel import Session

from reminders.plan_rows import (
    ActionRow,
    BodyRow,
    ContactRow,
    CycleRow,
    Figure,
    IndicatorRow,
    PersonRow,
    PlanRows,
    PriorityRow,
    SurveyRow,
)
from reminders.plan_stored import Stored, load, person_ref
from reminders.plan_values import FIGURES
from reminders.plan_view import PlanView, show
from reminders.policy import Status
from storage.people import Person
from storage.plans import Action, Body, Indicator, Partnership, Plan, Priority

__all__ = ["NoSuchPlan", "PlanView", "export", "show"]


class NoSuchPlan(LookupError):
    """No stored plan has this number."""


def export(db: Session, plan_id: int) -> PlanRows:
    """The plan as rows; `write_plan` makes a workbook of them."""
    plan = db.get(Plan, plan_id)
    partnership = db.get(Partnership, plan.partnership_id) if plan else None
    if plan is None or partnership is None:
        raise NoSuchPlan(f"There is no plan {plan_id}.")
    stored = load(db, partnership, plan)
    extras: dict[str, Any] = stored.extras
    notes: dict[str, str] = extras.get("priority_notes", {})
    return PlanRows(
        slug=partnership.slug,
        name=partnership.name,
        short_name=partnership.short_name,
        area=partnership.area,
        title=plan.title,
        kind=str(extras.get("kind", "")),
        period_label=plan.period_label,
        period_start=plan.period_start,
        period_end=plan.period_end,
        period_assumed=plan.period_assumed,
        notes=tuple(extras.get("notes", ())),
        bodies=tuple(_body(stored, body) for body in stored.bodies.values()),
        people=_people(stored),
        priorities=tuple(
            _priority(row, notes.get(row.ref, "")) for row in _live(stored.priorities)
        ),
        actions=tuple(_action(stored, row) for row in _live(stored.actions)),
        indicators=tuple(_indicator(row) for row in _live(stored.indicators)),
        cycles=tuple(CycleRow(**_row(entry)) for entry in extras.get("cycles", ())),
        surveys=tuple(SurveyRow(**_row(entry)) for entry in extras.get("surveys", ())),
        contacts=tuple(ContactRow(**_row(entry)) for entry in extras.get("contacts", ())),
    )


def _live(rows: dict[str, Any]) -> list[Any]:
    return [row for row in rows.values() if row.retired_on is None]


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    """A row's fields as JSON kept them."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in entry.items()}


def _body(stored: Stored, body: Body) -> BodyRow:
    return BodyRow(
        id=body.key,
        name=body.name,
        kind=body.kind,
        contact=_email(stored, body.contact_person_id),
        deputy=_email(stored, body.deputy_person_id),
        chair=_email(stored, body.chair_person_id),
        next_meeting=body.next_meeting,
        note=body.note,
        source_lines=body.source_lines,
    )


def _email(stored: Stored, person_id: int | None) -> str:
    person = stored.people.get(person_id or 0)
    return (person.email or "") if person else ""


def _people(stored: Stored) -> tuple[PersonRow, ...]:
    """The plan's own people, and whoever has been given an action since."""
    entries = stored.extras.get("people", [])
    listed = {entry["person"] for entry in entries}
    leading = {lead.person_id for leads in stored.leads.values() for lead in leads} - {None}
    found = [_listed(stored, entry) for entry in entries]
    found += [
        PersonRow(person_ref(row), row.name, row.agency, row.email or "", tuple(row.roles))
        for id_, row in stored.people.items()
        if id_ in leading - listed
    ]
    return tuple(found)


def _listed(stored: Stored, entry: dict[str, Any]) -> PersonRow:
    """A person as the plan lists them; who holds two posts is named by each."""
    person: Person | None = stored.people.get(entry["person"])
    is_first = person is not None and person.key == entry["id"]
    language = person.language if person else ""
    return PersonRow(
        id=entry["id"],
        post=person.name if person and is_first else entry["post"],
        agency=person.agency if person and is_first else entry["agency"],
        email=(person.email or "") if person else "",
        roles=tuple(person.roles) if person else (),
        bodies=tuple(entry["bodies"]),
        platform=entry["platform"],
        language=entry["language"] if language in {"", "en"} else language,
        note=entry["note"],
        source_lines=entry["source_lines"],
        reads=tuple(person.reads) if person and person.reads != ["en"] else (),
    )


def _priority(row: Priority, note: str) -> PriorityRow:
    names = ("ref", "title", "lead", "body", "rationale", "objective", "source_lines")
    return PriorityRow(**{name: getattr(row, name) for name in names}, note=note)


def _action(stored: Stored, action: Action) -> ActionRow:
    return ActionRow(
        ref=action.ref,
        priority=stored.priority_ref(action),
        text=action.text,
        leads=stored.lead_ids(action),
        lead_printed=action.lead_printed,
        outcome=action.outcome,
        deadline_printed=action.deadline_printed,
        deadline=action.due_on,
        deadline_kind=action.deadline_kind,
        review=action.needs_review,
        review_reasons=tuple(action.review_reasons) if action.needs_review else (),
        alternatives=tuple(action.alternatives),
        status=_status(action),
        follows=action.follows_ref,
        note=action.note,
        source_lines=action.source_lines,
    )


def _status(action: Action) -> str:
    """The reported status in the workbook's words; `""` where nothing was ever reported."""
    if action.status == Status.NOT_STARTED and action.status_at is None:
        return ""
    return "blocked" if action.status == Status.WAITING else action.status


def _indicator(row: Indicator) -> IndicatorRow:
    figures: dict[str, Any] = dict(row.figures)
    told: dict[str, Any] = {name: Figure(**figures.pop(name, {})) for name in FIGURES}
    return IndicatorRow(
        ref=row.ref,
        text=row.text,
        priority=row.priority_ref,
        direction=row.direction,
        status=row.status,
        flag=row.flag,
        note=row.note,
        source_lines=row.source_lines,
        **told,
        **_row(figures),
    )
