"""The sheets of the plan workbook: which columns each has, and what stands in them.

The writer and the reader both go by these tables, so that what one writes the other reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from reminders.plan_headings import STATUS_WORDS
from reminders.plan_rows import (
    ACTION_STATUSES,
    BODY_KINDS,
    DEADLINE_KINDS,
    DIRECTIONS,
    INDICATOR_STATUSES,
    ROLES,
    BodyRow,
    ContactRow,
    CycleRow,
    IndicatorRow,
    PersonRow,
    PriorityRow,
    SurveyRow,
)


class Holds(Enum):
    """What a column's cells hold."""

    TEXT = auto()
    LINES = auto()  # several texts, one a line
    LEAD = auto()  # one body or person, by name, id or e-mail
    LEADS = auto()  # several of them, one a line
    DAY = auto()
    FLAG = auto()  # yes or nothing
    COUNT = auto()
    MAIL = auto()
    VALUE = auto()  # a figure as printed


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `field` names the row's field, "baseline.unit" a part of it; `strict` refuses
    what is not among the choices; `words` are other words for a choice."""

    heading: str
    field: str
    holds: Holds = Holds.TEXT
    width: int = 20
    choices: tuple[str, ...] = ()
    strict: bool = False
    also: tuple[str, ...] = ()
    words: Mapping[str, str] | None = None

    def shown(self, value: str) -> str:
        """A value as the workbook shows it: one of the choices without its underscores."""
        return value.replace("_", " ") if value in self.choices else value


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of rows. `key` tells rows apart; no row may lack `needs`."""

    name: str
    says: str
    row: Any
    key: str
    needs: str
    columns: tuple[Column, ...]


_NOTE = Column("note", "note", width=44, also=("notes", "comments"))
_LINES = Column("source lines", "source_lines", width=13)

BODIES = Sheet(
    "bodies",
    "The groups that lead actions. The contact is asked for updates; the deputy stands in. "
    "A body without a contact cannot be reminded.",
    BodyRow,
    "id",
    "name",
    (
        Column("id", "id", width=18),
        Column("name", "name", width=52, also=("body", "group", "subgroup")),
        Column("kind", "kind", width=18, choices=BODY_KINDS, also=("type",)),
        Column("contact e-mail", "contact", Holds.MAIL, 34, also=("contact", "email", "e-mail")),
        Column("deputy e-mail", "deputy", Holds.MAIL, 34, also=("deputy",)),
        Column("chair e-mail", "chair", Holds.MAIL, 34, also=("chair",)),
        Column("next meeting", "next_meeting", Holds.DAY, 16),
        _NOTE,
        _LINES,
    ),
)

PEOPLE = Sheet(
    "people",
    "Posts, not private persons: what the post is called, how it is reached, what it may do.",
    PersonRow,
    "id",
    "post",
    (
        Column("id", "id", width=18),
        Column("post", "post", width=44, also=("name", "title", "job title", "role title")),
        Column("agency", "agency", width=34, also=("organisation",)),
        Column("e-mail", "email", Holds.MAIL, 36, also=("email", "email address")),
        Column("roles", "roles", Holds.LINES, 22, ROLES, also=("role",)),
        Column("bodies", "bodies", Holds.LEADS, 52, also=("body", "groups", "subgroups")),
        Column("platform", "platform", width=12),
        Column("language", "language", width=12),
        Column("reads", "reads", Holds.LINES, 12, also=("reads languages",)),
        _NOTE,
        _LINES,
    ),
)

PRIORITIES = Sheet(
    "priorities",
    "What the partnership wants most, in its own words.",
    PriorityRow,
    "ref",
    "title",
    (
        Column("ref", "ref", width=8, also=("no", "number", "reference")),
        Column("priority", "title", width=48, also=("title", "name")),
        Column("lead", "lead", Holds.LEAD, 36, strict=True),
        Column("body", "body", Holds.LEAD, 36, strict=True, also=("subgroup", "group")),
        Column("why this priority", "rationale", width=60, also=("rationale", "rational")),
        Column("objective", "objective", width=50),
        _NOTE,
        _LINES,
    ),
)

