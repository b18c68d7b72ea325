"""Location paths: followed while compiling as far as they are fixed, else each time.

A path is checked against the form when it is compiled: a step that can lead nowhere is an error
of the author. A path without conditions through the form itself is known from then on, and one
that ends at a single question costs no more than `${question}`.
"""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from surveys.expressions.parts import Gives, Nodes, Part, Setting, truth
from surveys.expressions.places import AXES, REVERSE, Meter, Place, cell, columns_of, in_order
from surveys.expressions.values import Context, ExpressionError, Run, to_text

ANY = "*"
WHOLE = "whole"
Test = Callable[[Context], bool]


@dataclass(slots=True)
class Step:
    """One step: an axis, a name or `*`, and the conditions in square brackets.

    After `randomize` the places are mixed, and stay in the order they have come to.
    """

    axis: str
    name: str
    is_mixed: bool = False
    lookup: tuple[str, Run] | None = None
    tests: list[tuple[Test, int]] = field(default_factory=list)

    def near(self, place: Place, meter: Meter) -> list[Place]:
        """Where the step leads from one place, before its conditions."""
        if self.axis == "child" and place.choice is not None and self.name != ANY:
            meter.spend(2)
            names = columns_of(place.choice) if not place.is_leaf else ()
            found = [number for number, name in enumerate(names) if name == self.name]
            return [place.column(self.name, number) for number in found]
        seen = list(AXES[self.axis](place))
        meter.spend(len(seen) + 1)
        if self.name == ANY:
            return [other for other in seen if other.name]
        return [other for other in seen if other.name == self.name] if self.name else seen

    def take(self, places: Sequence[Place], c: Context | None, meter: Meter) -> list[Place]:
        """Where the step leads from all of these."""
        if self.axis == WHOLE:
            return self.kept(list(places), c, meter)
        found: list[Place] = []
        for place in places:
            found += self.kept(self.candidates(place, c, meter), c, meter)
        if self.is_mixed:
            return list({place.order: place for place in found}.values())
        plain = len(places) == 1 and self.axis not in REVERSE
        return found if plain else in_order(found)

    def candidates(self, place: Place, c: Context | None, meter: Meter) -> list[Place]:
        """Where the step leads from one place: in a list by its index where there is one."""
        if self.lookup is None or c is None:
            return self.near(place, meter)
        column, text = self.lookup
        found = place.with_text(column, to_text(text(c)))
        meter.spend(len(found) + 2)
        return list(found)

    def kept(self, near: list[Place], c: Context | None, meter: Meter) -> list[Place]:
        """Those for which every condition holds."""
        if c is not None:
            for test, weight in self.tests:
                near = _kept(near, test, weight, c, meter)
        return near


def _kept(places: list[Place], test: Test, weight: int, c: Context, meter: Meter) -> list[Place]:
    meter.spend(weight * len(places))
    outer = c.node, c.position, c.size
    found: list[Place] = []
    c.size = len(places)
    try:
        for number, place in enumerate(places, 1):
            c.node, c.position = place, number
            if test(c):
                found.append(place)
    finally:
        c.node, c.position, c.size = outer
    return found


def meter_of(c: Context) -> Meter:
    """The meter that `Expression` put there."""
    assert c.meter is not None
    return c.meter


