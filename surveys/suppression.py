"""Small numbers: what may be shown without pointing at anybody.

The rules are ONS "10-5" (hide under ten, round to five) and DfE's `c`. What is promised:

* No count below the threshold is shown, **zero included**. "Nobody feels safe" and "everybody
  said yes" are statements about every member of a group, and a zero that is shown narrows the
  hidden cells beside it. A category that could not be chosen should not be passed in at all.
* One row of categories: whoever knows the shown cells and the total, *and these rules*, is left
  with more than one possible value for every hidden cell; by arithmetic alone the range left is
  at least `threshold` wide.
* Rows by columns with all margins: the same range by arithmetic for every hidden cell.

Rounding for the public only widens those ranges, because it comes after suppression.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

SYMBOL = "c"
ROUNDING = 5


class Audience(StrEnum):
    """Who will see the figures."""

    PUBLIC = "public"
    INTERNAL = "internal"


FLOORS: Mapping[Audience, int] = {Audience.PUBLIC: 10, Audience.INTERNAL: 5}


@dataclass(frozen=True, slots=True)
class Shown:
    """A count that may be printed."""

    count: int

    def __str__(self) -> str:
        return f"{self.count:,}"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A count that is hidden; it carries no number, so that none can slip out."""

    symbol: str = SYMBOL

    def __str__(self) -> str:
        return self.symbol


Cell = Shown | Suppressed


@dataclass(frozen=True, slots=True)
class TwoWay:
    """Rows by columns, after suppression, with every margin."""

    cells: Mapping[str, Mapping[str, Cell]]
    row_totals: Mapping[str, Cell]
    column_totals: Mapping[str, Cell]
    total: Cell


@dataclass(frozen=True, slots=True)
class OneWay:
    """The answers to one question, ready to print for one audience."""

    cells: Mapping[str, Cell]
    total: Cell


def threshold_for(audience: Audience, setting: int | None = None) -> int:
    """The threshold in force. A setting may raise the floor of its audience, never lower it."""
    floor = FLOORS[audience]
    if setting is None:
        return floor
    if setting < floor:
        raise ValueError(
            f"The threshold for {audience.value} figures is {setting}; it cannot be below {floor}. "
            f"Set it to {floor} or more."
        )
    return setting


def show_total(count: int, *, threshold: int) -> Cell:
    """A count that stands alone, such as the number of people who answered."""
    return Shown(count) if count >= threshold else Suppressed()


def suppress(
    counts: Mapping[str, int], *, threshold: int, total_known: bool = True
) -> Mapping[str, Cell]:
    """Hide small cells, and as many more as it takes that none can be worked out.

    `total_known=False` is for counts that add up to nothing anybody is told.
    """
    _refuse_negative(counts.values())
    hidden = {name for name, count in counts.items() if count < threshold}
    total = sum(counts.values())
    if total < threshold:
        hidden = set(counts)
    elif total_known:
        while hidden and len(hidden) < len(counts) and not _wide(counts, hidden, threshold):
            hidden |= _smallest_shown(counts, hidden)
    return {n: Suppressed() if n in hidden else Shown(count) for n, count in counts.items()}


def suppress_choices(
    counts: Mapping[str, int], *, respondents: int, threshold: int
) -> Mapping[str, Cell]:
    """Cells of a choose-all-that-apply question, each against those who did not choose it.

    When all but a few chose something, the few are as plain to see as a small cell.
    """
    _refuse_negative(counts.values())
    return {
        name: Shown(count)
        if count >= threshold and respondents - count >= threshold
        else Suppressed()
        for name, count in counts.items()
    }


def suppress_table(counts: Mapping[str, Mapping[str, int]], *, threshold: int) -> TwoWay:
    """Rows by columns. A column that a row leaves out counts as zero there."""
    rows = list(counts)
    columns = list(dict.fromkeys(name for row in counts.values() for name in row))
    grid = [[counts[row].get(column, 0) for column in columns] for row in rows]
    _refuse_negative(value for row in grid for value in row)
    margined = _with_margins(grid)
    hidden = _hidden_of_table(margined, threshold)

    def cell(i: int, j: int) -> Cell:
        return Suppressed() if (i, j) in hidden else Shown(margined[i][j])

    last_row, last_column = len(rows), len(columns)
    return TwoWay(
        cells={r: {c: cell(i, j) for j, c in enumerate(columns)} for i, r in enumerate(rows)},
        row_totals={r: cell(i, last_column) for i, r in enumerate(rows)},
        column_totals={c: cell(last_row, j) for j, c in enumerate(columns)},
        total=cell(last_row, last_column),
    )


def one_way(
    counts: Mapping[str, int], audience: Audience, *, threshold: int | None = None
) -> OneWay:
    """One question for one audience: suppressed, and for the public rounded afterwards."""
    limit = threshold_for(audience, threshold)
    cells = suppress(counts, threshold=limit)
    total = show_total(sum(counts.values()), threshold=limit)
    if audience is Audience.INTERNAL:
        return OneWay(cells, total)
    return OneWay({name: rounded(cell) for name, cell in cells.items()}, rounded(total))