ACTIONS = Sheet(
    "actions",
    "One row for each action. A row marked 'needs review' reminds nobody until a person has "
    "settled it: put it right, clear 'needs review', and import again.",
    None,
    "ref",
    "text",
    (
        Column("ref", "ref", width=8),
        Column("priority", "priority", width=9),
        Column("action", "text", width=60),
        Column("lead", "leads", Holds.LEADS, 40),
        Column("outcome", "outcome", width=50),
        Column("deadline", "deadline", Holds.DAY, 14),
        Column("deadline as printed", "deadline_printed", width=20),
        Column("kind of deadline", "deadline_kind", width=12, choices=DEADLINE_KINDS, strict=True),
        Column("status", "status", width=18, choices=ACTION_STATUSES, words=STATUS_WORDS),
        Column("needs review", "review", Holds.FLAG, 9, ("yes",)),
        Column("why review", "review_reasons", Holds.LINES, 44),
        Column("other readings", "alternatives", Holds.LINES, 44),
        Column("follows", "follows", width=9),
        Column("lead as printed", "lead_printed", width=40),
        _NOTE,
        _LINES,
    ),
)


def _figure(name: str, period: str = "period") -> tuple[Column, ...]:
    return (
        Column(name, f"{name}.value", Holds.VALUE, 11, also=(f"{name} value",)),
        Column(f"{name} unit", f"{name}.unit", width=18),
        Column(f"{name} {period}", f"{name}.period", width=22),
    )


INDICATORS = Sheet(
    "indicators",
    "What is measured and which way it should move. Where the source's own numbers disagree, "
    "'current' is what it prints and 'computed' is what its numbers give: both are shown.",
    IndicatorRow,
    "ref",
    "text",
    (
        Column("ref", "ref", width=10),
        Column("priority", "priority", width=9),
        Column("indicator", "text", width=54, also=("measure", "text", "description")),
        Column("wanted direction", "direction", Holds.TEXT, 12, DIRECTIONS, True, ("direction",)),
        Column("kind", "status", Holds.TEXT, 11, INDICATOR_STATUSES, True, ("status",)),
        *_figure("baseline"),
        *_figure("previous"),
        *_figure("current"),
        Column("computed", "computed_value", Holds.VALUE, 11, also=("computed value",)),
        Column("computed from", "computed_from", width=20),
        *_figure("target", "by"),
        Column("numerator", "numerator", Holds.COUNT, 11),
        Column("denominator", "denominator", Holds.COUNT, 12),
        Column("flag", "flag", width=22),
        Column("horizon", "horizon", width=12),
        Column("watched by", "monitored_by", Holds.LEADS, 34, also=("monitored by",)),
        Column("needs review", "review", Holds.FLAG, 9, ("yes",)),
        _NOTE,
        _LINES,
    ),
)

CYCLES = Sheet(
    "cycles",
    "What comes round: meetings, reports, scorecards.",
    CycleRow,
    "",
    "name",
    (
        Column("what", "name", width=60, also=("name", "cycle")),
        Column("how often", "frequency", width=26, also=("frequency",)),
        Column("body", "body", Holds.LEAD, 44),
        _NOTE,
        _LINES,
    ),
)

SURVEYS = Sheet(
    "surveys",
    "The surveys that the plan asks for.",
    SurveyRow,
    "ref",
    "ref",
    (
        Column("ref", "ref", width=10),
        Column("audience", "audience", width=36),
        Column("topic", "topic", width=50),
        Column("action", "action", width=9),
        Column("questions", "questions", Holds.LINES, 60),
        Column("dimensions", "dimensions", Holds.LINES, 40),
        _NOTE,
        _LINES,
    ),
)

CONTACTS = Sheet(
    "contacts",
    "Telephone numbers and addresses as the plan prints them.",
    ContactRow,
    "",
    "purpose",
    (
        Column("purpose", "purpose", width=56),
        Column("phone", "phone", width=24),
        Column("e-mail", "email", width=40, also=("email",)),
        Column("address", "address", width=44),
        _LINES,
    ),
)

# As they stand in the workbook, after `read me` and `plan`.
SHEETS = (PRIORITIES, ACTIONS, INDICATORS, BODIES, PEOPLE, CYCLES, SURVEYS, CONTACTS)

# The sheet `plan` has one fact a row: what it is called there, and the field of PlanRows.
PLAN_FACTS = (
    Column("partnership id", "slug"),
    Column("partnership", "name"),
    Column("short name", "short_name"),
    Column("area", "area"),
    Column("plan", "title", also=("title", "plan title")),
    Column("kind of plan", "kind"),
    Column("period", "period_label"),
    Column("period starts", "period_start", Holds.DAY),
    Column("period ends", "period_end", Holds.DAY),
    Column("period is assumed", "period_assumed", Holds.FLAG, choices=("yes",)),
)
PLAN_NOTE = "note"
