"""Small numbers: what may be shown without pointing at anybody.

The rules are ONS "10-5" (hide under ten, round to five) and DfE's `c`. What is promised:

* No count below the threshold is shown, **zero included**. "Nobody feels safe" and "everybody
  said yes" are statements about every member of a group, and a zero that is shown narrows the
  hidden cells beside it. A category that could not be chosen should not be passed in at all.
* One row of categories: whoever knows the shown cells and the total, *and these rules*, is left
  with more than one possible value for every hidden cell; by arithmetic alone the range left is
  at least `threshold` wide.

Rows by columns stand in `results/safe.py`.

Rounding for the public only widens those ranges, because it comes after suppression.
"""

from collections.abc import Iterable, Mapping
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


def round_public(count: int) -> int:
    """To the nearest five, as ONS does for the public."""
    return (count + ROUNDING // 2) // ROUNDING * ROUNDING


def percentage(part: Cell, whole: Cell) -> int | None:
    """Whole per cent of two figures **as shown**, or nothing when either is hidden.

    Give it rounded figures for the public: an exact percentage undoes the rounding.
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
