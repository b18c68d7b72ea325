"""Figures as the public may see them, and what must be kept so that the next ones stay safe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from surveys.suppression import round_public, safe_to_publish_change


@dataclass(frozen=True, slots=True)
class Figure:
    """A rounded count and the day it is of; `about` is None where no number may be shown."""

    about: int | None
    as_of: date


@dataclass(frozen=True, slots=True)
class Basis:
    """The true count behind a figure that was shown, out of how many, and its day.

    Kept only for figures at or above the threshold, and never rendered.
    """

    count: int
    out_of: int
    as_of: date

    def to_json(self) -> list[object]:
        return [self.count, self.out_of, self.as_of.isoformat()]

    @classmethod
    def from_json(cls, row: list[object]) -> "Basis":
        count, out_of, as_of = row
        return cls(int(str(count)), int(str(out_of)), date.fromisoformat(str(as_of)))


Bases = Mapping[str, Basis]


def head_count(
    count: int, earlier: Basis | None, *, threshold: int, today: date
) -> tuple[Figure, Basis | None]:
    """How many people there were; an earlier figure stays when the difference would tell."""
    if count >= threshold and _may_follow(earlier, count, threshold):
        return Figure(round_public(count), today), Basis(count, count, today)
    return _earlier(earlier, today)


def share_of(
    count: int, out_of: int, earlier: Basis | None, *, threshold: int, today: date
) -> tuple[Figure, Basis | None]:
    """How many of those who took part said a thing.

    Those who did not say it are a group as well: where they are few, the number is hidden too.
    """
    rest = out_of - count
    rest_before = earlier.out_of - earlier.count if earlier else None
    may_follow = _may_follow(earlier, count, threshold) and safe_to_publish_change(
        rest_before, rest, threshold
    )
    if count >= threshold and rest >= threshold and may_follow:
        return Figure(round_public(count), today), Basis(count, out_of, today)
    return _earlier(earlier, today)


def _may_follow(earlier: Basis | None, count: int, threshold: int) -> bool:
    return safe_to_publish_change(earlier.count if earlier else None, count, threshold)


def _earlier(earlier: Basis | None, today: date) -> tuple[Figure, Basis | None]:
    if earlier is None:
        return Figure(None, today), None
    return Figure(round_public(earlier.count), earlier.as_of), earlier
