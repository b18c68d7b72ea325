"""The functions that look at several questions, at lists of choices, or at the place in a path."""

import hashlib
import math
from collections.abc import Callable, Sequence

from surveys.expressions.operators import note_compared
from surveys.expressions.parts import Call, Gives, Part, every, truth
from surveys.expressions.paths import own_row
from surveys.expressions.places import Place, cell
from surveys.expressions.texts import words
from surveys.expressions.values import (
    Context,
    ExpressionError,
    Run,
    Value,
    to_boolean,
    to_number,
    to_text,
)
from surveys.shuffle import shuffled


def _nodes(call: Call, place: int = 0) -> Callable[[Context], Sequence[Place]]:
    part = call.parts[place]
    if part.nodes is None:
        raise ExpressionError(
            part.position,
            f"{call.name}() is given a single value.",
            "Give it questions, as in ${group}/* or ${one} | ${two}.",
        )
    return part.nodes


def count(call: Call) -> Part:
    """How many places there are; those that do not apply are passed over."""
    nodes = _nodes(call)
    call.setting.reads(call.parts[0].shape)
    return Part(
        lambda c: float(sum(place.row not in c.hidden for place in nodes(c))),
        call.position,
        Gives.NUMBER,
    )


def count_non_empty(call: Call) -> Part:
    """How many of them are answered."""
    _nodes(call)
    values = every(call.parts[0], call.setting)
    return Part(
        lambda c: float(sum(to_text(value) != "" for value in values(c))),
        call.position,
        Gives.NUMBER,
    )


def selected(call: Call) -> Part:
    """`selected(${many}, 'name')`: whether a choice is among those chosen."""
    part, literal = call.parts[0], call.parts[1].literal
    chosen, name = call.run(0), call.run(1)
    if literal is not None:
        wanted = literal.strip()
        if part.row:
            note_compared(part.row, wanted, call.setting)
        if part.row:
            return Part(
                lambda c: wanted in (words(str(chosen(c))) or _BLANK), call.position, Gives.BOOLEAN
            )
        return Part(
            lambda c: wanted in (words(to_text(chosen(c))) or _BLANK), call.position, Gives.BOOLEAN
        )
    return Part(
        lambda c: to_text(name(c)).strip() in (words(to_text(chosen(c))) or _BLANK),
        call.position,
        Gives.BOOLEAN,
    )


_BLANK = [""]


def selected_at(chosen: Run, place: Run) -> Run:
    """`selected-at(${many}, 0)`: the choice at this place, counted from 0."""

    def value(c: Context) -> str:
        names, number = words(to_text(chosen(c))), to_number(place(c))
        return names[int(number)] if -1 < number < len(names) else ""

    return value


def checklist(call: Call) -> Part:
    """`checklist(least, most, ...)`: whether so many of the conditions hold; -1 sets no bound."""
    least, most = call.run(0), call.run(1)
    tests = [_conditions(part, call) for part in call.parts[2:]]

    def value(c: Context) -> bool:
        held = float(sum(held for test in tests for held in test(c)))
        return _within(to_number(least(c)), to_number(most(c)), held)

    return Part(value, call.position, Gives.BOOLEAN)


def weighted_checklist(call: Call) -> Part:
    """`weighted-checklist(least, most, condition, weight, ...)`."""
    if len(call.parts) % 2:
        raise call.fail(
            "A condition of weighted-checklist() has no weight.",
            "After every condition write its weight.",
        )
    least, most = call.run(0), call.run(1)
    tests = [truth(part, call.setting) for part in call.parts[2::2]]
    weights = [call.setting.value(part) for part in call.parts[3::2]]

    def value(c: Context) -> bool:
        pairs = zip(tests, weights, strict=True)
        held = sum((to_number(weight(c)) for test, weight in pairs if test(c)), 0.0)
        return _within(to_number(least(c)), to_number(most(c)), held)

    return Part(value, call.position, Gives.BOOLEAN)


def _conditions(part: Part, call: Call) -> Callable[[Context], list[bool]]:
    if not part.is_set:
        test = truth(part, call.setting)
        return lambda c: [test(c)]
    values = every(part, call.setting)
    return lambda c: [to_boolean(value) for value in values(c)]


def _within(least: float, most: float, held: float) -> bool:
    return (least < 0 or held >= least) and (most == -1 or held <= most)


def instance(call: Call) -> Part:
    """`instance('list')`: a list of the form, to walk into."""
    forest = call.setting.forest
    if forest is None:
        raise call.fail("instance() needs a form around it.", "Write ${name}.")
    name = list_name(call, 0)
    call.setting.choices += len(forest.outline.lists[name])
    return Part(
        run=lambda _: "",
        position=call.position,
        nodes=lambda _: (forest.choices(name),),
        shape=(forest.sample(name),),
        steady=True,
    )


