"""What importing a plan would do to what is stored: added, changed, retired, carried over."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from reminders.plan_carry import Candidate, carried, earlier_open
from reminders.plan_changes import (
    CarriedOver,
    FieldChange,
    ImportPreview,
    Item,
    LeftBehind,
    changes_between,
    loud,
)
from reminders.plan_diff_rest import of_the_rest
from reminders.plan_leads import body_key
from reminders.plan_rows import PlanRows
from reminders.plan_settle import SettledAction, SettledPlan, settle
from reminders.plan_stored import Stored, find_partnership, find_plan, known_bodies, known_people
from reminders.plan_stored import load as load_stored
from reminders.plan_values import Printed, action_values, printed_before, shown
from storage.calendar import Calendar
from storage.issues import Issue, Place, Severity, has_errors


def preview(
    db: Session,
    rows: PlanRows,
    calendar: Calendar,
    *,
    today: date,
    issues: Sequence[Issue] = (),
    owner: str = "",
) -> ImportPreview:
    """Compare a plan's rows with what is stored of the same partnership, title and period.

    `issues` are those of the file's reader; `owner` is the id of the partnership where the rows do
    not say it.
    """
    slug = rows.slug or owner
    partnership = find_partnership(db, slug)
    plan, beside = find_plan(db, partnership, rows)
    stored = load_stored(db, partnership, plan)
    rows = _with_stored_priorities(rows, stored)
    settled, found = settle(
        rows, calendar, bodies=known_bodies(stored), people=known_people(stored)
    )
    said = (*issues, *found, *beside)
    return compare(db, stored, settled, slug=slug, today=today, issues=said)


def compare(
    db: Session,
    stored: Stored,
    settled: SettledPlan,
    *,
    slug: str,
    today: date,
    issues: Sequence[Issue] = (),
) -> ImportPreview:
    """What a settled plan would change in what is stored."""
    earlier = earlier_open(db, stored, settled.rows)
    said = list(issues)
    items = [*_of_actions(stored, settled), *of_the_rest(db, stored, settled, said)]
    carried_over, left = _carried(stored, settled, earlier)
    rows = settled.rows
    said.extend(_kept_statuses(stored, settled))
    missing = tuple(item for how, item in items if how == "removed")
    holds_back = has_errors(said)
    if holds_back and missing:
        said.append(_nothing_retired(rows.place, len(missing)))
    return ImportPreview(
        slug=slug,
        partnership=rows.name or (stored.partnership.name if stored.partnership else rows.slug),
        plan=rows.title,
        period=rows.period_label,
        on=today,
        is_new=stored.plan is None,
        added=tuple(item for how, item in items if how == "added"),
        changed=tuple(item for how, item in items if how == "changed"),
        removed=() if holds_back else missing,
        held_back=missing if holds_back else (),
        unchanged=sum(how == "unchanged" for how, _ in items),
        carried_over=carried_over,
        left_behind=left,
        needs_review=tuple(_doubtful(stored, settled)),
        issues=tuple(dict.fromkeys(said)),
        settled=settled,
    )


def _nothing_retired(place: Place, missing: int) -> Issue:
    """Rows that could not be read may be the very ones that seem to be missing."""
    return Issue(
        place,
        "nothing-retired",
        f"{missing} stored rows are not in the file; while it has errors none of them is retired.",
        "Put the rows with errors right and import again.",
        Severity.ADVICE,
    )


def _with_stored_priorities(rows: PlanRows, stored: Stored) -> PlanRows:
    """A plain table names priorities without the plan's own refs: those of the stored titles."""
    if rows.slug or not stored.priorities:
        return rows
    titles = {body_key(row.title): ref for ref, row in stored.priorities.items()}
    same = {row.ref: titles.get(body_key(row.title), row.ref) for row in rows.priorities}
    return replace(
        rows,
        priorities=tuple(replace(row, ref=same[row.ref]) for row in rows.priorities),
        actions=tuple(
            replace(row, priority=same.get(row.priority, row.priority)) for row in rows.actions
        ),
    )


# -- actions


def action_changes(stored: Stored, settled: SettledAction, before: Printed) -> list[FieldChange]:
    """What the file changes in an action that is stored, quiet columns included."""
    action = stored.actions[settled.ref]
    changes = list(changes_between(action, action_values(action, settled, before)))
    priority = stored.priority_ref(action)
    if settled.row.priority and settled.row.priority != priority:
        changes.append(FieldChange("priority", priority, settled.row.priority))
    if wants_leads(settled, before) and stored.lead_ids(action) != settled.leads:
        now = shown(stored.lead_ids(action))
        changes.append(FieldChange("leads", now, shown(settled.leads)))
    return changes


def wants_leads(settled: SettledAction, before: Printed) -> bool:
    """Whether the file names other leads than the last time."""
    return settled.says("leads") and Printed.of(settled).leads != before.leads


def _of_actions(stored: Stored, settled: SettledPlan) -> Iterator[tuple[str, Item]]:
    extras = stored.extras
    for one in settled.actions:
        item = Item("action", one.ref, one.row.text)
        if one.ref not in stored.actions:
            yield "added", item
            continue
        changes = loud(action_changes(stored, one, printed_before(extras, one.ref)))
        yield ("changed", replace(item, changes=changes)) if changes else ("unchanged", item)
    refs = {one.ref for one in settled.actions}
    for ref, action in stored.actions.items():
        if ref not in refs and action.retired_on is None:
            yield "removed", Item("action", ref, action.text)


def _doubtful(stored: Stored, settled: SettledPlan) -> Iterator[str]:
    """Actions in doubt once the file is in; what a person settled stays settled."""
    extras = stored.extras
    for one in settled.actions:
        action = stored.actions.get(one.ref)
        same = Printed.of(one).row == printed_before(extras, one.ref).row
        if action.needs_review if action is not None and same else one.needs_review:
            yield one.ref


def _kept_statuses(stored: Stored, settled: SettledPlan) -> list[Issue]:
    """Where a lead has said how things stand, and the file says otherwise."""
    return [
        Issue(
            one.row.place_of("status"),
            "status-kept",
            f'The file says "{one.row.status}"; what was reported, '
            f'"{action.status.replace("_", " ")}", is kept.',
            "To change it, send an update.",
            Severity.ADVICE,
        )
        for one in settled.actions
        if (action := stored.actions.get(one.ref)) is not None
        and action.status_at is not None
        and one.status not in {"", "not_started", action.status}
    ]


def _carried(
    stored: Stored, settled: SettledPlan, earlier: list[Candidate]
) -> tuple[tuple[CarriedOver, ...], tuple[LeftBehind, ...]]:
    linked = {row.carried_from_id for row in stored.actions.values()}
    free = [one for one in earlier if one.id not in linked]
    unlinked = [
        one.row
        for one in settled.actions
        if (row := stored.actions.get(one.ref)) is None or row.carried_from_id is None
    ]
    found = carried(unlinked, free)
    taken = {one.id for one in found.values()}
    texts = {row.ref: row.text for row in unlinked}
    return (
        tuple(
            CarriedOver(ref, texts[ref], one.plan, one.ref, one.id) for ref, one in found.items()
        ),
        tuple(LeftBehind(one.plan, one.ref, one.text) for one in free if one.id not in taken),
    )