def round_public(count: int) -> int:
    """To the nearest five, as ONS does for the public."""
    return (count + ROUNDING // 2) // ROUNDING * ROUNDING


def rounded(cell: Cell) -> Cell:
    """The cell as the public sees it."""
    return Shown(round_public(cell.count)) if isinstance(cell, Shown) else cell


def percentage(part: Cell, whole: Cell) -> int | None:
    """Whole per cent of two figures **as shown**, or nothing when either is hidden.

    Give it the rounded cells for the public: an exact percentage undoes the rounding.
    """
    if isinstance(part, Suppressed) or isinstance(whole, Suppressed) or whole.count == 0:
        return None
    return min(100, (200 * part.count + whole.count) // (2 * whole.count))


def safe_to_publish_change(previous: int | None, current: int, threshold: int) -> bool:
    """Whether `current` may follow `previous` in public, both being true counts.

    If not, show the earlier figure with its date, or nothing. What was never shown, or was too
    small to be shown, gives nothing to subtract from.
    """
    if current < threshold:
        return False
    if previous is None or previous < threshold:
        return True
    return current == previous or abs(current - previous) >= threshold


def safe_to_publish_changes(
    previous: Mapping[str, int] | None, current: Mapping[str, int], threshold: int
) -> bool:
    """Whether a whole table may follow an earlier one; if not, the earlier one stays as it was.

    All or nothing: old cells beside new ones would not add up, and the gap would tell.
    """
    if previous is None:
        return True
    names = dict.fromkeys((*previous, *current))
    steps = [current.get(name, 0) - previous.get(name, 0) for name in names]
    return all(step == 0 or abs(step) >= threshold for step in (*steps, sum(steps)))


def _refuse_negative(values: Iterable[int]) -> None:
    if any(value < 0 for value in values):
        raise ValueError("A count is negative. Count people or answers; neither can be below 0.")


def _wide(counts: Mapping[str, int], hidden: set[str], threshold: int) -> bool:
    """Whether the hidden cells, which share a known sum, could each be far from what they are.

    Hiding goes by size alone, so hidden cells could always have changed places; that is worth
    something only when they are not all the same.
    """
    values = [counts[name] for name in hidden]
    return len(set(values)) > 1 and sum(values) >= threshold


def _smallest_shown(counts: Mapping[str, int], hidden: set[str]) -> set[str]:
    """The smallest cell still shown, with its ties: choosing one of two by order would tell
    somebody who knows the rule which of the hidden cells is the small one."""
    smallest = min(count for name, count in counts.items() if name not in hidden)
    return {name for name, count in counts.items() if name not in hidden and count == smallest}


Spot = tuple[int, int]
_NO_LIMIT = 10**9


def _with_margins(grid: list[list[int]]) -> list[list[int]]:
    columns = [sum(column) for column in zip(*grid, strict=True)]
    return [[*row, sum(row)] for row in [*grid, columns]]


def _hidden_of_table(grid: list[list[int]], threshold: int) -> set[Spot]:
    """Grow the hidden set until every hidden spot stands on a rectangle that can be shifted."""
    spots = [(i, j) for i, row in enumerate(grid) for j in range(len(row))]
    hidden = {(i, j) for i, j in spots if grid[i][j] < threshold}
    if grid[-1][-1] < threshold:
        return set(spots)
    bare = sorted(hidden)
    while bare:
        best = min(
            (_cost(grid, hidden, shape) for shape in _rectangles(grid, bare[0], threshold)),
            default=None,
        )
        if best is None:
            return set(spots)
        added = set(best[1]) - hidden
        hidden |= added
        bare = [spot for spot in (*bare[1:], *sorted(added)) if spot not in best[1]]
    return hidden


def _cost(
    grid: list[list[int]], hidden: set[Spot], shape: tuple[Spot, ...]
) -> tuple[int, tuple[Spot, ...]]:
    """How much would be lost by hiding this rectangle too; totals weigh more than cells."""
    last_row, last_column = len(grid) - 1, len(grid[0]) - 1
    lost = 0
    for i, j in shape:
        if (i, j) not in hidden:
            lost += (grid[i][j] + 1) * (1 + 9 * ((i == last_row) + (j == last_column)))
    return lost, shape


def _rectangles(grid: list[list[int]], spot: Spot, threshold: int) -> Iterator[tuple[Spot, ...]]:
    """Rectangles with `spot` as a corner along which `threshold` people or more could move."""
    i, j = spot
    for k in range(len(grid)):
        for m in range(len(grid[0])):
            if k != i and m != j:
                shape = ((i, j), (k, m), (i, m), (k, j))
                if _room(grid, shape[:2]) + _room(grid, shape[2:]) >= threshold:
                    yield shape


def _room(grid: list[list[int]], corners: Sequence[Spot]) -> int:
    """How far these two corners can fall together, the others rising, with all sums kept.

    A margin counts against its own line, so it rises where a cell would fall, and never falls
    further than the cell beside it. Two margins alone can rise without end.
    """
    last_row, last_column = len(grid) - 1, len(grid[0]) - 1
    falling = [grid[i][j] for i, j in corners if (i == last_row) == (j == last_column)]
    return min(falling, default=_NO_LIMIT)
