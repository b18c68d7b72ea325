"""A plan's rows with their deadlines read and their doubts spelt out: what an import would store.

Pure. A row that cannot be trusted is not lost: it comes in as *needs review*, with the reason and
the other readings, and nudges nobody until a person has settled it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from reminders.deadlines import Deadline, DeadlineKind, Period, read_deadline
from reminders.plan_doubts import Doubt, ref_twice, unknown_lead
from reminders.plan_leads import LeadBook
from reminders.plan_period import with_period
from reminders.plan_rows import (
    ActionRow,
    BodyRow,
    IndicatorRow,
    PersonRow,
    PlanRows,
    PriorityRow,
)
from reminders.policy import Status
from storage.calendar import Calendar
from storage.issues import Issue, Place, Severity

LONGEST_REF = 32
LONGEST_ID = 64
LONGEST_KIND = 32

# A plan file says "blocked" for what a report calls waiting on others.
_STATUS_OF = {"": Status.NOT_STARTED, "blocked": Status.WAITING}
_UNDATED = {DeadlineKind.ONGOING, DeadlineKind.RECURRING, DeadlineKind.CONDITIONAL}
_OPEN_KINDS = {DeadlineKind.MULTIPLE, DeadlineKind.UNREADABLE}

_Row = TypeVar("_Row", BodyRow, PersonRow, PriorityRow, IndicatorRow)


@dataclass(frozen=True, slots=True)
class SettledAction:
    """One action as it would be stored; `row` is what the file says.

    `status` is `""` where the file says none.
    """

    row: ActionRow
    leads: tuple[str, ...]
    due_on: date | None
    kind: DeadlineKind
    status: str = ""
    needs_review: bool = False
    reasons: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    follows: str = ""

    @property
    def ref(self) -> str:
        return self.row.ref

    def says(self, name: str) -> bool:
        """Whether the file has a column for this at all; what it does not speak of is kept."""
        return not self.row.columns or name in dict(self.row.columns)


@dataclass(frozen=True, slots=True)
class SettledPlan:
    """A plan ready to be compared with what is stored."""

    rows: PlanRows
    actions: tuple[SettledAction, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the file speaks of everything a plan has: a plain table has its actions only."""
        return bool(self.rows.slug)


def settle(
    rows: PlanRows,
    calendar: Calendar,
    *,
    bodies: Iterable[BodyRow] = (),
    people: Iterable[PersonRow] = (),
) -> tuple[SettledPlan, list[Issue]]:
    """Read the deadlines, resolve the leads, keep out what cannot be stored.

    `bodies` and `people` are those the partnership has already. The findings are those that the
    file's reader did not make.
    """
    issues: list[Issue] = []
    rows = with_period(rows)
    kept = replace(
        rows,
        bodies=_fitting(_plain_kinds(rows.bodies, issues), "id", LONGEST_ID, issues),
        people=_fitting(rows.people, "id", LONGEST_ID, issues),
        priorities=_fitting(rows.priorities, "ref", LONGEST_REF, issues),
        indicators=_fitting(rows.indicators, "ref", LONGEST_REF, issues),
    )
    book = LeadBook.of((*kept.bodies, *bodies), (*kept.people, *people))
    settler = _Settler(kept, calendar, book, issues)
    actions = tuple(filter(None, map(settler.action, _new_refs(kept.actions, issues))))
    if not actions and not any(issue.severity is Severity.ERROR for issue in issues):
        issues.append(_no_actions(rows.place))
    return SettledPlan(replace(kept, actions=tuple(one.row for one in actions)), actions), issues


def _no_actions(place: Place) -> Issue:
    return Issue(
        place,
        "no-actions",
        "The plan has no action that could be read.",
        "Write one action in each row below the headings.",
    )


def _too_long(place: Place, name: str, text: str, longest: int) -> Issue:
    return Issue(
        place,
        f"{name}-too-long",
        f'The {name} "{text[:40]}…" has {len(text)} letters; at most {longest} fit. '
        "The row was left out.",
        f"Give it a shorter {name}.",
    )


def _fitting(
    rows: Sequence[_Row], name: str, longest: int, issues: list[Issue]
) -> tuple[_Row, ...]:
    """The rows whose id or ref can be stored."""
    long = [row for row in rows if len(getattr(row, name)) > longest]
    issues.extend(_too_long(row.place, name, getattr(row, name), longest) for row in long)
    return tuple(row for row in rows if len(getattr(row, name)) <= longest)


def _plain_kinds(bodies: Sequence[BodyRow], issues: list[Issue]) -> list[BodyRow]:
    """Bodies whose kind is a word, not a story."""
    long = [body for body in bodies if len(body.kind) > LONGEST_KIND]
    issues.extend(
        Issue(
            body.place,
            "kind-too-long",
            f'The kind "{body.kind[:40]}…" is too long and was left out.',
            "Choose a word that the column offers.",
            Severity.ADVICE,
        )
        for body in long
    )
    return [replace(body, kind="") if body in long else body for body in bodies]


def _new_refs(actions: Iterable[ActionRow], issues: list[Issue]) -> list[ActionRow]:
    """Each ref once, and none too long; the reader has seen to most of it."""
    seen: dict[str, Place] = {}
    kept: list[ActionRow] = []
    for row in actions:
        place = row.place_of("ref")
        if len(row.ref) > LONGEST_REF:
            issues.append(_too_long(place, "ref", row.ref, LONGEST_REF))
        elif row.ref in seen:
            issues.append(ref_twice(row.ref, seen[row.ref]).at(place))
        else:
            seen[row.ref] = place
            kept.append(row)
    return kept


