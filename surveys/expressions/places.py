"""The small trees that paths walk over: the form's groups and questions, and its lists.

A list is a tree of its own, as ODK lays it out: `root`, an `item` for every choice, and in it a
leaf for every column. Trees are fixed; a leaf's value is read when an expression is worked out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from surveys.definition import Choice, text_in
from surveys.expressions.values import STRAIGHT, Context, ExpressionError, bounded
from surveys.outline import ROOT, Outline

MOST_STEPS = 300_000
STEPS_A_CHOICE = 30
PATTERN_BUDGET = 0.25
_ROOM = 1 << 40


@dataclass(slots=True)
class Meter:
    """What one working out may still spend: steps along paths, and seconds on patterns."""

    steps: int
    seconds: float = PATTERN_BUDGET

    def spend(self, steps: int) -> None:
        """Take steps; ExpressionError when none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise ExpressionError(
                0, "The expression looks at too much.", "Name the questions one by one."
            )


@dataclass(eq=False, slots=True)
class Place:
    """A node of a tree; `row` is the row of the form that it is, `choice` the list's row.

    `order` is its place in the document: two of the same order are the same place.
    """

    name: str
    order: int
    parent: "Place | None" = None
    row: str = ""
    choice: Choice | None = None
    is_leaf: bool = False
    has_answer: bool = False
    default: str = "en"
    children: Sequence["Place"] = ()
    _below: "tuple[Place, ...] | None" = field(default=None, init=False, repr=False)
    _indexes: "dict[str, dict[str, list[Place]]] | None" = field(
        default=None, init=False, repr=False
    )

    @property
    def is_in_list(self) -> bool:
        """Whether it belongs to a list, not to the form itself."""
        return self.order >= _ROOM

    def inside(self) -> Sequence["Place"]:
        """The places directly inside it; those of a choice are made when they are looked at."""
        if self.choice is None or self.is_leaf:
            return self.children
        return [self.column(name, place) for place, name in enumerate(columns_of(self.choice))]

    def with_text(self, column: str, text: str) -> Sequence["Place"]:
        """The choices of a list that have this text in a column: looked up, not searched."""
        if self._indexes is None:
            self._indexes = {}
        if column not in self._indexes:
            index: dict[str, list[Place]] = {}
            for item in self.children:
                found = cell(item.choice, column, "", "") if item.choice else None
                if found is not None:
                    index.setdefault(found, []).append(item)
            self._indexes[column] = index
        return self._indexes[column].get(text, ())

    def column(self, name: str, place: int) -> "Place":
        """The leaf of one column of a choice."""
        return Place(name, self.order + place + 1, self, "", self.choice, True, True, self.default)

    def below(self) -> Iterable["Place"]:
        """Everything inside it at any depth, in the order of the document; kept for a form."""
        if self.is_in_list:
            return self._walk_below()
        if self._below is None:
            self._below = tuple(self._walk_below())
        return self._below

    def _walk_below(self) -> Iterator["Place"]:
        for child in self.inside():
            yield child
            yield from child.below()

    def read(self, c: Context) -> str:
        """Its text: an answer, a cell, or all that is written inside it."""
        if self.choice is not None and self.is_leaf:
            return cell(self.choice, self.name, c.language, self.default) or ""
        if self.is_leaf:
            return c.values.get(self.row, "")
        leaves = [place for place in self.below() if place.is_leaf]
        if c.meter is not None:
            c.meter.spend(len(leaves))
        return bounded("".join(place.read(c) for place in leaves))


def columns_of(choice: Choice) -> tuple[str, ...]:
    """The columns that this choice has a cell in."""
    own = ["name"] if not choice.labels else ["name", "label"]
    return (*(name for name in own if name not in choice.columns), *choice.columns)


def cell(choice: Choice, column: str, language: str, default: str) -> str | None:
    """What stands in a choice's column; None where it has no such cell."""
    if (found := choice.columns.get(column)) is not None:
        return found
    if column == "name":
        return choice.name
    if column == "label" and choice.labels:
        return text_in(choice.labels, language, default).translate(STRAIGHT)
    return None


