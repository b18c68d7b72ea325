"""People from a list (.xlsx or .csv): e-mail, post or name, agency, roles, body, language.

An e-mail is a person: importing again updates, and never doubles.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from reminders.plan_cells import damaged, workbook_grids
from reminders.plan_container import Container, Kind, open_container
from reminders.plan_grid import Grid, grid_of_texts, too_large
from reminders.plan_leads import LeadBook
from reminders.plan_people import (
    KnownPeople,
    enter_person,
    has_new_email,
    one_each,
    person_values,
)
from reminders.plan_records import SheetReader, slug
from reminders.plan_rows import BodyRow, PersonRow
from reminders.plan_sheets import PEOPLE
from reminders.plan_stored import find_partnership, load, sole_partnership
from reminders.role_changes import changed_roles, roles_held
from storage import audit
from storage.csv_lists import decoded, rows_of
from storage.issues import Issue, Place, Severity, has_errors
from storage.people import Person, Role
from storage.plans import Body, BodyMember

LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class PeopleResult:
    """What became of a list of people; `issues` say what did not go in, and why."""

    added: int
    changed: int
    unchanged: int
    issues: tuple[Issue, ...]

    @property
    def total(self) -> int:
        return self.added + self.changed + self.unchanged


def _person(**values: Any) -> PersonRow:
    return PersonRow(**{"id": "", **values})


# People of a list are told apart by their address, so that no id is made up for them.
_LIST = replace(PEOPLE, key="", row=_person)


def read_people(
    path: Path, bodies: Sequence[BodyRow] = ()
) -> tuple[tuple[PersonRow, ...], list[Issue]]:
    """The people in a file, and everything to be said about it."""
    container = open_container(path)
    if isinstance(container, Issue):
        return (), [container]
    found, issues = grids_of(path, container)
    grid = people_grid(found)
    if grid is None:
        return (), issues or [_nobody(path)]
    reader = SheetReader(_LIST, grid, LeadBook.of(bodies, ()))
    rows = tuple(
        row if row.id or row.email else replace(row, id=slug(row.post)) for row in reader.rows()
    )
    rows, long = _with_short_ids(rows)
    issues += [*reader.issues, *long]
    if not rows and not has_errors(issues):
        issues.append(_nobody(path))
    return rows, issues


def grids_of(path: Path, container: Container) -> tuple[list[Grid], list[Issue]]:
    """The sheets of a file that lists people; a Word document is none."""
    if container.kind is Kind.WORKBOOK:
        return workbook_grids(path.name, container.data)
    if container.kind is Kind.WORD:
        return [], [
            Issue(
                Place(path.name),
                "not-a-list",
                "The file is a Word document; a list of people is read from Excel or CSV.",
                "Copy the table into a workbook, or save it as CSV.",
            )
        ]
    grid = _text_grid(path.name, container.data)
    return ([], [grid]) if isinstance(grid, Issue) else ([grid], [])


def _text_grid(file: str, data: bytes) -> Grid | Issue:
    """A CSV list. The first line says what separates: roles in a cell may stand with ";"."""
    text = decoded(data)
    rows = None if text is None else rows_of(text)
    if rows is None:
        return damaged(file)
    width = max(map(len, rows), default=0)
    return too_large(file, None, len(rows), width) or grid_of_texts(file, None, rows)


def people_grid(grids: list[Grid]) -> Grid | None:
    """The sheet called people, else the first that has anything in it."""
    filled = [grid for grid in grids if not grid.empty]
    called = [grid for grid in filled if (grid.sheet or "").strip().casefold() == PEOPLE.name]
    return next(iter(called or filled), None)


def _nobody(path: Path) -> Issue:
    return Issue(
        Place(path.name),
        "nobody-in-it",
        "There is nobody in the file.",
        'Head the columns "e-mail", "post", "agency", "roles", "body" and "language", and write '
        "one person in each row.",
    )


def _with_short_ids(
    rows: tuple[PersonRow, ...],
) -> tuple[tuple[PersonRow, ...], list[Issue]]:
    long = [
        Issue(
            row.place,
            "id-too-long",
            f'The id "{row.id[:40]}…" has {len(row.id)} letters; at most {LONGEST_KEY} fit. '
            "The row was left out.",
            "Give it a shorter id.",
        )
        for row in rows
        if len(row.id) > LONGEST_KEY
    ]
    return tuple(row for row in rows if len(row.id) <= LONGEST_KEY), long


def import_people(
    db: Session,
    path: Path,
    *,
    now: datetime,
    person_id: int | None = None,
    partnership: str = "",
) -> PeopleResult:
    """Bring a list of people in, in the caller's transaction; who is known is brought up to date.

    Whoever is listed with a body becomes its chair if that is their role, else its contact where
    it has none, else a member. `partnership` is an id, needed where the database holds several.
    """
    owner = find_partnership(db, partnership) if partnership else sole_partnership(db)
    stored = load(db, owner, None)
    bodies = tuple(BodyRow(body.key, body.name) for body in stored.bodies.values())
    rows, issues = read_people(path, bodies)
    known = KnownPeople.of(db, stored)
    held = roles_held(db)
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for row in one_each(rows, issues):
        how = _fate(known, row)
        person = enter_person(known, row, language=True)
        posts = _take_posts(db, person, row, stored.bodies, issues)
        counts["changed" if posts and how == "unchanged" else how] += 1
        if not person.email:
            issues.append(_unreachable(row))
    if counts["added"] or counts["changed"]:
        detail = ", ".join(f"{name} {count}" for name, count in counts.items())
        if roles := changed_roles(held, roles_held(db)):
            detail += f"; {roles}"
        audit.record(db, at=now, act="people imported", person_id=person_id, detail=detail)
    return PeopleResult(**counts, issues=tuple(issues))


def _fate(known: KnownPeople, row: PersonRow) -> str:
    person = known.find(row)
    if person is None:
        return "added"
    values = person_values(row, language=True)
    moved = any(getattr(person, name) != value for name, value in values.items())
    return "changed" if moved or has_new_email(known, person, row.email) else "unchanged"


def _take_posts(
    db: Session,
    person: Person,
    row: PersonRow,
    bodies: dict[str, Body],
    issues: list[Issue],
) -> int:
    """Make a person chair, contact or member of the bodies they are listed with; how many are new.

    Who is listed with bodies is a member of no others.
    """
    taken, beside = 0, set[int]()
    column = "chair_person_id" if Role.CHAIR in row.roles else "contact_person_id"
    for body in filter(None, map(bodies.get, row.bodies)):
        holder = getattr(body, column)
        if holder == person.id:
            continue
        if holder and column == "contact_person_id":
            beside.add(body.id or 0)
            continue
        setattr(body, column, person.id)
        db.add(body)
        taken += 1
        issues.append(_now(row, body, "chair" if Role.CHAIR in row.roles else "contact"))
    return taken + (_set_members(db, person, beside, bodies) if row.bodies else 0)


def _set_members(db: Session, person: Person, body_ids: set[int], bodies: dict[str, Body]) -> int:
    """Of the bodies of this partnership these, and no others; how many changed."""
    ours = [body.id for body in bodies.values()]
    known = db.exec(
        select(BodyMember).where(
            BodyMember.person_id == person.id, col(BodyMember.body_id).in_(ours)
        )
    ).all()
    here = {one.body_id for one in known}
    for one in known:
        if one.body_id not in body_ids:
            db.delete(one)
    db.add_all(BodyMember(body_id=body_id, person_id=person.id or 0) for body_id in body_ids - here)
    return len(here ^ body_ids)


def _now(row: PersonRow, body: Body, post: str) -> Issue:
    return Issue(
        row.place,
        "post-taken",
        f'"{row.post[:60]}" is now the {post} of "{body.name[:60]}".',
        "If that is wrong, name another on the sheet 'bodies' of the plan workbook.",
        Severity.ADVICE,
    )


def _unreachable(row: PersonRow) -> Issue:
    return Issue(
        row.place,
        "no-e-mail",
        f'"{row.post[:60]}" has no e-mail address and cannot be reached.',
        "Fill in the e-mail.",
        Severity.ADVICE,
    )
