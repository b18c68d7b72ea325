"""Lists of people for invitations (.xlsx or .csv): e-mails for a campaign, delegates of a course.

Read by cell with the tools of the people import: every finding says where, what is wrong and what
to do, and a row that cannot be used never stops the others.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reminders.people_import import grids_of, people_grid
from reminders.plan_container import open_container
from reminders.plan_grid import Grid, faults
from reminders.plan_headings import field_of, index
from reminders.plan_leads import LeadBook
from reminders.plan_records import value_of
from reminders.plan_sheets import Column, Holds
from reminders.plan_table import Heading, blank_row, find_heading, joined, unread_columns
from storage.issues import Issue, Place, Severity, has_errors
from surveys.follow_up import Attendee

LONGEST_LANGUAGE = 12
_YES = ("yes", "y", "attended", "present", "x", "1", "true", "came")
_NO = ("no", "n", "absent", "did not attend", "dna", "0", "false", "cancelled")

_EMAIL = Column(
    "e-mail", "email", Holds.MAIL, also=("email", "email address", "e-mail address", "mail")
)
_NAME = Column("name", "name", also=("full name", "delegate", "attendee", "post"))
_CAME = Column(
    "attended",
    "attended",
    choices=("yes", "no"),
    strict=True,
    also=("attendance", "present", "came"),
    words={**dict.fromkeys(_YES, "yes"), **dict.fromkeys(_NO, "no")},
)
_AGENCY = Column("agency", "agency", also=("organisation", "organization"))
_LANGUAGE = Column("language", "language")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list that has an e-mail, and where it stands."""

    email: str
    values: Mapping[str, Any]
    place: Place


def read_emails(path: Path) -> tuple[tuple[Row, ...], list[Issue]]:
    """The e-mails in a list, each once."""
    return _read(path, (_EMAIL, _NAME), needs=("email",))


def read_attendees(path: Path) -> tuple[tuple[Attendee, ...], list[Issue]]:
    """The delegates in a course's list, each once; who has no "attended" is left out, and said."""
    rows, issues = _read(
        path, (_EMAIL, _NAME, _CAME, _AGENCY, _LANGUAGE), needs=("email", "attended")
    )
    found = []
    doubted = {issue.place.row for issue in issues if issue.code == "not-a-choice"}
    for row in rows:
        if row.values.get("attended"):
            found.append(_attendee(row, issues))
        elif row.place.row not in doubted:
            issues.append(_no_attendance(row.place))
    return tuple(found), issues


def _attendee(row: Row, issues: list[Issue]) -> Attendee:
    language = row.values.get("language", "")
    if len(language) > LONGEST_LANGUAGE:
        issues.append(_no_language(row.place))
        language = ""
    return Attendee(
        email=row.email,
        name=row.values.get("name", "")[:200],
        attended=row.values["attended"] == "yes",
        agency=row.values.get("agency", "")[:200],
        language=language or "en",
    )


def _read(
    path: Path, wanted: tuple[Column, ...], *, needs: tuple[str, ...]
) -> tuple[tuple[Row, ...], list[Issue]]:
    container = open_container(path)
    if isinstance(container, Issue):
        return (), [container]
    found, issues = grids_of(path, container)
    grid = people_grid(found)
    if grid is None:
        return (), issues or [_empty(Place(path.name), wanted)]
    fields = index({column.field: (column.heading, *column.also) for column in wanted})
    heading = find_heading(grid, _finder(fields), lambda found: set(needs) <= found)
    if heading is None:
        return (), [*issues, _no_heading(grid, wanted, needs)]
    issues += unread_columns(grid, heading)
    rows = tuple(_each_once(_rows(grid, heading, wanted, issues), issues))
    if not rows and not has_errors(issues):
        issues.append(_empty(Place(path.name, grid.sheet), wanted))
    return rows, issues


def _finder(fields: Mapping[str, str]) -> Callable[[str], str]:
    return lambda text: field_of(text, fields)


def _rows(
    grid: Grid, heading: Heading, wanted: tuple[Column, ...], issues: list[Issue]
) -> Iterator[Row]:
    for at in range(heading.row + 1, len(grid.rows)):
        if blank_row(grid, at):
            continue
        found = list(faults(grid, at, heading.used))
        values: dict[str, Any] = {}
        for column in wanted:
            if columns := heading.columns.get(column.field):
                value, doubt = value_of(column, joined(grid, at, columns), LeadBook())
                values[column.field] = value or ""
                if doubt:
                    found.append(doubt.at(grid.place(at, columns[0])))
        if not values["email"] and not found:
            found.append(_no_email(grid.place(at, heading.columns["email"][0])))
        issues += found
        if values["email"]:
            yield Row(values["email"].strip(), values, grid.place(at))


def _each_once(rows: Iterator[Row], issues: list[Issue]) -> Iterator[Row]:
    seen: dict[str, Place] = {}
    for row in rows:
        first = seen.setdefault(row.email.casefold(), row.place)
        if first is row.place:
            yield row
        else:
            issues.append(_twice(row.place, first))


def _no_heading(grid: Grid, wanted: tuple[Column, ...], needs: tuple[str, ...]) -> Issue:
    named = " and ".join(f'"{column.heading}"' for column in wanted if column.field in needs)
    return Issue(
        Place(grid.file, grid.sheet),
        "no-heading-row",
        f"No row with the headings {named} was found.",
        "Give the first row these headings, and write one person in each row.",
    )


def _empty(place: Place, wanted: tuple[Column, ...]) -> Issue:
    named = ", ".join(f'"{column.heading}"' for column in wanted)
    return Issue(
        place,
        "nobody-in-it",
        "There is nobody in the file.",
        f"Head the columns {named}, and write one person in each row.",
    )


def _no_email(place: Place) -> Issue:
    return Issue(
        place,
        "cell-missing",
        "The row has no e-mail, so nobody can be found by it. It was left out.",
        "Fill in the e-mail, or clear the whole row.",
    )


def _no_attendance(place: Place) -> Issue:
    return Issue(
        place,
        "cell-missing",
        "It is not said whether this person attended. The row was left out.",
        'Write "yes" or "no" under "attended".',
    )


def _no_language(place: Place) -> Issue:
    return Issue(
        place,
        "language-unknown",
        "That is not the code of a language; English is used.",
        "Write a code such as en, pl or ur.",
        Severity.ADVICE,
    )


def _twice(place: Place, first: Place) -> Issue:
    return Issue(
        place,
        "written-twice",
        f"The same e-mail stands already in row {first.row}; that row counts.",
        "Delete the row that is too many.",
        Severity.ADVICE,
    )


def not_known(row: Row) -> Issue:
    """For a list of a campaign: an e-mail that nobody in the people list has."""
    return Issue(
        row.place,
        "person-unknown",
        "Nobody in the people list has this e-mail, so they are not invited.",
        "Add them with `people import`, or correct the address.",
    )
