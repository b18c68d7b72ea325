"""Bringing a plan in: everything that a preview says, in the caller's transaction.

Nothing is deleted: what the file no longer has is retired and keeps its history, and is taken up
again when it comes back.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, delete

from reminders.lead_changes import answering, pass_on_changed
from reminders.plan_changes import FieldChange, ImportPreview
from reminders.plan_diff import action_changes, compare
from reminders.plan_diff_rest import extras_of
from reminders.plan_enter import Cast, cast_of, enter_partnership, enter_plan, enter_rows
from reminders.plan_people import KnownPeople
from reminders.plan_settle import SettledAction, SettledPlan
from reminders.plan_stored import Stored, find_partnership, find_plan
from reminders.plan_stored import load as load_stored
from reminders.plan_values import (
    NEW_ACTION,
    Printed,
    action_values,
    indicator_values,
    printed_before,
    priority_values,
)
from reminders.role_changes import changed_roles, roles_held
from storage import audit
from storage.issues import Issue
from storage.plans import (
    Action,
    ActionChange,
    ActionLead,
    Cycle,
    Indicator,
    Plan,
    Priority,
)

# What goes into an action's history, and what it is called there.
_IN_HISTORY = {
    name: name
    for name in (
        "text",
        "outcome",
        "due_on",
        "deadline_kind",
        "priority",
        "status",
        "needs_review",
        "retired_on",
    )
} | {"leads": "lead"}
_AS_HISTORY = {"yes": "true", "no": "false"}


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. Without a plan nothing could be imported, and nothing was touched."""

    plan_id: int | None
    counts: dict[str, int]
    issues: tuple[Issue, ...]
    preview: ImportPreview | None = None

    @property
    def changed_nothing(self) -> bool:
        """Whether everything was there already."""
        return self.preview is None or self.preview.changes_nothing


def apply(
    db: Session,
    preview: ImportPreview,
    *,
    now: datetime,
    today: date,
    source_file: str,
    person_id: int | None = None,
    allow_removals: bool = True,
    keep: Collection[tuple[str, str]] = (),
) -> ImportResult:
    """Do what the preview says, compared once more with what is stored by now.

    Where rows of the file could not be read nothing is retired, since those may be the missing
    ones; nor with `allow_removals` off. `keep`: kind and ref of what stays though it is missing.
    """
    settled = preview.settled
    if not settled.actions:
        return ImportResult(None, {}, preview.issues)
    partnership = find_partnership(db, preview.slug)
    plan, _ = find_plan(db, partnership, settled.rows)
    stored = load_stored(db, partnership, plan)
    fresh = compare(db, stored, settled, slug=preview.slug, today=today, issues=preview.issues)
    retired = tuple(item for item in fresh.removed if (item.kind, item.ref) not in keep)
    fresh = replace(fresh, removed=retired)
    run = _Import(db, stored, settled, fresh, now, today, person_id)
    answered, held = answering(db), roles_held(db)
    plan = run.apply(source_file, removes=allow_removals)
    pass_on_changed(db, answered, by_id=person_id, now=now, today=today)
    counts = fresh.counts() if allow_removals else fresh.counts() | {"removed": 0}
    roles = changed_roles(held, roles_held(db))
    if roles or not fresh.changes_nothing:
        audit.record(
            db,
            at=now,
            act="plan imported",
            subject=f"plan {plan.id}",
            person_id=person_id,
            detail="; ".join(
                filter(
                    None, (", ".join(f"{name} {count}" for name, count in counts.items()), roles)
                )
            ),
        )
    return ImportResult(plan.id, counts, fresh.issues, fresh)


