"""True counts of one question, and by group. Pure; never show what stands here."""

from dataclasses import dataclass, field

from surveys.results.scales import Plan, bands
from surveys.results.view import NO_ANSWER, Shape


@dataclass(slots=True)
class Counts:
    """One question: how many answered, by line, and for rankings the sum of the places."""

    answered: int = 0
    cells: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    def add(self, plan: Plan, value: str, people: int) -> None:
        """Counts so many people who gave this value."""
        self.answered += people
        named = plan.cells_of(value)
        if plan.shape is Shape.RANKING:
            for place, name in enumerate(named, 1):
                self.places[name] = self.places.get(name, 0) + place * people
            named = named[:1]
        for name in named:
            self.cells[name] = self.cells.get(name, 0) + people

    def join(self, other: "Counts", sign: int = 1) -> "Counts":
        """Adds the answers of other people, or takes them away."""
        self.answered += sign * other.answered
        for name, count in other.cells.items():
            self.cells[name] = self.cells.get(name, 0) + sign * count
        return self


ByQuestion = dict[str, Counts]
ByGroup = dict[str, ByQuestion]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its true counts, out of so many people who took part.

    `bands` are its lines where numbers were put together: a label, and the finest bands in it.
    """

    plan: Plan
    counts: Counts
    people: int
    bands: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def is_answered_by_all(self) -> bool:
        return self.counts.answered == self.people

    def cells(self, counts: Counts, people: int) -> dict[str, int]:
        """What these people said, by line; and how many of them nothing, unless everyone answered.

        The lines are the same for any part of the people.
        """
        if self.bands:
            cells = {n: sum(counts.cells.get(p, 0) for p in parts) for n, parts in self.bands}
        else:
            names = dict.fromkeys((*(name for name, _ in self.plan.lines), *self.counts.cells))
            cells = {name: counts.cells.get(name, 0) for name in names}
        if self.plan.shape is not Shape.MANY and not self.is_answered_by_all:
            cells[NO_ANSWER] = people - counts.answered
        return cells


def asked(plan: Plan, counts: Counts, people: int, threshold: int) -> Asked:
    """A question ready to be looked at, its bands put together."""
    joined = []
    if plan.shape is Shape.BANDS:
        joined = bands(plan.question.kind, counts.cells, threshold)
    return Asked(plan, counts, people, tuple((label, tuple(parts)) for label, parts in joined))
