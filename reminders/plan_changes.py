"""What an import would do, item by item, in a shape for people, for JSON and for the import."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlmodel import SQLModel

from reminders.plan_settle import SettledPlan
from reminders.plan_values import shown
from storage.issues import Issue

QUIET = frozenset({"source_lines", "alternatives", "review_reasons"})
"""Columns that are brought up to date without a word."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, by its name in the tables, as it is and as it would be."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Item:
    """One action, priority, indicator, body, person or fact of the plan."""

    kind: str
    ref: str
    title: str
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """An unfinished action of an earlier plan that an action of this plan goes on with."""

    ref: str
    text: str
    from_plan: str
    from_ref: str
    from_action: int


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """An unfinished action of an earlier plan that this plan does not go on with."""

    plan: str
    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do; nothing has been done.

    `slug` is the partnership's id; `needs_review` are the refs that a person would have to settle.
    `held_back` is missing in the file but not removed, since rows of it could not be read and may
    be the very ones.
    """

    slug: str
    partnership: str
    plan: str
    period: str
    on: date
    is_new: bool
    added: tuple[Item, ...]
    changed: tuple[Item, ...]
    removed: tuple[Item, ...]
    held_back: tuple[Item, ...]
    unchanged: int
    carried_over: tuple[CarriedOver, ...]
    left_behind: tuple[LeftBehind, ...]
    needs_review: tuple[str, ...]
    issues: tuple[Issue, ...]
    settled: SettledPlan = field(repr=False, compare=False)

    @property
    def changes_nothing(self) -> bool:
        """Whether an import would leave everything as it is."""
        return not (self.added or self.changed or self.removed or self.carried_over)

    def counts(self) -> dict[str, int]:
        """How many actions, by what would become of them; and how many are doubtful."""
        found = {
            name: sum(item.kind == "action" for item in getattr(self, name))
            for name in ("added", "changed", "removed")
        }
        return found | {
            "unchanged": self.unchanged,
            "carried_over": len(self.carried_over),
            "needs_review": len(self.needs_review),
        }

    def to_json(self) -> dict[str, Any]:
        """A shape that `json.dumps` takes."""
        parts = ("added", "changed", "removed", "held_back", "carried_over", "left_behind")
        listed = {name: [asdict(item) for item in getattr(self, name)] for name in parts}
        return {
            "partnership": self.partnership,
            "plan": self.plan,
            "period": self.period,
            "on": self.on.isoformat(),
            "is_new": self.is_new,
            "counts": self.counts(),
            **listed,
            "needs_review": list(self.needs_review),
            "issues": [issue_json(issue) for issue in self.issues],
        }


def issue_json(issue: Issue) -> dict[str, Any]:
    """A finding in a shape that `json.dumps` takes."""
    return asdict(issue) | {"where": str(issue.place), "severity": issue.severity.value}


def changes_between(stored: SQLModel, values: Mapping[str, Any]) -> Iterator[FieldChange]:
    """The columns whose value would be another."""
    for name, value in values.items():
        now = getattr(stored, name)
        if now != value:
            yield FieldChange(name, shown(now), shown(value))


def loud(changes: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
    """The changes worth a word."""
    return tuple(change for change in changes if change.field not in QUIET)