@dataclass(eq=False, slots=True)
class Forest:
    """All trees of one form: that of its rows, and one for every list."""

    outline: Outline
    document: Place = field(init=False)
    by_row: dict[str, Place] = field(init=False)
    _samples: dict[str, Place] = field(init=False, default_factory=dict)
    _lists: dict[str, Place] = field(init=False, default_factory=dict)
    _indexes: dict[tuple[str, str], dict[str, Choice]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.document = Place("", 0)
        root = Place(self.outline.root, 1, self.document)
        self.document.children = (root,)
        self.by_row = {ROOT: root}
        self._grow(root, ROOT, 2)

    def _grow(self, place: Place, name: str, order: int) -> int:
        children: list[Place] = []
        for inner in self.outline.children(name):
            branch = self.outline.find(inner)
            if branch is None or inner in self.by_row:
                continue
            answer = branch.has_answer and not branch.is_group
            child = Place(inner, order, place, inner, None, not branch.is_group, answer)
            self.by_row[inner] = child
            children.append(child)
            order = self._grow(child, inner, order + 1)
        place.children = tuple(children)
        return order

    def list_named(self, name: str) -> str | None:
        """The name of a list as the form knows it; `.csv` may be written or left out."""
        for known in (name, name.removesuffix(".csv"), f"{name}.csv"):
            if known in self.outline.lists:
                return known
        return None

    def choices(self, name: str) -> Place:
        """The tree of a list, made when it is first looked into."""
        if name not in self._lists:
            self._lists[name] = self._list(name, self.outline.lists[name])
        return self._lists[name]

    def sample(self, name: str) -> Place:
        """The tree of a list with two items that have every column: what a path may name."""
        if name not in self._samples:
            choices = self.outline.lists[name]
            self._samples[name] = self._list(name, (sample_choice(choices),) * 2)
        return self._samples[name]

    def _list(self, name: str, choices: Sequence[Choice]) -> Place:
        order = (list(self.outline.lists).index(name) + 1) * _ROOM
        instance = Place("instance", order)
        root = Place("root", order + 1, instance)
        instance.children = (root,)
        room = max((len(choice.columns) for choice in choices), default=0) + 4
        default = self.outline.default_language
        root.children = [
            Place("item", order + 2 + place * room, root, "", choice, default=default)
            for place, choice in enumerate(choices)
        ]
        return instance

    def find_choice(self, name: str, column: str, key: str) -> Choice | None:
        """The first choice with this key in a column; looked up, not searched."""
        if (name, column) not in self._indexes:
            found: dict[str, Choice] = {}
            for choice in self.outline.lists[name]:
                text = cell(choice, column, self.outline.default_language, "en")
                if text is not None:
                    found.setdefault(text, choice)
            self._indexes[name, column] = found
        return self._indexes[name, column].get(key)


def sample_choice(choices: Iterable[Choice], columns: Iterable[str] = ()) -> Choice:
    """A choice with every column that any of these has, and a name and a label."""
    every = dict.fromkeys(columns, "")
    for choice in choices:
        every.update(dict.fromkeys(choice.columns, ""))
    return Choice("", {"en": " "}, every)


def item_place(choice: Choice, default: str = "en") -> Place:
    """A choice that a filter looks at, as a place by itself."""
    return Place("item", _ROOM, None, "", choice, default=default)


Axis = Callable[[Place], Iterable[Place]]


def _descendant_or_self(place: Place) -> Iterator[Place]:
    yield place
    yield from place.below()


def _ancestors(place: Place) -> Iterator[Place]:
    while place.parent is not None:
        place = place.parent
        yield place


def _ancestor_or_self(place: Place) -> Iterator[Place]:
    yield place
    yield from _ancestors(place)


def _after(place: Place) -> Iterator[Place]:
    beside = place.parent.inside() if place.parent else ()
    return (other for other in beside if other.order > place.order)


def _before(place: Place) -> Iterator[Place]:
    beside = place.parent.inside() if place.parent else ()
    return (other for other in reversed(beside) if other.order < place.order)


AXES: dict[str, Axis] = {
    "child": Place.inside,
    "parent": lambda place: (place.parent,) if place.parent else (),
    "self": lambda place: (place,),
    "descendant": Place.below,
    "descendant-or-self": _descendant_or_self,
    "ancestor": _ancestors,
    "ancestor-or-self": _ancestor_or_self,
    "following-sibling": _after,
    "preceding-sibling": _before,
}

REVERSE = frozenset(("ancestor", "ancestor-or-self", "preceding-sibling"))


def in_order(places: Iterable[Place]) -> list[Place]:
    """Each place once, in the order of the document."""
    once = {place.order: place for place in places}
    return [once[order] for order in sorted(once)]


_known: list[Forest] = []


def forest_of(outline: Outline) -> Forest:
    """The trees of an outline; those of the last few outlines are kept."""
    for forest in _known:
        if forest.outline is outline:
            return forest
    grown = Forest(outline)
    _known.insert(0, grown)
    del _known[4:]
    return grown
