"""What may be seen of true counts when several tables of the same people lie side by side.

`suppression` protects one table. Here tables share people: a question's counts come back as the
margin of every cross table. So the margins are settled first, once, by the one-way rule; a cross
table then takes all of its margins as known to the attacker and hides inside. What a hidden margin
would leave behind is gathered into one group or answer of its own, because everybody could work
out that sum.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.results.view import Count
from surveys.suppression import Shown, suppress

Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Base:
    """What shares are shares of: those who answered, or everyone who took part."""

    count: Count
    of_everyone: bool


def base_of(answered: int, people: int, threshold: int, *, rest_is_seen: bool = True) -> Base:
    """Those who answered, where nobody else is left or the others may be seen; else everyone.

    How many took part is taken as known, so a share of everyone tells nothing more.
    """
    rest = people - answered
    if people < threshold:
        return Base(None, of_everyone=False)
    if rest and (rest < threshold or answered < threshold or not rest_is_seen):
        return Base(people, of_everyone=True)
    return Base(answered, of_everyone=False)


def partition(counts: Mapping[str, int], threshold: int) -> dict[str, Count]:
    """Everybody in exactly one cell; what may be seen of each cell."""
    cells = suppress(counts, threshold=threshold)
    return {name: cell.count if isinstance(cell, Shown) else None for name, cell in cells.items()}


def cross(grid: Sequence[Sequence[int]], threshold: int) -> set[Spot]:
    """The cells of a table to hide when all sums of rows and columns are known.

    Every hidden cell is a corner of a rectangle of hidden cells along which at least `threshold`
    people could move without a sum changing; where that cannot be had, everything is hidden.
    """
    everything = {(i, j) for i, row in enumerate(grid) for j in range(len(row))}
    hidden = {(i, j) for i, j in everything if grid[i][j] < threshold}
    bare = sorted(hidden)
    while bare:
        best = _cheapest(grid, hidden, bare[0], threshold)
        if best is None:
            return everything
        added = set(best[1]) - hidden
        hidden |= added
        bare = [spot for spot in (*bare[1:], *sorted(added)) if spot not in best[1]]
    return hidden


def _cheapest(
    grid: Sequence[Sequence[int]], hidden: set[Spot], spot: Spot, threshold: int
) -> tuple[int, tuple[Spot, ...]] | None:
    """The rectangle that loses least; one that is hidden already loses nothing."""
    best = None
    for shape in _rectangles(grid, spot, threshold):
        cost = _cost(grid, hidden, shape)
        if best is None or cost < best:
            best = cost
            if best[0] == 0:
                break
    return best


def _cost(
    grid: Sequence[Sequence[int]], hidden: set[Spot], shape: tuple[Spot, ...]
) -> tuple[int, tuple[Spot, ...]]:
    return sum(grid[i][j] + 1 for i, j in shape if (i, j) not in hidden), shape


def _rectangles(
    grid: Sequence[Sequence[int]], spot: Spot, threshold: int
) -> Iterator[tuple[Spot, ...]]:
    i, j = spot
    here = grid[i]
    for k, row in enumerate(grid):
        if k == i:
            continue
        for m in range(len(row)):
            if m != j and min(here[j], row[m]) + min(here[m], row[j]) >= threshold:
                yield ((i, j), (k, m), (i, m), (k, j))


def safe_mean_place(total: int, people: int, choices: int, *, threshold: int) -> str:
    """The mean place of one choice in rankings, to the nearest half.

    Hidden at both ends of the list, and for few people, where it would tell each one's place.
    """
    if people < 2 * threshold:
        return ""
    halves = (4 * total + people) // (2 * people)
    return f"{halves / 2:.1f}" if 2 < halves < 2 * choices else ""


def table_moved_safely(
    before: Mapping[str, Count],
    after: Mapping[str, Count],
    *,
    people: tuple[int, int],
    threshold: int,
) -> bool:
    """Whether one table may follow another in public: nothing that can be subtracted is small.

    Hidden counts were never shown, but what all of them sum to was.
    """
    both = [name for name, count in before.items() if _both(count, after.get(name))]
    steps = [(after[name] or 0) - (before[name] or 0) for name in both]
    rest = (people[1] - people[0]) - sum(steps)
    return all(step == 0 or abs(step) >= threshold for step in (*steps, rest))


def _both(before: Count, after: Count) -> bool:
    return before is not None and after is not None
