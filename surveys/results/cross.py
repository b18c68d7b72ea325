"""One question by group: margins as they were settled before, and what is hidden inside. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.results.safe import cross
from surveys.results.tally import Asked, Counts
from surveys.results.view import (
    NO_ANSWER,
    OTHER_GROUPS,
    Count,
    CrossRow,
    CrossTable,
    Line,
    QuestionResult,
    Shape,
    share,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of every cross table: one group, or all groups together that are too small alone."""

    name: str
    people: int
    groups: tuple[str, ...]


def rows_of(people: Mapping[str, int], seen: Mapping[str, Count], threshold: int) -> list[Row]:
    """The groups that may be seen, and one row of all the others.

    The others could be worked out as what the rest leaves, so they are protected like a group.
    """
    rows = [Row(name, count, (name,)) for name, count in people.items() if seen[name] is not None]
    small = tuple(name for name in people if seen[name] is None)
    together = sum(people[name] for name in small)
    if small and together >= threshold:
        rows.append(Row(OTHER_GROUPS, together, small))
    return rows


def cross_table(
    one: Asked,
    result: QuestionResult,
    split: Sequence[Counts],
    rows: Sequence[Row],
    threshold: int,
) -> CrossTable:
    """One question by these rows; without rows where nothing may be seen."""
    if one.plan.shape is Shape.MANY:
        found = _choices(one, result, split, rows, threshold)
    else:
        found = _partition(one, result, split, rows, threshold)
    if all(cell.count is None for row in found for cell in row.cells):
        return CrossTable(result.name, ())
    return CrossTable(result.name, tuple(found))


def _partition(
    one: Asked,
    result: QuestionResult,
    split: Sequence[Counts],
    rows: Sequence[Row],
    threshold: int,
) -> list[CrossRow]:
    """Everybody in one cell of their row; hidden lines are one column, which anybody can sum up."""
    shown = [line.name for line in result.lines if line.count is not None]
    if result.no_answer is not None and result.no_answer.count is not None:
        shown.append(NO_ANSWER)
    small = [name for name in one.cells(one.counts, one.people) if name not in shown]
    if len(shown) + bool(small) < 2:
        return []
    grid = [
        _grid_row(one.cells(counts, row.people), shown, small)
        for counts, row in zip(split, rows, strict=True)
    ]
    hidden = cross(grid, threshold)
    found = []
    for i, (row, counts) in enumerate(zip(rows, split, strict=True)):
        seen = {name: grid[i][j] for j, name in enumerate(shown) if (i, j) not in hidden}
        of_everyone = not one.is_answered_by_all and NO_ANSWER not in seen
        base = row.people if of_everyone else counts.answered
        found.append(_row(row, base, seen, result, of_everyone=of_everyone))
    return found


def _grid_row(cells: Mapping[str, int], shown: Sequence[str], small: Sequence[str]) -> list[int]:
    together = [sum(cells[name] for name in small)] if small else []
    return [*(cells[name] for name in shown), *together]


def _choices(
    one: Asked,
    result: QuestionResult,
    split: Sequence[Counts],
    rows: Sequence[Row],
    threshold: int,
) -> list[CrossRow]:
    """Each choice against all others of its row, as a table of two columns."""
    chosen: dict[str, dict[int, int]] = {}
    for line in result.lines:
        counts = [cell.cells.get(line.name, 0) for cell in split]
        if line.count is not None:
            chosen[line.name] = _two_columns(counts, rows, threshold)
    answered = [counts.answered for counts in split]
    exact = dict(enumerate(answered))
    if not one.is_answered_by_all:
        exact = _two_columns(answered, rows, threshold) if not result.of_everyone else {}
    found = []
    for i, row in enumerate(rows):
        seen = {name: cells[i] for name, cells in chosen.items() if i in cells}
        base = exact.get(i, row.people)
        found.append(_row(row, base, seen, result, of_everyone=i not in exact))
    return found


def _two_columns(counts: Sequence[int], rows: Sequence[Row], threshold: int) -> dict[int, int]:
    """The counts of those rows that may be seen, by place."""
    hidden = cross(
        [(count, row.people - count) for count, row in zip(counts, rows, strict=True)], threshold
    )
    return {i: count for i, count in enumerate(counts) if (i, 0) not in hidden}


def _row(
    row: Row, base: int, seen: Mapping[str, int], result: QuestionResult, *, of_everyone: bool
) -> CrossRow:
    cells = tuple(
        Line(line.name, {}, seen.get(line.name), share(seen.get(line.name), base))
        for line in result.lines
    )
    return CrossRow(row.name, base, of_everyone, cells)