class Way:
    """A path while it is read, step by step."""

    def __init__(self, setting: Setting, start: Part) -> None:
        assert start.nodes is not None
        self.setting = setting
        self.position = start.position
        self.shape: tuple[Place, ...] = start.shape
        self.start: Nodes = start.nodes
        self.is_steady = start.steady
        self.is_fixed = start.exact
        self.leads_from = start
        self.before: list[Step] = []
        self.steps: list[Step] = []

    def step(self, axis: str, name: str, position: int) -> None:
        """Go one step on; ExpressionError when that leads nowhere in this form."""
        step = Step(axis, name, self.leads_from.mixed)
        found = step.take(self.shape, None, self.setting.meter)
        if not found:
            raise _leads_nowhere(self.shape, name, position)
        self.shape = tuple(found)
        if self.is_steady and not self.has_tests():
            self.before.append(step)
        else:
            self.steps.append(step)

    def has_tests(self) -> bool:
        """Whether a condition stands somewhere on the way so far."""
        return any(step.tests or step.lookup for step in self.steps)

    def where(self, part: Part, weight: int) -> None:
        """Put a condition on the last step."""
        self.is_fixed = False
        if not self.steps:
            # The step moves over, so that what comes before it stays the same each time.
            self.steps.append(self.before.pop() if self.before else Step(WHOLE, ""))
            if self.is_lookup(part):
                self.steps[-1].lookup = part.lookup
                return
        self.steps[-1].tests.append((_test(part, self.setting), weight))

    def is_lookup(self, part: Part) -> bool:
        """Whether a condition picks the choices of a list by the text in one column."""
        plain = self.steps[-1].axis == "child" and self.steps[-1].name == "item"
        return part.lookup is not None and plain and self.shape[0].is_in_list

    def part(self) -> Part:
        """The path as a piece of an expression."""
        self.setting.reads(self.shape)
        if self.is_fixed:
            return self.settled()
        self.setting.walks = True
        nodes, short = self.walk(), self.column()
        return Part(
            run=lambda c: next((place.read(c) for place in nodes(c)), ""),
            position=self.position,
            nodes=nodes,
            shape=self.shape,
            steady=self.is_steady and not self.has_tests(),
            mixed=self.leads_from.mixed,
            column=self.steps[0].name if short and self.steps else "",
            cell=short,
        )

    def settled(self) -> Part:
        """A path whose places are known."""
        place, own = self.shape[0], self.setting.at
        if len(self.shape) == 1 and place.row and place.row == own:
            return own_row(place, self.position)
        return fixed(self.shape, self.position)

    def column(self) -> Callable[[Context], str | None] | None:
        """The short way to a column of the choice that a condition looks at."""
        if self.before or not self.leads_from.is_here:
            return None
        if not self.steps:
            return self.leads_from.cell
        step, sample = self.steps[0], self.leads_from.shape[0]
        if sample.choice is None or sample.is_leaf or len(self.steps) > 1 or step.tests:
            return None
        if step.axis != "child" or step.name == ANY:
            return None
        return column_of(step.name, sample.default, bool(self.setting.here))

    def walk(self) -> Nodes:
        """The path as something to run."""
        start, steps = self._steady_start(), tuple(self.steps)

        def nodes(c: Context) -> Sequence[Place]:
            found, meter = start(c), meter_of(c)
            for step in steps:
                found = step.take(found, c, meter)
            return found

        return nodes

    def _steady_start(self) -> Nodes:
        """The part of the way that is the same each time, gone once."""
        before, start = tuple(self.before), self.start
        if not before:
            return start
        known: list[Sequence[Place]] = []

        def nodes(c: Context) -> Sequence[Place]:
            if not known:
                found = start(c)
                for step in before:
                    found = step.take(found, c, meter_of(c))
                known.append(found)
            return known[0]

        return nodes


def column_of(name: str, default: str, in_test: bool) -> Callable[[Context], str | None]:
    """Reads one column of the choice that is looked at; None where it has no such cell."""

    def read(c: Context) -> str | None:
        choice = c.node.choice if in_test and c.node is not None else c.item
        return cell(choice, name, c.language, default) if choice is not None else None

    return read


def fixed(places: tuple[Place, ...], position: int) -> Part:
    """Places of the form that are known now; a single question is read straight away."""
    if len(places) == 1:
        return at_place(places[0], position)
    return Part(
        run=lambda c: places[0].read(c),
        position=position,
        nodes=lambda _: places,
        shape=places,
        steady=True,
        exact=True,
    )


def at_place(place: Place, position: int) -> Part:
    """One place of the form."""
    places, name = (place,), place.row
    return Part(
        run=(lambda c: c.values.get(name, "")) if place.is_leaf else place.read,
        position=position,
        row=name if place.is_leaf else "",
        nodes=lambda _: places,
        shape=places,
        steady=True,
        exact=True,
    )


def own_row(place: Place, position: int) -> Part:
    """The row that the expression belongs to."""
    name = place.row
    return replace(at_place(place, position), run=lambda c: c.dot or c.values.get(name, ""))


def united(left: Part, right: Part) -> Part:
    """`|`: the places of both, each once."""
    assert left.nodes is not None
    assert right.nodes is not None
    one, other = left.nodes, right.nodes
    nodes: Nodes = lambda c: in_order((*one(c), *other(c)))  # noqa: E731
    return Part(
        run=lambda c: next((place.read(c) for place in nodes(c)), ""),
        position=left.position,
        nodes=nodes,
        shape=tuple(in_order((*left.shape, *right.shape))),
    )


def _test(part: Part, setting: Setting) -> Test:
    """A condition in square brackets: a number is a place in the order."""
    if part.gives is Gives.NUMBER:
        if part.number is not None:
            setting.warn("[number] takes the choice or question at that place of the order.")
        run = setting.value(part)
        return lambda c: run(c) == c.position
    if part.gives is Gives.BOOLEAN or part.nodes is not None:
        return truth(part, setting)
    value = setting.value(part)

    def either(c: Context) -> bool:
        found = value(c)
        if isinstance(found, float):
            return found == c.position
        return found is not False and found != ""

    return either


def _leads_nowhere(places: Sequence[Place], name: str, position: int) -> ExpressionError:
    known = {child.name for place in places for child in place.inside()}
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        remedy = f"Did you mean {near[0]}?"
    elif any(place.is_in_list for place in places) and known:
        remedy = f"There is: {', '.join(sorted(known)[:8])}."
    else:
        remedy = "Write ${name} for a question."
    what = f"'{name}'" if name else "step"
    return ExpressionError(position, f"The path leads nowhere: there is no {what} here.", remedy)
