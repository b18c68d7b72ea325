"""Expressions of a form (`relevant`, `constraint`, `calculation`): parsed once, run often.

The language is ODK's (XPath 1.0 and its functions). An operator-precedence parser turns the
source into nested closures. Nothing in it loops, so the work of one evaluation is bounded by the
length of the source; patterns have a bound in time and texts one in length.
"""

import difflib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from surveys.expression_functions import FUNCTIONS, REFUSED, fits, pattern
from surveys.expression_values import (
    Context,
    ExpressionError,
    Node,
    Value,
    equal,
    to_boolean,
    to_number,
    to_text,
)

__all__ = ["Context", "Expression", "ExpressionError", "Value", "compile_expression"]

MOST_LETTERS = 8_000
MOST_NESTING = 60
MOST_PATTERNS = 5

_TOKEN = re.compile(
    r"""(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
      | (?P<text>"[^"]*"|'[^']*'|“[^”]*”|‘[^’]*’)
      | \$\{\s*(?P<name>[^}\s]*)\s*\}
      | (?P<word>[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)
      | (?P<sign>!=|<=|>=|\.\.|//|::|[=<>+\-*(),./|\[\]@])""",
    re.VERBOSE,
)
_SPACES = re.compile(r"\s*")

_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression, the questions it refers to, and what its author should know."""

    source: str
    names: frozenset[str]
    uses_dot: bool
    warnings: tuple[str, ...]
    _node: Node

    def evaluate(self, context: Context) -> Value:
        """The value; ExpressionError when it cannot be worked out."""
        try:
            return self._node(context)
        except (RecursionError, OverflowError, ValueError, MemoryError) as error:
            raise ExpressionError(
                0, "The expression cannot be worked out.", "Make it shorter or split it."
            ) from error

    def holds(self, context: Context) -> bool:
        """Whether it is true."""
        return to_boolean(self.evaluate(context))

    def text(self, context: Context) -> str:
        """Its value as it is stored and shown."""
        return to_text(self.evaluate(context))


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Expression:
    """Parse an expression; ExpressionError with the position in it when it cannot be run."""
    if len(source) > MOST_LETTERS:
        raise ExpressionError(
            MOST_LETTERS,
            f"The expression has more than {MOST_LETTERS:,} letters.",
            "Split it over calculations.",
        )
    parser = _Parser(source)
    node = parser.whole()
    return Expression(
        source, frozenset(parser.names), parser.uses_dot, tuple(parser.warnings), node
    )


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(source: str) -> list[_Token]:
    tokens: list[_Token] = []
    place = _after_spaces(source, 0)
    while place < len(source):
        match = _TOKEN.match(source, place)
        if match is None:
            raise _unreadable(source, place)
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match[kind], place))
        place = _after_spaces(source, match.end())
    return tokens


def _after_spaces(source: str, place: int) -> int:
    match = _SPACES.match(source, place)
    return match.end() if match else place


def _unreadable(source: str, place: int) -> ExpressionError:
    sign = source[place]
    if sign in "\"'“‘":
        return ExpressionError(place, "A text is not closed.", f"End it with {sign} as it began.")
    if sign == "$":
        return ExpressionError(place, "A reference is not whole.", "Write it as ${name}.")
    if sign in "&!":
        return ExpressionError(place, f"{sign} is not known here.", "Write and, or, not(...), !=.")
    return ExpressionError(place, f"{sign!r} cannot stand here.", "Remove it.")


class _Parser:
    """One pass over the tokens; each level of precedence calls the next tighter one."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = _tokens(source)
        self.at = 0
        self.depth = 0
        self.patterns = 0
        self.names: set[str] = set()
        self.uses_dot = False
        self.warnings: list[str] = []

    def whole(self) -> Node:
        if not self.tokens:
            raise ExpressionError(0, "The expression is empty.", "Fill it in or clear the cell.")
        node = self.level(0)
        if self.at < len(self.tokens):
            self.fail("does not belong here", "Join conditions with and/or; check the brackets.")
        return node

    def level(self, number: int) -> Node:
        if number == len(_LEVELS):
            return self.signed()
        node = self.level(number + 1)
        rest: list[tuple[str, Node]] = []
        while (operator := self.take(_LEVELS[number])) is not None:
            rest.append((operator, self.level(number + 1)))
        return _chain(node, rest) if rest else node

    def signed(self) -> Node:
        minus = 0
        while self.take(("-",)) is not None:
            minus += 1
        node = self.operand()
        if not minus:
            return node
        sign = -1.0 if minus % 2 else 1.0
        return lambda c: sign * to_number(node(c))

    def operand(self) -> Node:
        if self.at == len(self.tokens):
            raise ExpressionError(
                len(self.source), "The expression breaks off.", "Complete it; check the brackets."
            )
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "number":
            return _always(float(token.text))
        if token.kind == "text":
            return _always(token.text[1:-1])
        if token.kind == "name":
            return self.reference(token)
        if token.kind == "word":
            return self.call(token)
        return self.dot_or_brackets(token)

    def reference(self, token: _Token) -> Node:
        name = token.text
        if not name or "#" in name:
            self.at -= 1
            self.fail("names no question of this form", "Write ${name} with a question's name.")
        self.names.add(name)
        return lambda c: c.values.get(name, "")

    def dot_or_brackets(self, token: _Token) -> Node:
        if token.text == ".":
            self.uses_dot = True
            return lambda c: c.dot
        if token.text == "(":
            node = self.nested()
            self.expect(")")
            return node
        self.at -= 1
        if token.text in ("/", "//", "..", "@", "["):
            self.fail("is a path, which is not supported", "Write ${name} instead.")
        return self.fail("does not belong here", "Before it a value is missing.")

    def nested(self) -> Node:
        self.depth += 1
        if self.depth > MOST_NESTING:
            self.at -= 1
            self.fail("is nested too deep", f"At most {MOST_NESTING} brackets inside one another.")
        node = self.level(0)
        self.depth -= 1
        return node

    def call(self, token: _Token) -> Node:
        if self.peek() != "(":
            self.at -= 1
            self.fail(
                "is neither a text nor a question",
                f"For a text write '{token.text}', for a question ${{{token.text}}}.",
            )
        if token.text not in FUNCTIONS:
            raise _unknown_function(token)
        first = self.at + 1
        arguments = self.arguments()
        function = FUNCTIONS[token.text]
        if not function.fewest <= len(arguments) <= function.most:
            raise ExpressionError(
                token.position,
                f"{token.text}() has {len(arguments)} values between its brackets.",
                f"Give it {_wanted(function.fewest, function.most)}.",
            )
        if token.text == "regex":
            return self.pattern(token, arguments, first)
        node: Node = function.build(*arguments)
        return node

    def pattern(self, token: _Token, arguments: list[Node], first: int) -> Node:
        self.patterns += 1
        if self.patterns > MOST_PATTERNS:
            raise ExpressionError(
                token.position,
                f"There are more than {MOST_PATTERNS} patterns.",
                "Join them with | in one.",
            )
        last = self.tokens[self.at - 2]
        alone = self.at - 3 > first and self.tokens[self.at - 3].text == ","
        if last.kind != "text" or not alone:
            node: Node = FUNCTIONS["regex"].build(*arguments)
            return node
        source = last.text[1:-1]
        if not (source.startswith("^") and source.endswith("$")):
            self.warnings.append(
                "regex() matches the whole answer; write '^...$' to make that plain."
            )
        compiled = pattern(source, last.position)
        text = arguments[0]
        return lambda c: fits(compiled, to_text(text(c)))

    def arguments(self) -> list[Node]:
        self.expect("(")
        if self.take((")",)) is not None:
            return []
        found = [self.nested()]
        while self.take((",",)) is not None:
            found.append(self.nested())
        self.expect(")")
        return found

    def peek(self) -> str | None:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return token.text if token and token.kind in ("sign", "word") else None

    def take(self, wanted: tuple[str, ...]) -> str | None:
        found = self.peek()
        if found is None or found not in wanted:
            return None
        self.at += 1
        return found

    def expect(self, sign: str) -> None:
        if self.take((sign,)) is not None:
            return
        if self.at < len(self.tokens):
            self.fail("does not belong here", f"Here {sign} is expected.")
        raise ExpressionError(len(self.source), "A bracket is not closed.", f"Add {sign} here.")

    def fail(self, problem: str, remedy: str) -> NoReturn:
        token = self.tokens[min(self.at, len(self.tokens) - 1)]
        shown = "${" + token.text + "}" if token.kind == "name" else token.text
        raise ExpressionError(token.position, f"{shown} {problem}.", remedy)


