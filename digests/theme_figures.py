"""Public figures of themes, also after themes were merged or split between two publications."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations

from sqlmodel import Session, col, select

from digests.figures import Bases, Basis, Figure, share_of
from digests.themes import is_in_use, true_counts
from storage.voice import Theme
from surveys.suppression import round_public

_MOST_AT_ONCE = 5
"""Of so many related figures every sum is looked at; of more none is renewed."""


@dataclass(frozen=True, slots=True)
class ThemeFigures:
    """What may be shown of each theme by its id, and what must be kept of it."""

    shown: Mapping[int, Figure]
    bases: dict[str, Basis]


def theme_figures(
    session: Session,
    survey_id: int,
    theme_ids: Sequence[int],
    *,
    people: int,
    earlier: Bases,
    threshold: int,
    today: date,
) -> ThemeFigures:
    """The figures of these themes out of so many people, safe beside all that was shown earlier.

    A theme that was merged or taken out keeps the figure it had.
    """
    themes = {
        one.id: one
        for one in session.exec(select(Theme).where(col(Theme.survey_id) == survey_id))
        if one.id is not None
    }
    counts, families = true_counts(session, survey_id), _families(themes)
    shown: dict[int, Figure] = {}
    bases: dict[str, Basis] = {}
    renewed: dict[int, list[int]] = {}
    for theme_id in theme_ids:
        before = earlier.get(_key(theme_id))
        figure, basis = _earlier(before, today), before
        if theme_id in themes and is_in_use(themes[theme_id]):
            count, family = counts.get(theme_id, 0), families[theme_id]
            new, kept = share_of(count, people, before, threshold=threshold, today=today)
            known = [earlier[_key(one)].count for one in family if _key(one) in earlier]
            root = min(family)
            is_same = before is not None and before.count == count
            if is_same or tell_no_few([*renewed.get(root, []), count], known, threshold):
                figure, basis = new, kept
                if kept is not None and kept is not before:
                    renewed.setdefault(root, []).append(count)
        shown[theme_id] = figure
        if basis is not None:
            bases[_key(theme_id)] = basis
    return ThemeFigures(shown, bases)


def tell_no_few(now: Sequence[int], earlier: Sequence[int], threshold: int) -> bool:
    """Whether no sum of figures now and no sum of earlier ones lie close beside each other.

    After merging and splitting such a difference is a group of its own: those who said only one
    of two things, or both.
    """
    if max(len(now), len(earlier)) > _MOST_AT_ONCE:
        return False
    return all(
        one == other or abs(one - other) >= threshold
        for one in _sums(now)
        for other in _sums(earlier)
    )


def _sums(counts: Sequence[int]) -> Iterable[int]:
    parts = (combinations(counts, size) for size in range(1, len(counts) + 1))
    return {sum(part) for part in chain.from_iterable(parts)}


def _families(themes: Mapping[int, Theme]) -> dict[int, frozenset[int]]:
    """For each theme all those it was merged with, split from, or split into, however far."""
    near: dict[int, set[int]] = {id_: {id_} for id_ in themes}
    for id_, theme in themes.items():
        for other in (theme.merged_into_id, theme.split_from_id):
            if other in near:
                joined = near[id_] | near[other]
                for one in joined:
                    near[one] = joined
    return {id_: frozenset(family) for id_, family in near.items()}


def _key(theme_id: int) -> str:
    return f"theme:{theme_id}"


def _earlier(before: Basis | None, today: date) -> Figure:
    if before is None:
        return Figure(None, today)
    return Figure(round_public(before.count), before.as_of)
