"""What the parser makes of each piece of an expression, and what is known while it does."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import cast

from surveys.expressions.places import Forest, Meter, Place
from surveys.expressions.values import Context, ExpressionError, Run, Value, to_boolean

MOST_STEPS_TO_COMPILE = 2_000_000

Nodes = Callable[[Context], Sequence[Place]]


class Gives(StrEnum):
    """What kind of value comes out, where that can be told beforehand."""

    ANY = "any"
    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece, ready to run.

    `literal` and `number` are what it is when it is written out; `row` the one row whose answer
    it is. A set of places has `nodes`, with `shape` for the places it can name; `cell` is the
    short way where it is at most one leaf. It is `steady` when it names the same places each time,
    and `exact` when `shape` is those places; `mixed` when their order is not the document's. It
    `is_here` when it is the place that a condition or a filter looks at. A
    `column` is that of the choice looked at; `lookup` says of a condition that this column must
    have that text.
    """

    run: Run
    position: int
    gives: Gives = Gives.ANY
    literal: str | None = None
    number: float | None = None
    row: str = ""
    nodes: Nodes | None = None
    shape: tuple[Place, ...] = ()
    cell: Callable[[Context], str | None] | None = None
    steady: bool = False
    exact: bool = False
    mixed: bool = False
    is_here: bool = False
    column: str = ""
    lookup: "tuple[str, Run] | None" = None

    @property
    def is_set(self) -> bool:
        """Whether it may be none or several; a single question is neither."""
        return self.nodes is not None and not self.row


@dataclass(slots=True)
class Setting:
    """What is known while one expression is compiled, and what is learnt of it.

    `here` are the places that `.` may be inside square brackets, none outside of them; `resolve`
    reads a path that stands in quotes.
    """

    source: str
    forest: Forest | None = None
    at: str = ""
    columns: Collection[str] | None = None
    names: set[str] = field(default_factory=set)
    compared: set[tuple[str, str]] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    uses_dot: bool = False
    uses_own: bool = False
    walks: bool = False
    patterns: int = 0
    randoms: int = 0
    choices: int = 0
    weight: int = 0
    in_quotes: int = 0
    loose: dict[str, Place] = field(default_factory=dict)
    here: tuple[Place, ...] = ()
    resolve: Callable[[str, int], "Part"] | None = None
    meter: Meter = field(default_factory=lambda: Meter(MOST_STEPS_TO_COMPILE))

    def row(self, name: str) -> Place:
        """A row of the form as a place; without a form every name is a question."""
        if self.forest is not None:
            return self.forest.by_row[name]
        fresh = Place(name, len(self.loose), row=name, is_leaf=True, has_answer=True)
        return self.loose.setdefault(name, fresh)

    def own_place(self) -> Place | None:
        """The row that the expression belongs to, as a place of the form."""
        return self.forest.by_row.get(self.at) if self.forest and self.at else None

    def warn(self, text: str) -> None:
        """Say something to the author once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def reads(self, places: Iterable[Place]) -> None:
        """Remember whose value decides; a group's are those of all that is in it."""
        for place in places:
            if place.row:
                self.reads_row(place.row)
            if place.choice is None and not place.is_leaf:
                for inner in place.below():
                    self.reads_row(inner.row)

    def reads_row(self, row: str) -> None:
        """Remember one row."""
        if row == self.at:
            self.uses_dot = True
        else:
            self.names.add(row)

    def value(self, part: Part) -> Run:
        """How to read a piece as one value; ExpressionError for a group, a note, a whole item."""
        if part.shape and not any(place.has_answer for place in part.shape):
            raise _no_value(part)
        return part.run


def _no_value(part: Part) -> ExpressionError:
    place = part.shape[0]
    if place.is_in_list:
        remedy = "Name the column too, as in instance('list')/root/item[...]/label."
        return ExpressionError(part.position, "This names whole choices of a list.", remedy)
    name, what = place.name or "/", "a note" if place.is_leaf else "a group"
    return ExpressionError(
        part.position,
        f"'{name}' is {what} and has no answer.",
        "Refer to a question.",
    )


@dataclass(frozen=True, slots=True)
class Call:
    """A function called in an expression: its name, where it stands, what it is given."""

    name: str
    position: int
    parts: tuple[Part, ...]
    setting: Setting

    def run(self, place: int) -> Run:
        """One argument as a value."""
        return self.setting.value(self.parts[place])

    def runs(self) -> list[Run]:
        """All arguments as values."""
        return [self.setting.value(part) for part in self.parts]

    def written(self, place: int) -> str:
        """An argument that must be a text written out."""
        part = self.parts[place]
        if part.literal is None:
            raise ExpressionError(
                part.position,
                f"{self.name}() needs a plain text here.",
                "Write it in quotes; it cannot be worked out.",
            )
        return part.literal.strip()

    def fail(self, problem: str, remedy: str) -> ExpressionError:
        """An error at the call."""
        return ExpressionError(self.position, problem, remedy)


def always(value: Value, position: int = 0) -> Part:
    """A value that is written out."""
    literal = value if isinstance(value, str) else None
    number = value if isinstance(value, float) else None
    gives = Gives.TEXT if literal is not None else Gives.NUMBER
    return Part(lambda _: value, position, gives, literal, number)


def truth(part: Part, setting: Setting) -> Callable[[Context], bool]:
    """A piece as a condition: blank answers are false, found choices true."""
    if part.is_set and part.nodes is not None and part.cell is None:
        nodes = part.nodes
        return lambda c: any(
            not place.is_leaf or place.choice is not None or place.read(c) for place in nodes(c)
        )
    run = setting.value(part)
    if part.gives is Gives.BOOLEAN:
        return cast("Callable[[Context], bool]", run)
    return lambda c: to_boolean(run(c))


def every(part: Part, setting: Setting) -> Callable[[Context], list[Value]]:
    """All the values of a piece: one, or those of each place that applies."""
    run, nodes = setting.value(part), part.nodes
    if not part.is_set or nodes is None:
        return lambda c: [run(c)]
    return lambda c: [place.read(c) for place in nodes(c) if place.row not in c.hidden]


def settled(part: Part, setting: Setting) -> Part:
    """What an expression as a whole comes to: of whole choices only whether there are any."""
    if part.shape and all(place.choice and not place.is_leaf for place in part.shape):
        setting.warn("Whole choices stand for whether there are any; write count(...) > 0.")
        return Part(truth(part, setting), part.position, Gives.BOOLEAN)
    return replace(part, run=setting.value(part))
