"""A rota as a CSV file: who, from, until, in local time; all of it, or nothing, goes in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session as Db

from storage.csv_lists import decoded, rows_of
from storage.issues import Issue, Place
from storage.people import person_of
from surveys.clock_words import read_instant
from surveys.concerns.rota import add_shift, shifts, why_no_shift

_HEADINGS = {
    "person": ("person", "e-mail", "email", "who", "reviewer"),
    "from": ("from", "start", "starts", "begins"),
    "until": ("until", "to", "end", "ends"),
}
_MOST_BYTES, _MOST_ROWS = 1_000_000, 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """One turn as it stands in the file."""

    place: Place
    email: str
    starts: str
    ends: str


def import_rota(
    db: Db, path: Path, *, now: datetime, by_id: int | None = None, actor: str = ""
) -> tuple[int, list[Issue]]:
    """Adds every turn of a file. With one bad row nothing is added, and each bad row is named.

    A turn that stands in the rota already is left as it is.
    """
    rows, issues = _read(path)
    wanted: list[tuple[int, datetime, datetime]] = []
    for row in rows:
        found = _understood(db, row, wanted, now)
        if isinstance(found, Issue):
            issues.append(found)
        elif found is not None:
            wanted.append(found)
    if issues:
        return 0, issues
    for person_id, starts, ends in wanted:
        add_shift(db, person_id, starts, ends, now=now, by_id=by_id, actor=actor)
    return len(wanted), []


def _read(path: Path) -> tuple[list[Row], list[Issue]]:
    name = Place(path.name)
    try:
        if path.stat().st_size > _MOST_BYTES:
            return [], [_issue(name, "The file is too large for a rota.", "Split it by month.")]
        text = decoded(path.read_bytes())
    except OSError:
        return [], [
            _issue(name, "The file cannot be read.", "Check its name and that it is there.")
        ]
    lines = None if text is None else rows_of(text)
    if lines is None:
        return [], [_issue(name, "The file is not a CSV table.", "Save it as CSV (UTF-8).")]
    return _rows(path.name, lines[: _MOST_ROWS + 1])


def _rows(file: str, lines: Sequence[Sequence[str]]) -> tuple[list[Row], list[Issue]]:
    columns = _columns(lines[0]) if lines else {}
    if missing := [name for name in _HEADINGS if name not in columns]:
        problem = f"No column is headed {' or '.join(missing)}."
        remedy = "Head the columns person, from and until, in the first line."
        return [], [_issue(Place(file, row=1), problem, remedy)]
    found = list(_each(file, lines, columns))
    if not found:
        return [], [
            _issue(Place(file), "There is no turn in the file.", "Write one turn in each line.")
        ]
    return found, []


def _columns(heading: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, text in enumerate(heading):
        for name, known in _HEADINGS.items():
            if text.strip().casefold() in known:
                found.setdefault(name, place)
    return found


def _each(file: str, lines: Sequence[Sequence[str]], columns: dict[str, int]) -> Iterator[Row]:
    for number, line in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in line):
            cells = [
                line[columns[name]].strip() if columns[name] < len(line) else ""
                for name in _HEADINGS
            ]
            yield Row(Place(file, row=number), *cells)


def _understood(
    db: Db, row: Row, before: Sequence[tuple[int, datetime, datetime]], now: datetime
) -> tuple[int, datetime, datetime] | Issue | None:
    person = person_of(db, row.email)
    if person is None or person.id is None:
        return _issue(
            row.place,
            "Nobody in the people list has this e-mail.",
            "Correct it, or add the person with `people import`.",
        )
    starts, ends = read_instant(row.starts), read_instant(row.ends)
    if starts is None or ends is None:
        what = "from" if starts is None else "until"
        return _issue(
            row.place,
            f"The time under '{what}' cannot be read.",
            "Write a local time such as 2026-12-24 17:00.",
        )
    if _stands_already(db, person.id, starts, ends):
        return None
    if any(one == person.id and a < ends and b > starts for one, a, b in before):
        return _issue(
            row.place, "It overlaps an earlier line of the same person.", "Delete one of them."
        )
    why = why_no_shift(db, person.id, starts, ends, now=now)
    if why:
        problem, _, remedy = why.partition(": ")
        return _issue(row.place, f"{problem}.", remedy[:1].upper() + remedy[1:])
    return person.id, starts, ends


def _stands_already(db: Db, person_id: int, starts: datetime, ends: datetime) -> bool:
    return any(
        (one.person_id, one.starts_at, one.ends_at) == (person_id, starts, ends)
        for one in shifts(db, starts, ends)
    )


def _issue(place: Place, problem: str, remedy: str) -> Issue:
    return Issue(place, "rota", problem, remedy)
