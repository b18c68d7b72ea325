"""A plan as its file says it: plain rows, each with its place, before anything is decided about it.

Every reader (workbook, single sheet, CSV, Word) makes these, the workbook writer takes them, and
the import compares them with what is stored. A text that is not there is `""`, a date `None`.
Places never count when rows are compared: the same plan from two files is the same plan.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from storage.issues import Place

# Words of a row are kept as the tables keep them; the workbook shows them with spaces.
DEADLINE_KINDS = (
    "date",
    "ongoing",
    "recurring",
    "multiple",
    "conditional",
    "none",
    "unreadable",
)
DIRECTIONS = ("increase", "reduce", "maintain", "monitor", "none")
INDICATOR_STATUSES = ("measure", "baseline", "context")
BODY_KINDS = (
    "partnership",
    "executive",
    "business_unit",
    "subgroup",
    "working_group",
    "task_and_finish",
    "hub",
    "team",
    "partner_board",
    "agency",
    "forum",
    "role",
)
ACTION_STATUSES = (
    "not_started",
    "on_track",
    "at_risk",
    "off_track",
    "blocked",
    "complete_awaiting_evidence",
    "complete",
    "embedded",
    "superseded",
    "needs_review",
)
ROLES = (
    "lead",
    "chair",
    "manager",
    "voice_lead",
    "reviewer",
    "executive",
    "scrutineer",
    "youth_worker",
    "admin",
)

NOWHERE = Place("")


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A partnership, executive, subgroup or other group. Contact, deputy and chair are e-mails."""

    id: str
    name: str
    kind: str = ""
    contact: str = ""
    deputy: str = ""
    chair: str = ""
    next_meeting: date | None = None
    note: str = ""
    source_lines: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A post, and how to reach it. `id` is what a lead cell may say; the e-mail may be unknown."""

    id: str
    post: str
    agency: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    platform: str = ""
    language: str = ""
    note: str = ""
    source_lines: str = ""
    reads: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class PriorityRow:
    """A priority. `lead` and `body` are ids, or the printed name where it is not known."""

    ref: str
    title: str
    lead: str = ""
    body: str = ""
    rationale: str = ""
    objective: str = ""
    note: str = ""
    source_lines: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action as printed.

    `leads` are ids of bodies or people, or the printed name where nobody by that name is known.
    `deadline_kind` is `""` where the file does not say it: then `deadline_printed` is still to be
    read. `follows` is the ref of the action without whose text this one makes no sense.
    """

    ref: str
    priority: str
    text: str
    leads: tuple[str, ...] = ()
    lead_printed: str = ""
    outcome: str = ""
    deadline_printed: str = ""
    deadline: date | None = None
    deadline_kind: str = ""
    review: bool = False
    review_reasons: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    status: str = ""
    follows: str = ""
    note: str = ""
    source_lines: str = ""
    place: Place = field(default=NOWHERE, compare=False)
    columns: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def place_of(self, name: str) -> Place:
        """The cell that a field was read from ("deadline_printed", "leads"), or its row."""
        return replace(self.place, column=dict(self.columns).get(name, self.place.column))


@dataclass(frozen=True, slots=True)
class Figure:
    """A value as printed, its unit, and the period it is for (for a target: by when)."""

    value: str = ""
    unit: str = ""
    period: str = ""

    @property
    def number(self) -> Decimal | None:
        """The value as a number, where it is one ("4 / 2" is not)."""
        try:
            number = Decimal(self.value.replace(",", "").removesuffix("%").strip())
        except InvalidOperation:
            return None
        return number if number.is_finite() else None


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """A measure with its wanted direction.

    `current.value` is what the source prints; `computed_value` is what its own numbers give where
    they disagree, and `computed_from` says how. Both are shown, neither replaces the other.
    """

    ref: str
    text: str
    priority: str = ""
    direction: str = "none"
    status: str = "measure"
    baseline: Figure = Figure()
    previous: Figure = Figure()
    current: Figure = Figure()
    target: Figure = Figure()
    numerator: int | None = None
    denominator: int | None = None
    computed_value: str = ""
    computed_from: str = ""
    flag: str = ""
    horizon: str = ""
    monitored_by: tuple[str, ...] = ()
    review: bool = False
    note: str = ""
    source_lines: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class CycleRow:
    """Something that comes round: a meeting, a report, a scorecard."""

    name: str
    frequency: str = ""
    body: str = ""
    note: str = ""
    source_lines: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """A survey the plan asks for; `action` is the ref of the action that asks."""

    ref: str
    audience: str = ""
    topic: str = ""
    action: str = ""
    questions: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    note: str = ""
    source_lines: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A printed contact of the partnership."""

    purpose: str
    phone: str = ""
    email: str = ""
    address: str = ""
    source_lines: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class PlanRows:
    """One plan. A single sheet, a CSV or a Word table has no partnership: then `slug` is `""`."""

    slug: str = ""
    name: str = ""
    short_name: str = ""
    area: str = ""
    title: str = ""
    kind: str = ""
    period_label: str = ""
    period_start: date | None = None
    period_end: date | None = None
    period_assumed: bool = False
    notes: tuple[str, ...] = ()
    bodies: tuple[BodyRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    priorities: tuple[PriorityRow, ...] = ()
    actions: tuple[ActionRow, ...] = ()
    indicators: tuple[IndicatorRow, ...] = ()
    cycles: tuple[CycleRow, ...] = ()
    surveys: tuple[SurveyRow, ...] = ()
    contacts: tuple[ContactRow, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)