@dataclass(slots=True)
class _Import:
    """One import while it is written."""

    db: Session
    stored: Stored
    settled: SettledPlan
    preview: ImportPreview
    now: datetime
    today: date
    person_id: int | None

    def apply(self, source_file: str, *, removes: bool) -> Plan:
        rows = self.settled.rows
        partnership = enter_partnership(self.db, self.stored, rows, self.preview.slug)
        known = KnownPeople.of(self.db, self.stored)
        cast = cast_of(self.db, known, self.stored, rows, partnership)
        plan = enter_plan(self.db, self.stored, rows, partnership, now=self.now)
        if not self.preview.changes_nothing:
            plan.imported_at, plan.source_file = self.now, source_file
        plan_id = plan.id or 0
        priorities = self._priorities(plan_id)
        if self.settled.is_whole:
            self._indicators(plan_id)
            self._cycles(plan_id)
        self._actions(plan_id, priorities, cast)
        if removes:
            self._retire()
        self._keep_extras(plan, cast)
        self.db.flush()
        return plan

    def _priorities(self, plan_id: int) -> dict[str, int]:
        rows = self.settled.rows.priorities
        if not self.settled.is_whole:
            rows = tuple(row for row in rows if row.ref not in self.stored.priorities)
        values = {row.ref: priority_values(row) for row in rows}
        enter_rows(self.db, Priority, plan_id, self.stored.priorities, values)
        return {ref: row.id or 0 for ref, row in self.stored.priorities.items()}

    def _indicators(self, plan_id: int) -> None:
        values = {row.ref: indicator_values(row) for row in self.settled.rows.indicators}
        enter_rows(self.db, Indicator, plan_id, self.stored.indicators, values)

    def _cycles(self, plan_id: int) -> None:
        told = [
            (row.name, row.frequency, row.body, row.source_lines)
            for row in self.settled.rows.cycles
        ]
        here = [(row.name, row.frequency, row.body, row.source_lines) for row in self.stored.cycles]
        if here == told:
            return
        self.db.exec(delete(Cycle).where(col(Cycle.plan_id) == plan_id))
        self.db.add_all(
            Cycle(
                plan_id=plan_id,
                name=name,
                frequency=frequency,
                body=body,
                source_lines=lines,
                position=at,
            )
            for at, (name, frequency, body, lines) in enumerate(told)
        )

    # -- actions

    def _actions(self, plan_id: int, priorities: dict[str, int], cast: Cast) -> None:
        carried = {one.ref: one.from_action for one in self.preview.carried_over}
        extras = self.stored.extras
        leads: list[tuple[Action, SettledAction]] = []
        for at, one in enumerate(self.settled.actions):
            before = printed_before(extras, one.ref)
            action = self.stored.actions.get(one.ref)
            if action is None:
                action = Action(plan_id=plan_id, ref=one.ref, text=one.row.text, **NEW_ACTION)
                self._set(action, action_values(None, one, before))
                leads.append((action, one))
            else:
                changes = action_changes(self.stored, one, before)
                self._record(action, changes)
                self._set(action, action_values(action, one, before))
                if any(change.field == "leads" for change in changes):
                    leads.append((action, one))
            self._place(action, one, at, priorities)
            action.carried_from_id = action.carried_from_id or carried.get(one.ref)
            self.stored.actions[one.ref] = action
        self.db.add_all(self.stored.actions.values())
        self.db.flush()
        self._leads(leads, cast)

    def _set(self, action: Action, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if getattr(action, name) != value:
                setattr(action, name, value)
        if action.first_due_on is None and not action.needs_review:
            action.first_due_on = action.due_on

    def _place(
        self, action: Action, one: SettledAction, at: int, priorities: dict[str, int]
    ) -> None:
        if one.row.priority:
            action.priority_id = priorities.get(one.row.priority)
        action.position = at

    def _leads(self, leads: list[tuple[Action, SettledAction]], cast: Cast) -> None:
        changed = {action.id: one for action, one in leads}
        old = [lead for id_ in changed for lead in self.stored.leads.get(id_ or 0, ())]
        for lead in old:
            self.db.delete(lead)
        self.db.flush()  # the places are free again
        for id_, one in changed.items():
            for at, name in enumerate(one.leads):
                body_id, person_id = cast.find(name)
                lead = ActionLead(
                    action_id=id_ or 0,
                    position=at,
                    body_id=body_id,
                    person_id=person_id,
                    printed=name if body_id is None and person_id is None else "",
                )
                self.db.add(lead)

    def _record(self, action: Action, changes: Iterable[FieldChange]) -> None:
        for change in changes:
            if change.field not in _IN_HISTORY:
                continue
            before, after = change.before, change.after
            if change.field == "needs_review":
                before, after = _AS_HISTORY[before], _AS_HISTORY[after]
            elif change.field == "due_on" and action.needs_review:
                before = ""  # what an import assumed was no promise, so nothing has moved
            self.db.add(
                ActionChange(
                    action_id=action.id or 0,
                    at=self.now,
                    field=_IN_HISTORY[change.field],
                    before=before,
                    after=after,
                    person_id=self.person_id,
                    how="import",
                )
            )

    def _retire(self) -> None:
        for item in self.preview.removed:
            row: Action | Priority | Indicator
            if item.kind == "action":
                row = self.stored.actions[item.ref]
                change = FieldChange("retired_on", "", self.today.isoformat())
                self._record(row, [change])
            elif item.kind == "priority":
                row = self.stored.priorities[item.ref]
            else:
                row = self.stored.indicators[item.ref]
            row.retired_on = self.today
            self.db.add(row)

    def _keep_extras(self, plan: Plan, cast: Cast) -> None:
        extras = dict(plan.extras)
        told = extras_of(self.settled.rows)
        if self.settled.is_whole:
            extras |= told | {"people": cast.entries}
        loose = {**extras.get("loose_priorities", {}), **told["loose_priorities"]}  # type: ignore[dict-item]
        refs = self.stored.priorities.keys()
        extras["loose_priorities"] = {ref: name for ref, name in loose.items() if name not in refs}
        printed = {one.ref: str(Printed.of(one)) for one in self.settled.actions}
        extras["printed"] = {**self.stored.extras.get("printed", {}), **printed}
        if extras != plan.extras:
            plan.extras = extras
            self.db.add(plan)
