"""One pass over the words and signs of an expression: each level of precedence calls the next.

What it makes is ready to run; nothing is looked up again by name of function or operator.
"""

import difflib
from typing import NoReturn

from surveys.expressions.functions import FUNCTIONS, MANY, REFUSED
from surveys.expressions.operators import chain, negative
from surveys.expressions.parts import Call, Part, Setting, always
from surveys.expressions.paths import ANY, Way, at_place, own_row, united
from surveys.expressions.places import AXES, item_place, sample_choice
from surveys.expressions.tokens import Cursor, Token
from surveys.expressions.values import STRAIGHT, Context, ExpressionError

MOST_NESTING = 60

_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
)
_NODE_TESTS = ("node", "text")
_STARTS = ("/", "//", "..", "@", "*")
_NO_PATH = ("is a path, which is not supported", "Write ${name} instead.")


class Parser(Cursor):
    """Reads one expression; what it learns on the way is in its setting."""

    def __init__(self, source: str, setting: Setting, offset: int = 0, depth: int = 0) -> None:
        super().__init__(source, offset)
        self.setting = setting
        self.depth = depth
        if setting.resolve is None:
            setting.resolve = self.resolve

    def resolve(self, source: str, position: int) -> Part:
        """A path that stands in quotes."""
        self.setting.in_quotes -= "${" in source
        return Parser(source, self.setting, position, self.depth + 1).whole()

    def whole(self) -> Part:
        """The whole expression."""
        if not self.tokens:
            raise ExpressionError(
                self.offset, "The expression is empty.", "Fill it in or clear the cell."
            )
        part = self.level(0)
        if self.at < len(self.tokens):
            self.fail("does not belong here", self.how_to_join())
        return part

    def level(self, number: int) -> Part:
        """The operators of one level of precedence."""
        if number == len(_LEVELS):
            return self.signed()
        part = self.level(number + 1)
        rest: list[tuple[str, Part]] = []
        while (operator := self.take(_LEVELS[number])) is not None:
            rest.append((operator, self.level(number + 1)))
        return chain(part, rest, self.setting) if rest else part

    def signed(self) -> Part:
        minus = 0
        while self.take(("-",)) is not None:
            minus += 1
        part = self.union()
        return negative(part, minus, self.setting) if minus else part

    def union(self) -> Part:
        part = self.operand()
        while self.take(("|",)) is not None:
            other = self.operand()
            if part.nodes is None or other.nodes is None:
                self.step_back()
                self.fail("is no question or path", "Between | stand questions or paths.")
            part = united(part, other)
        return part

    def operand(self) -> Part:
        """A value, with the path and the conditions that follow it."""
        token = self.next()
        self.setting.weight += 1
        if token.kind == "word" and not self.is_call(token):
            return self.relative(token)
        if token.text in _STARTS and token.kind == "sign":
            return self.path(token)
        part = self.primary(token)
        return self.continued(part) if self.peek() in ("/", "//", "[") else part

    def is_call(self, token: Token) -> bool:
        return self.peek() == "(" and token.text not in _NODE_TESTS

    def primary(self, token: Token) -> Part:
        if token.kind == "number":
            return always(float(token.text), self.place(token))
        if token.kind == "text":
            return self.text(token)
        if token.kind == "name":
            return self.reference(token)
        if token.kind == "word":
            return self.call(token)
        if token.text == ".":
            return self.dot(self.place(token))
        self.step_back()
        if token.text != "(":
            self.fail("does not belong here", self.how_to_begin())
        self.expect("(")
        part = self.nested()
        self.expect(")")
        return part

    def text(self, token: Token) -> Part:
        self.setting.in_quotes += "${" in token.text
        return always(token.text[1:-1].translate(STRAIGHT), self.place(token))

    # -- questions and paths

    def reference(self, token: Token) -> Part:
        name, position, forest = token.text, self.place(token), self.setting.forest
        if name.startswith("last-saved#"):
            raise ExpressionError(position, f"{token.shown} is not read.", REFUSED["last-saved"])
        if not name or "#" in name:
            self.step_back()
            self.fail("names no question of this form", "Write ${name} with a question's name.")
        if forest is not None and name not in forest.by_row:
            near = difflib.get_close_matches(name, list(forest.by_row), 1)
            remedy = f"Did you mean ${{{near[0]}}}?" if near else "Check the name."
            raise ExpressionError(position, f"There is no question '{name}'.", remedy)
        place = self.setting.row(name)
        if self.peek() not in ("/", "//"):
            self.setting.reads((place,))
        own = name == self.setting.at
        return own_row(place, position) if own else at_place(place, position)

    def dot(self, position: int) -> Part:
        """`.`: inside square brackets the place looked at, in a filter the choice, else the row."""
        if self.setting.here:
            return self.looked_at(position)
        if self.setting.columns is not None:
            return self.filtered(position)
        self.setting.uses_dot = True
        place = self.setting.own_place()
        return Part(lambda c: c.dot, position) if place is None else own_row(place, position)

    def looked_at(self, position: int) -> Part:
        def read(c: Context) -> str:
            return c.node.read(c) if c.node is not None else ""

        here = self.setting.here
        return Part(
            run=read,
            position=position,
            nodes=lambda c: (c.node,) if c.node is not None else (),
            shape=here,
            is_here=True,
            cell=read if all(place.is_leaf for place in here) else None,
        )

    def filtered(self, position: int) -> Part:
        forest = self.setting.forest
        default = forest.outline.default_language if forest else "en"
        sample = item_place(sample_choice((), self.setting.columns or ()), default)
        return Part(
            run=lambda _: "",
            position=position,
            nodes=lambda c: (item_place(c.item, default),) if c.item is not None else (),
            shape=(sample,),
            is_here=True,
        )

    def nearby(self, position: int) -> Part | None:
        """Where a path without a start begins."""
        before = self.setting.uses_dot
        part = self.dot(position)
        self.setting.uses_dot = before
        return part if part.nodes is not None else None

    def relative(self, token: Token) -> Part:
        """A path that starts with a name: in a filter a column, else what is inside a group."""
        start = self.nearby(self.place(token))
        self.step_back()
        following = self.tokens[self.at + 1].text if self.at + 1 < len(self.tokens) else ""
        is_plain = following != "::" and not (token.text in _NODE_TESTS and following == "(")
        if start is None:
            self.not_a_value(token, ())
        inside = [child.name for place in start.shape for child in place.inside()]
        if is_plain and token.text not in inside:
            choices = any(place.choice is not None for place in start.shape)
            self.not_a_value(token, inside if choices else ())
        way = Way(self.setting, start)
        self.one_step(way)
        return self.rest_of(way)

    def not_a_value(self, token: Token, columns: "list[str] | tuple[()]") -> NoReturn:
        if columns:
            near = difflib.get_close_matches(token.text, columns, 1)
            shown = ", ".join(sorted(set(columns))[:8])
            remedy = f"Did you mean {near[0]}?" if near else f"It has: {shown}."
            self.fail("is no column of the list", remedy)
        self.fail(
            "is neither a text nor a question",
            f"For a text write '{token.text}', for a question ${{{token.text}}}.",
        )

    def path(self, token: Token) -> Part:
        """A path that starts with `/`, `//`, `..` or `*`."""
        forest, position = self.setting.forest, self.place(token)
        if token.text in ("/", "//") and forest is not None:
            way = Way(self.setting, at_place(forest.document, position))
            if token.text == "//":
                way.step("descendant-or-self", "", position)
                self.one_step(way)
            else:
                self.root_step(way)
            return self.rest_of(way)
        start = self.nearby(position)
        self.step_back()
        if start is None or token.text in ("/", "//", "@"):
            self.fail(*_NO_PATH)
        way = Way(self.setting, start)
        self.one_step(way)
        return self.rest_of(way)

    def root_step(self, way: Way) -> None:
        """After the first `/`: a form calls its root as it likes."""
        following = self.tokens[self.at + 1].text if self.at + 1 < len(self.tokens) else ""
        if self.peek() is None or self.tokens[self.at].kind != "word" or following in ("::", "("):
            self.one_step(way)
            return
        way.step("child", ANY, self.place(self.next()))
        self.conditions(way)

    def how_to_join(self) -> str:
        """What to do about a word or sign after a whole value."""
        word = self.tokens[self.at].text
        if word != word.lower() and word.lower() in ("and", "or", "not", "div", "mod"):
            return "Write it in small letters."
        return "Join conditions with and/or; check the brackets."

    def how_to_begin(self) -> str:
        """What to do about a sign where a value should begin."""
        before = self.tokens[self.at - 1].text if self.at else ""
        if before + self.tokens[self.at].text in ("==", "<>"):
            return "Write = once." if before == "=" else "Write !=."
        return "Before it a value is missing."

    def continued(self, part: Part) -> Part:
        """A value followed by a path or by conditions."""
        if part.nodes is None:
            self.fail("does not belong here", "Look into a question, a group or a list only.")
        way = Way(self.setting, part)
        self.conditions(way)
        return self.rest_of(way)

    def rest_of(self, way: Way) -> Part:
        while (slash := self.take(("/", "//"))) is not None:
            if slash == "//":
                way.step("descendant-or-self", "", way.position)
            self.one_step(way)
        return way.part()

    def one_step(self, way: Way) -> None:
        token = self.next()
        if token.kind == "sign" and token.text in (".", ".."):
            way.step("self" if token.text == "." else "parent", "", self.place(token))
            return
        axis = "child"
        if token.kind == "word" and self.take(("::",)) is not None:
            axis = self.axis(token)
            token = self.next()
        if token.text != ANY and token.kind != "word":
            self.step_back()
            self.fail("cannot stand in a path", "Write the name of a question, group or column.")
        way.step(axis, self.name_test(token), self.place(token))
        self.conditions(way)

    def axis(self, token: Token) -> str:
        if token.text not in AXES:
            raise ExpressionError(
                self.place(token),
                f"{token.text}:: is not supported.",
                f"Known are: {', '.join(AXES)}.",
            )
        return token.text

    def name_test(self, token: Token) -> str:
        if token.text not in _NODE_TESTS or self.peek() != "(":
            return token.text
        if token.text == "text":
            self.step_back()
            self.fail("() is not supported", "A question's name alone gives its answer.")
        self.expect("(")
        self.expect(")")
        return ""

    def conditions(self, way: Way) -> None:
        while self.take(("[",)) is not None:
            outer, weight = self.setting.here, self.setting.weight
            self.setting.here = way.shape
            condition = self.nested()
            self.setting.here = outer
            self.expect("]")
            way.where(condition, self.setting.weight - weight + 1)

    # -- functions

    def call(self, token: Token) -> Part:
        name, position = token.text, self.place(token)
        if name not in FUNCTIONS:
            raise _unknown_function(name, position)
        arguments = self.arguments()
        function = FUNCTIONS[name]
        if not arguments and function.of_dot:
            arguments = [self.dot(position)]
        if not function.fewest <= len(arguments) <= function.most:
            raise ExpressionError(
                position,
                f"{name}() has {len(arguments)} values between its brackets.",
                function.remedy or f"Give it {_wanted(function.fewest, function.most)}.",
            )
        return function.build(Call(name, position, tuple(arguments), self.setting))

    def arguments(self) -> list[Part]:
        self.expect("(")
        if self.take((")",)) is not None:
            return []
        found = [self.nested()]
        while self.take((",",)) is not None:
            found.append(self.nested())
        self.expect(")")
        return found

    def nested(self) -> Part:
        self.depth += 1
        if self.depth > MOST_NESTING:
            self.step_back()
            self.fail("is nested too deep", f"At most {MOST_NESTING} brackets inside one another.")
        part = self.level(0)
        self.depth -= 1
        return part


def _unknown_function(name: str, position: int) -> ExpressionError:
    if (remedy := REFUSED.get(name)) is not None:
        return ExpressionError(position, f"{name}() is not supported.", remedy)
    near = difflib.get_close_matches(name, FUNCTIONS, n=1)
    remedy = f"Did you mean {near[0]}()?" if near else f"Known are: {', '.join(FUNCTIONS)}."
    return ExpressionError(position, f"There is no function {name}().", remedy)


def _wanted(fewest: int, most: int) -> str:
    if fewest == most:
        return str(fewest) if fewest else "none"
    return f"{fewest} or more" if most == MANY else f"{fewest} to {most}"
