"""Bringing a plan in from a file: check it, see what it would change, import it.

The three doors for whoever holds a file. A file never raises; whatever is wrong is an `Issue` that
names the place and the remedy. Each works within the caller's session: `check_file` needs none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session

from reminders.plan_apply import ImportResult, apply
from reminders.plan_changes import ImportPreview
from reminders.plan_diff import preview
from reminders.plan_doubts import new_lead
from reminders.plan_file import read_plan
from reminders.plan_rows import NOWHERE, PlanRows
from reminders.plan_settle import SettledPlan, settle
from reminders.plan_stored import (
    PlanName,
    find_partnership,
    known_bodies,
    known_people,
    load,
    named,
    sole_partnership,
)
from storage.calendar import Calendar
from storage.issues import Issue, Place, has_errors
from storage.plans import Partnership

__all__ = [
    "ImportPreview",
    "ImportResult",
    "PlanName",
    "SettledPlan",
    "apply",
    "check_file",
    "diff_file",
    "import_file",
    "preview",
    "settle",
]

NOT_SAID = PlanName()
LONGEST_SLUG = 64


def check_file(path: Path, calendar: Calendar) -> tuple[SettledPlan | None, list[Issue]]:
    """What a file holds and everything wrong with it, without a database."""
    rows, issues = read_plan(path)
    if rows is None:
        return None, issues
    settled, found = settle(rows, calendar)
    issues = [*issues, *_new_leads(rows)]
    return settled, [*issues, *_without_second_word(issues, found)]


def diff_file(
    db: Session, path: Path, calendar: Calendar, today: date, *, given: PlanName = NOT_SAID
) -> tuple[ImportPreview | None, list[Issue]]:
    """What importing the file would change; nothing to show where nothing could be read."""
    read = _read(db, path, given)
    if read.rows is None:
        return None, read.issues
    found = preview(db, read.rows, calendar, today=today, issues=read.issues, owner=read.owner)
    return (found if found.settled.actions else None), list(found.issues)


def import_file(
    db: Session,
    path: Path,
    *,
    now: datetime,
    today: date,
    calendar: Calendar,
    person_id: int | None = None,
    given: PlanName = NOT_SAID,
    allow_removals: bool = True,
    despite_errors: bool = True,
) -> ImportResult:
    """Import what can be imported, all of it in the caller's transaction.

    Without a single good action, nothing is touched; with `despite_errors` off, one bad row is
    enough for that.
    """
    found, issues = diff_file(db, path, calendar, today, given=given)
    if found is None or (not despite_errors and has_errors(issues)):
        return ImportResult(None, {}, tuple(issues), found)
    return apply(
        db,
        found,
        now=now,
        today=today,
        source_file=path.name,
        person_id=person_id,
        allow_removals=allow_removals,
    )


@dataclass(frozen=True, slots=True)
class _Read:
    rows: PlanRows | None
    owner: str
    issues: list[Issue]


def _read(db: Session, path: Path, given: PlanName) -> _Read:
    """Read the file with the bodies and people in mind that its partnership has already.

    Whose plan it is stands in the file, so it is read once more where the guess was wrong.
    """
    guess = find_partnership(db, given.partnership) if given.partnership else sole_partnership(db)
    rows, issues = _read_for(db, path, guess)
    if rows is None:
        return _Read(None, "", issues)
    told, owner, taken = named(db, rows, given, path.stem)
    if len(owner) > LONGEST_SLUG:
        return _Read(None, "", [*issues, _slug_too_long(rows, owner)])
    partnership = find_partnership(db, owner)
    if partnership is not guess:
        rows, issues = _read_for(db, path, partnership)
        told = named(db, rows, given, path.stem)[0] if rows else told
    return _Read(told, owner, [*issues, *(_new_leads(rows) if rows else ()), *taken])


def _read_for(
    db: Session, path: Path, partnership: Partnership | None
) -> tuple[PlanRows | None, list[Issue]]:
    if partnership is None:
        return read_plan(path)
    stored = load(db, partnership, None)
    return read_plan(path, bodies=known_bodies(stored), people=known_people(stored))


def _new_leads(rows: PlanRows) -> Iterator[Issue]:
    """Every name that was taken for a lead though no sheet lists it, at the first row it leads."""
    first: dict[str, Place] = {}
    for action in rows.actions:
        for lead in action.leads:
            first.setdefault(lead, action.place_of("leads"))
    for body in rows.bodies:
        if body.place == NOWHERE and body.id in first:
            yield new_lead(body.name, first[body.id].row).at(first[body.id])


def _slug_too_long(rows: PlanRows, owner: str) -> Issue:
    return Issue(
        rows.place,
        "partnership-id-too-long",
        f'The partnership id "{owner[:40]}…" has {len(owner)} letters; at most {LONGEST_SLUG} fit.',
        "Give it a short one on the sheet 'plan', such as rochdale.",
    )


def _without_second_word(issues: list[Issue], found: list[Issue]) -> list[Issue]:
    """Findings that the reader did not make already."""
    said = {(issue.code, issue.place) for issue in issues}
    return [issue for issue in found if (issue.code, issue.place) not in said]
