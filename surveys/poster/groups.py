"""A list of schools and youth groups from a CSV file, or what is wrong with it, by cell."""

from collections.abc import Iterator
from pathlib import Path

from openpyxl.utils import get_column_letter

from storage.csv_lists import decoded, rows_of
from storage.issues import Issue, Place
from surveys.printable import one_line

MOST_GROUPS = 500
MOST_LETTERS = 80

_MOST_BYTES = 1_000_000
_HEADINGS = frozenset({"group", "groups", "group_name", "name", "school", "school or group"})


def read_groups(path: Path) -> tuple[tuple[str, ...], list[Issue]]:
    """The names, in the file's order, from its column `group` or else its first; or the findings.

    Raises OSError where there is no such file.
    """
    text = None if path.stat().st_size > _MOST_BYTES else decoded(path.read_bytes())
    rows = None if text is None else rows_of(text)
    if rows is None:
        return (), [_not_a_list(path.name)]
    names = list(_names(rows))
    issues = list(_findings(path.name, names))
    return tuple(name for _, name in names), issues


def _names(rows: list[list[str]]) -> Iterator[tuple[Place, str]]:
    """Each filled cell of the column, with its row and column."""
    headings = [cell.strip().casefold() for cell in rows[0]] if rows else []
    column = next((at for at, cell in enumerate(headings) if cell in _HEADINGS), None)
    for number, row in enumerate(
        rows[1:] if column is not None else rows, 1 + (column is not None)
    ):
        at = column or 0
        if name := one_line(row[at] if at < len(row) else ""):
            yield Place("", None, number, get_column_letter(at + 1)), name


def _findings(file: str, names: list[tuple[Place, str]]) -> Iterator[Issue]:
    if not names:
        yield _issue(Place(file), "no-groups", "There is no name in it.", "Write one name a line.")
    if len(names) > MOST_GROUPS:
        yield _issue(
            Place(file),
            "too-many-groups",
            f"It has {len(names)} names; at most {MOST_GROUPS} are printed at once.",
            "Split the file.",
        )
    seen: dict[str, Place] = {}
    for place, name in names:
        here = Place(file, None, place.row, place.column)
        if len(name) > MOST_LETTERS:
            yield _issue(
                here,
                "long-group",
                f"The name is longer than {MOST_LETTERS} letters.",
                "Shorten it: it is printed on the poster.",
            )
        first = seen.setdefault(name.casefold(), here)
        if first is not here:
            yield _issue(
                here,
                "group-twice",
                f"This name stands in row {first.row} already.",
                "Leave one of them out, or say which is which.",
            )


def _not_a_list(file: str) -> Issue:
    return _issue(
        Place(file),
        "not-csv",
        "It cannot be read as a list of names.",
        "Save it as CSV (UTF-8), one school or group a line.",
    )


def _issue(place: Place, code: str, problem: str, remedy: str) -> Issue:
    return Issue(place, code, problem, remedy)
