"""What a file's rows would put into the tables, column by column.

A row has two pasts: what is stored now, which people may have moved since, and what the file said
the last time. Only what the *file* changed is taken: a date that was agreed, a lead who handed
over, a row that a manager settled stay as they are when the same file comes again.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from reminders.deadlines import DeadlineKind
from reminders.plan_rows import BodyRow, Figure, IndicatorRow, PriorityRow
from reminders.plan_settle import SettledAction
from reminders.plan_stored import fingerprint
from reminders.policy import Status
from storage.plans import Action

_LETTERS = 8
FIGURES = ("baseline", "previous", "current", "target")


@dataclass(frozen=True, slots=True)
class Printed:
    """Fingerprints of what a file said of an action, for all that people may change afterwards."""

    text: str = ""
    outcome: str = ""
    deadline: str = ""
    leads: str = ""
    status: str = ""
    row: str = ""

    @classmethod
    def of(cls, action: SettledAction) -> "Printed":
        row = action.row
        return cls(
            text=fingerprint(row.text),
            outcome=fingerprint(row.outcome),
            deadline=fingerprint(row.deadline_printed, action.due_on, action.kind.value),
            leads=fingerprint(action.leads),
            status=fingerprint(action.status),
            row=fingerprint(
                *(row.text, row.outcome, row.deadline_printed, action.due_on, action.kind.value),
                *(action.leads, row.review, action.needs_review, action.reasons),
            ),
        )

    @classmethod
    def read(cls, text: str) -> "Printed":
        """From its stored form; nothing is known of a row that no import wrote."""
        return cls(*(text[at : at + _LETTERS] for at in range(0, 6 * _LETTERS, _LETTERS)))

    def __str__(self) -> str:
        return self.text + self.outcome + self.deadline + self.leads + self.status + self.row


def printed_before(extras: Mapping[str, Any], ref: str) -> Printed:
    """What the file said of an action the last time."""
    return Printed.read(str(extras.get("printed", {}).get(ref, "")))


def action_values(action: Action | None, settled: SettledAction, before: Printed) -> dict[str, Any]:
    """The columns that the file sets; of an action that is stored, only what the file changed."""
    row, now = settled.row, Printed.of(settled)
    values: dict[str, Any] = {"follows_ref": settled.follows, "retired_on": None}
    if now.text != before.text:
        values["text"] = row.text
    if now.outcome != before.outcome and settled.says("outcome"):
        values["outcome"] = row.outcome
    told = {name: getattr(row, name) for name in ("note", "source_lines")}
    values |= {name: text for name, text in told.items() if settled.says(name)}
    if settled.says("lead_printed") or settled.says("leads"):
        values["lead_printed"] = row.lead_printed
    if now.deadline != before.deadline and settled.says("deadline_printed"):
        values |= _deadline(settled)
    if now.row != before.row:
        values |= _review(settled)
    if settled.status and now.status != before.status and _is_unspoken(action):
        values["status"] = settled.status
    return values


def _is_unspoken(action: Action | None) -> bool:
    """Whether nobody has reported a status: what a lead said is never overwritten by a file."""
    return action is None or action.status_at is None


def _deadline(settled: SettledAction) -> dict[str, Any]:
    return {
        "due_on": settled.due_on,
        "deadline_kind": settled.kind.value,
        "deadline_printed": settled.row.deadline_printed,
    }


def _review(settled: SettledAction) -> dict[str, Any]:
    return {
        "needs_review": settled.needs_review,
        "review_reasons": list(settled.reasons) if settled.needs_review else [],
        "alternatives": list(settled.alternatives),
    }


NEW_ACTION: Mapping[str, Any] = {
    "status": Status.NOT_STARTED.value,
    "deadline_kind": DeadlineKind.NONE.value,
}


def priority_values(row: PriorityRow) -> dict[str, Any]:
    """The columns of a priority."""
    names = ("title", "lead", "body", "rationale", "objective", "source_lines")
    return {name: getattr(row, name) for name in names} | {"retired_on": None}


def indicator_values(row: IndicatorRow) -> dict[str, Any]:
    """The columns of an indicator; its figures are one of them."""
    names = ("text", "direction", "status", "flag", "note", "source_lines")
    values = {name: getattr(row, name) for name in names}
    return values | {
        "priority_ref": row.priority,
        "figures": _figures(row),
        "retired_on": None,
    }


def _figures(row: IndicatorRow) -> dict[str, Any]:
    """Printed figures, and those computed beside them."""
    figures: dict[str, Any] = {name: _figure(getattr(row, name)) for name in FIGURES}
    for name in ("numerator", "denominator", "computed_value", "computed_from", "horizon"):
        figures[name] = getattr(row, name)
    figures |= {"monitored_by": list(row.monitored_by), "review": row.review}
    return {
        name: value for name, value in figures.items() if value not in ({}, None, "", [], False)
    }


def _figure(figure: Figure) -> dict[str, str]:
    return {name: text for name, text in asdict(figure).items() if text}


def body_values(row: BodyRow) -> dict[str, Any]:
    """The columns of a body that the file speaks of."""
    names = ("name", "kind", "next_meeting", "note", "source_lines")
    return {name: value for name in names if (value := getattr(row, name))}


# -- values as people read them


def shown(value: Any) -> str:
    """A column's value as the history and the diff show it."""
    match value:
        case None | "" | False:
            return "" if value is not False else "no"
        case True:
            return "yes"
        case date():
            return value.isoformat()
        case dict():
            return ", ".join(f"{name} {shown(part)}" for name, part in value.items())
        case list() | tuple():
            return "; ".join(map(shown, value))
        case _:
            return str(value)