@dataclass(slots=True)
class _Settler:
    """Settles one action after another; findings gather in `issues`."""

    rows: PlanRows
    calendar: Calendar
    book: LeadBook
    issues: list[Issue]
    _refs: frozenset[str] = field(init=False)
    _priorities: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._refs = frozenset(row.ref for row in self.rows.actions)
        self._priorities = frozenset(row.ref for row in self.rows.priorities)

    @property
    def _period(self) -> Period | None:
        start, end = self.rows.period_start, self.rows.period_end
        return (start, end) if start and end else None

    def action(self, row: ActionRow) -> SettledAction | None:
        if not row.text:
            self._say(row, "text", _NO_TEXT)
            return None
        doubts: list[str] = []
        deadline = self._deadline(row, doubts)
        status = self._status(row, doubts)
        leads = self._leads(row, doubts)
        reasons = tuple(dict.fromkeys((*row.review_reasons, *doubts)))
        others = (day.isoformat() for day in deadline.alternatives)
        return SettledAction(
            row=row,
            leads=leads,
            due_on=deadline.due_on,
            kind=deadline.kind,
            status=status,
            needs_review=row.review or bool(doubts),
            reasons=reasons,
            alternatives=tuple(dict.fromkeys((*row.alternatives, *others))),
            follows=self._follows(row),
        )

    def _say(self, row: ActionRow, name: str, doubt: Doubt) -> str:
        """Report a doubt, once: the reader may have been there before."""
        if doubt.problem not in row.review_reasons:
            self.issues.append(doubt.at(row.place_of(name)))
        return doubt.problem

    def _deadline(self, row: ActionRow, doubts: list[str]) -> Deadline:
        if row.deadline_kind:
            return self._as_told(row, doubts)
        read = read_deadline(
            row.deadline or row.deadline_printed, period=self._period, calendar=self.calendar
        )
        if read.needs_review:
            name = "deadline" if row.deadline else "deadline_printed"
            doubts.append(self._say(row, name, _deadline_doubt(row, read)))
        return read

    def _as_told(self, row: ActionRow, doubts: list[str]) -> Deadline:
        """The file itself says what kind of deadline this is."""
        kind = _kind_of(row)
        if kind in _UNDATED and row.deadline is not None and not row.review:
            self._say(row, "deadline_kind", _date_beside(kind))
        if kind not in _OPEN_KINDS or row.review:
            return Deadline(kind, row.deadline)
        if row.deadline:
            return Deadline(DeadlineKind.DATE, row.deadline)
        read = read_deadline(row.deadline_printed, period=self._period, calendar=self.calendar)
        if row.deadline_printed and read.certain:
            return read
        doubts.append(self._say(row, "deadline_kind", _open_kind(row.deadline_printed)))
        return replace(read, kind=kind, due_on=None)

    def _status(self, row: ActionRow, doubts: list[str]) -> str:
        try:
            status = _STATUS_OF.get(row.status) or Status(row.status)
        except ValueError:
            self._say(row, "status", _unknown_status(row.status))
            return ""
        if status is Status.NEEDS_REVIEW:
            doubts.append("The file gives its status as 'needs review'.")
            return ""
        return status.value if row.status else ""

    def _leads(self, row: ActionRow, doubts: list[str]) -> tuple[str, ...]:
        leads = tuple(dict.fromkeys(self.book.find(lead) or lead for lead in row.leads))
        unknown = tuple(lead for lead in leads if not self.book.find(lead))
        if unknown:
            doubts.append(self._say(row, "leads", unknown_lead(unknown, self.book)))
        return leads

    def _follows(self, row: ActionRow) -> str:
        if row.follows and row.follows not in self._refs:
            self._say(row, "follows", _unknown_follows(row.follows))
        return row.follows[:LONGEST_REF]


_NO_TEXT = Doubt(
    "action-without-text",
    "The row has no action.",
    "Write what is to be done, or clear the whole row.",
    Severity.ERROR,
)


def _kind_of(row: ActionRow) -> DeadlineKind:
    try:
        kind = DeadlineKind(row.deadline_kind)
    except ValueError:
        return DeadlineKind.DATE if row.deadline else DeadlineKind.UNREADABLE
    dateless = kind is DeadlineKind.DATE and row.deadline is None
    return DeadlineKind.UNREADABLE if dateless else kind


def _deadline_doubt(row: ActionRow, read: Deadline) -> Doubt:
    printed = row.deadline_printed or (row.deadline.isoformat() if row.deadline else "")
    kind = "assumed" if read.kind is DeadlineKind.DATE else read.kind.value
    taken = f" It is taken as {read.due_on.isoformat()}." if read.due_on else ""
    return Doubt(
        f"deadline-{kind}", f'Deadline "{printed[:60]}": {read.reason}{taken}', read.remedy
    )


def _open_kind(printed: str) -> Doubt:
    return Doubt(
        "deadline-not-settled",
        f'Deadline "{printed[:60]}": the file gives no one date for it.',
        "Type the date, and 'date' as the kind of deadline; or 'ongoing', or 'none'.",
    )


def _date_beside(kind: DeadlineKind) -> Doubt:
    return Doubt(
        "date-beside-words",
        f'The kind of deadline is "{kind.value}", so no reminder goes by the date beside it.',
        "If the date counts, make the kind 'date'.",
        Severity.ADVICE,
    )


def _unknown_status(text: str) -> Doubt:
    return Doubt(
        "status-unknown",
        f'"{text[:60]}" is not one of the words for a status; it was left out.',
        "Choose a word that the column offers, such as 'on track'.",
        Severity.ADVICE,
    )


def _unknown_follows(ref: str) -> Doubt:
    return Doubt(
        "follows-unknown",
        f'The action follows "{ref[:40]}", but no action has this ref.',
        "Write the ref of an action of this plan, or clear the cell.",
        Severity.ADVICE,
    )
