"""Where a table's heading row is, and which column holds which field."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from reminders.plan_grid import BLANK, Cell, Grid
from reminders.plan_headings import heading_key
from storage.issues import Issue, Severity

_SEARCHED_ROWS = 40


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading row: the columns of each field, and those that mean nothing to us."""

    row: int
    columns: Mapping[str, tuple[int, ...]]
    unknown: tuple[int, ...] = ()

    def renamed(self, old: str, new: str) -> "Heading":
        """The same row with one field's columns standing for another's."""
        columns = dict(self.columns)
        columns[new] = (*columns.get(new, ()), *columns.pop(old))
        return replace(self, columns=columns)

    def without(self, field: str) -> "Heading":
        """The same row with a field's columns set aside."""
        columns = {name: at for name, at in self.columns.items() if name != field}
        return replace(self, columns=columns, unknown=(*self.unknown, *self.columns[field]))

    @property
    def used(self) -> tuple[int, ...]:
        """Every column that is read."""
        return tuple(sorted({at for columns in self.columns.values() for at in columns}))


def find_heading(
    grid: Grid, field_of: Callable[[str], str], enough: Callable[[set[str]], bool]
) -> Heading | None:
    """The first row whose headings are enough to read the table by."""
    for row in range(min(len(grid.rows), _SEARCHED_ROWS)):
        heading = heading_at(grid, row, field_of)
        if enough(set(heading.columns)):
            return heading
    return None


def heading_at(grid: Grid, row: int, field_of: Callable[[str], str]) -> Heading:
    """What this row would say as a heading row. Its repetition on merged rows does not count."""
    columns: dict[str, tuple[int, ...]] = {}
    unknown: list[int] = []
    for at, cell in enumerate(grid.rows[row]):
        if field := field_of(cell.text):
            columns[field] = (*columns.get(field, ()), at)
        elif cell.text:
            unknown.append(at)
    return Heading(row, columns, tuple(unknown))


def repeats(grid: Grid, row: int, heading: Heading) -> bool:
    """Whether a row is the heading again, as on a new page."""
    pairs = [
        (heading_key(grid.cell(row, at).text), heading_key(grid.cell(heading.row, at).text))
        for at in heading.used
    ]
    return all(here == there for here, there in pairs)


def unread_columns(grid: Grid, heading: Heading) -> Iterator[Issue]:
    """Advice on each column that has a heading and content but is not read."""
    below = grid.rows[heading.row + 1 :]
    for at in heading.unknown:
        if any(at < len(row) and row[at].text for row in below):
            yield Issue(
                grid.place(heading.row, at),
                "column-not-read",
                f'The column "{grid.cell(heading.row, at).text[:60]}" was not read.',
                "If it belongs to the plan, give it a usual heading or move it into a note.",
                Severity.ADVICE,
            )


def joined(grid: Grid, row: int, columns: tuple[int, ...]) -> Cell:
    """The cell of a field; where several columns hold it, their different texts, one a line."""
    cells = [cell for at in columns if (cell := grid.cell(row, at)).text or cell.fault]
    if len(cells) <= 1:
        return cells[0] if cells else BLANK
    texts = dict.fromkeys(cell.text for cell in cells if cell.text)
    return replace(cells[0], text="\n".join(texts))


def blank_row(grid: Grid, row: int) -> bool:
    """Whether nothing stands in it but what merged cells above repeat."""
    return not any((cell.text or cell.fault) and not cell.carried for cell in grid.rows[row])