def _unknown_function(token: _Token) -> ExpressionError:
    if (remedy := REFUSED.get(token.text)) is not None:
        return ExpressionError(token.position, f"{token.text}() is not supported.", remedy)
    near = difflib.get_close_matches(token.text, FUNCTIONS, n=1)
    remedy = f"Did you mean {near[0]}()?" if near else f"Known are: {', '.join(FUNCTIONS)}."
    return ExpressionError(token.position, f"There is no function {token.text}().", remedy)


def _wanted(fewest: int, most: int) -> str:
    if fewest == most:
        return str(fewest) if fewest else "none"
    return f"{fewest} or more" if most == 99 else f"{fewest} to {most}"


def _always(value: Value) -> Node:
    return lambda _: value


def _chain(first: Node, rest: list[tuple[str, Node]]) -> Node:
    """Operators of one level from left to right, in a loop so that long chains cost no stack."""
    if rest[0][0] in ("or", "and"):
        return _any_or_all(rest[0][0] == "or", [first, *(node for _, node in rest)])
    if len(rest) == 1:
        work, right = _OPERATORS[rest[0][0]], rest[0][1]
        return lambda c: work(first(c), right(c))
    steps = [(_OPERATORS[operator], node) for operator, node in rest]

    def value(c: Context) -> Value:
        found = first(c)
        for work, node in steps:
            found = work(found, node(c))
        return found

    return value


def _any_or_all(stop: bool, nodes: list[Node]) -> Node:
    def value(c: Context) -> bool:
        for node in nodes:
            if to_boolean(node(c)) is stop:
                return stop
        return not stop

    return value


def _div(left: float, right: float) -> float:
    if right:
        return left / right
    if left == 0 or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _mod(left: float, right: float) -> float:
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


_OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "=": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: to_number(left) < to_number(right),
    "<=": lambda left, right: to_number(left) <= to_number(right),
    ">": lambda left, right: to_number(left) > to_number(right),
    ">=": lambda left, right: to_number(left) >= to_number(right),
    "+": lambda left, right: to_number(left) + to_number(right),
    "-": lambda left, right: to_number(left) - to_number(right),
    "*": lambda left, right: to_number(left) * to_number(right),
    "div": lambda left, right: _div(to_number(left), to_number(right)),
    "mod": lambda left, right: _mod(to_number(left), to_number(right)),
}