def list_name(call: Call, place: int) -> str:
    """The list that an argument names; ExpressionError when the form has none of that name."""
    forest, written = call.setting.forest, call.written(place)
    found = forest.list_named(written) if forest else written
    if found is None:
        assert forest is not None
        known = ", ".join(sorted(forest.outline.lists)[:8]) or "none"
        raise ExpressionError(
            call.parts[place].position,
            f"There is no list or file '{written}'.",
            f"The form has: {known}.",
        )
    return found


def pulldata(call: Call) -> Part:
    """`pulldata('file', 'column', 'key column', key)`: the cell in the row with this key."""
    forest = call.setting.forest
    if forest is None:
        raise call.fail("pulldata() needs a form around it.", "Write ${name}.")
    name = list_name(call, 0)
    wanted, key_column = call.written(1), call.written(2)
    known = {place.name for place in forest.sample(name).children[0].children[0].inside()}
    for place, column in ((1, wanted), (2, key_column)):
        if column not in known:
            raise ExpressionError(
                call.parts[place].position,
                f"The list '{name}' has no column '{column}'.",
                f"It has: {', '.join(sorted(known)[:8])}.",
            )
    key, default = call.run(3), forest.outline.default_language

    def value(c: Context) -> str:
        choice = forest.find_choice(name, key_column, to_text(key(c)))
        found = cell(choice, wanted, c.language, default) if choice else None
        return found or ""

    return Part(value, call.position, Gives.TEXT)


def choice_name(call: Call) -> Part:
    """`jr:choice-name(value, '${question}')`: what people read for a value of its list."""
    forest, written = call.setting.forest, call.parts[1]
    if forest is None or call.setting.resolve is None:
        raise call.fail("jr:choice-name() needs a form around it.", "Write ${name}.")
    call.written(1)
    row = call.setting.resolve(written.literal or "", written.position + 1).row
    branch = forest.outline.find(row)
    name = forest.list_named(branch.list_name) if branch is not None else None
    if name is None:
        raise ExpressionError(
            written.position,
            "What is named here has no list of choices.",
            "Name a select question in quotes, as in '${question}'.",
        )
    value, default = call.run(0), forest.outline.default_language

    def label(c: Context) -> str:
        choice = forest.find_choice(name, "name", to_text(value(c)))
        return (cell(choice, "label", c.language, default) or "") if choice else ""

    return Part(label, call.position, Gives.TEXT)


def current(call: Call) -> Part:
    """`current()`: the row that the expression belongs to, also inside square brackets."""
    place = call.setting.own_place()
    if place is None:
        raise call.fail("current() needs a row of the form around it.", "Write ${name}.")
    return own_row(place, call.position)


def randomize(call: Call) -> Part:
    """`randomize(places, seed)`: the same order for the same seed, as in ODK."""
    nodes = _nodes(call)
    call.setting.walks = True
    if len(call.parts) == 1:
        place = call.setting.randoms
        call.setting.randoms += 1
        order = _drawn_seed(place)
    else:
        order = call.run(1)

    def mixed(c: Context) -> Sequence[Place]:
        return shuffled(nodes(c), seed_of(order(c)))

    part = call.parts[0]
    return Part(
        run=lambda c: next((found.read(c) for found in mixed(c)), ""),
        position=call.position,
        nodes=mixed,
        shape=part.shape,
        mixed=True,
    )


def _drawn_seed(place: int) -> Run:
    return lambda c: math.floor(drawn(c, place) * 1e9) * 1.0


def seed_of(value: Value) -> str | float:
    """A seed as shuffled() takes it."""
    return value if isinstance(value, str) else to_number(value)


def random(call: Call) -> Part:
    """`random()`: from the session's own seed, so that it comes out the same each time."""
    place = call.setting.randoms
    call.setting.randoms += 1
    return Part(lambda c: drawn(c, place), call.position, Gives.NUMBER)


def drawn(c: Context, place: int) -> float:
    """A number from 0 up to 1 that hangs on the session, the row and the place in the source."""
    digest = hashlib.blake2b(f"{c.seed}:{c.key}:{place}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / (1 << 53)


def once(call: Call) -> Part:
    """`once(...)`: worked out only where the row holds nothing yet."""
    call.setting.uses_own = True
    run = call.run(0)
    return Part(lambda c: c.own or to_text(run(c)), call.position, Gives.TEXT)


def position(call: Call) -> Part:
    """`position()`: which of the places the condition looks at."""
    _in_condition(call)
    return Part(lambda c: float(c.position), call.position, Gives.NUMBER)


def last(call: Call) -> Part:
    """`last()`: how many places the condition looks at."""
    _in_condition(call)
    call.setting.warn("last() is the last place as the list is printed.")
    return Part(lambda c: float(c.size), call.position, Gives.NUMBER)


def _in_condition(call: Call) -> None:
    if not call.setting.here:
        raise call.fail(
            f"{call.name}() stands outside of square brackets.",
            "There are no repeated groups here; refer to the questions one by one.",
        )
