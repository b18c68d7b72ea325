"""What a screening says: how soon a person should read a text, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How soon a person should read it."""

    RED = "red"
    AMBER = "amber"
    UNSURE = "unsure"
    NONE = "none"


ORDER = (Tier.NONE, Tier.UNSURE, Tier.AMBER, Tier.RED)

Note = tuple[Tier, str, str]  # tier, category, rule


@dataclass(frozen=True, slots=True)
class Screening:
    """The tier, and why.

    `categories` and `rules` also name what a context lowered ("rule (lowered by game)"): take the
    order from `tier` and only the explanation from the rest.
    """

    tier: Tier
    categories: tuple[str, ...]
    rules: tuple[str, ...]
    lexicon_version: str


def lower(tier: Tier, steps: int) -> Tier:
    """The tier so many steps further down, and never below the last."""
    return ORDER[max(0, ORDER.index(tier) - steps)]


def summed_up(notes: Sequence[Note], version: str) -> Screening:
    """All notes on a text as one answer, the most urgent first."""
    ordered = sorted(notes, key=lambda note: (-ORDER.index(note[0]), note[1], note[2]))
    return Screening(
        tier=ordered[0][0] if ordered else Tier.NONE,
        categories=tuple(dict.fromkeys(category for _, category, _ in ordered)),
        rules=tuple(dict.fromkeys(rule for _, _, rule in ordered)),
        lexicon_version=version,
    )
