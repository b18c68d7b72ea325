"""Expressions of a form (`relevant`, `constraint`, `calculation`): parsed once, run often.

The language is ODK's (XPath 1.0 and its functions). An operator-precedence parser turns the
source into nested closures. A single question is read straight from the answers; only paths walk
over places, and the steps of one walk are counted. Patterns have a bound in time and texts one in
length.
"""

from collections.abc import Collection
from dataclasses import dataclass

from surveys.expressions.parser import Parser
from surveys.expressions.parts import Gives, Setting, settled
from surveys.expressions.places import MOST_STEPS, STEPS_A_CHOICE, Meter, forest_of
from surveys.expressions.values import (
    Context,
    ExpressionError,
    Run,
    Value,
    to_boolean,
    to_text,
)
from surveys.outline import Outline

__all__ = ["Context", "Expression", "ExpressionError", "Gives", "Value", "compile_expression"]

MOST_LETTERS = 8_000


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression, what it reads, and what its author should know.

    `names` are the rows whose value it may read, without its own; `uses_dot` whether it reads the
    answer of its own row, `uses_own` whether it looks at what that row holds already. `compared`
    pairs questions with texts that they are compared with. `gives` is the kind of its value.
    """

    source: str
    names: frozenset[str]
    uses_dot: bool
    uses_own: bool
    is_random: bool
    compared: frozenset[tuple[str, str]]
    warnings: tuple[str, ...]
    gives: Gives
    _run: Run
    _steps: int

    def evaluate(self, context: Context) -> Value:
        """The value; ExpressionError when it cannot be worked out."""
        try:
            context.meter = Meter(self._steps) if self._steps else None
            return self._run(context)
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


def compile_expression(
    source: str,
    outline: Outline | None = None,
    *,
    at: str = "",
    columns: Collection[str] | None = None,
) -> Expression:
    """Parse an expression of the row `at`; ExpressionError with the position where it is wrong.

    `columns` are those of the list for a `choice_filter`, where bare names mean them. Without an
    outline every `${name}` is accepted, and no path.
    """
    if len(source) > MOST_LETTERS:
        raise ExpressionError(
            MOST_LETTERS,
            f"The expression has more than {MOST_LETTERS:,} letters.",
            "Split it over calculations.",
        )
    try:
        return _compiled(source, outline, at, columns)
    except RecursionError as error:
        raise ExpressionError(
            0, "The expression or the form is nested too deep.", "Use fewer groups and brackets."
        ) from error


def _compiled(
    source: str, outline: Outline | None, at: str, columns: Collection[str] | None
) -> Expression:
    forest = forest_of(outline) if outline is not None else None
    setting = Setting(source, forest, at, columns)
    part = settled(Parser(source, setting).whole(), setting)
    if setting.in_quotes:
        setting.warn("${...} in quotes stays as it is written; use concat('text', ${name}).")
    steps = MOST_STEPS + STEPS_A_CHOICE * setting.choices
    return Expression(
        source=source,
        names=frozenset(setting.names),
        uses_dot=setting.uses_dot,
        uses_own=setting.uses_own,
        is_random=setting.randoms > 0,
        compared=frozenset(setting.compared),
        warnings=tuple(setting.warnings),
        gives=part.gives,
        _run=part.run,
        _steps=steps if setting.walks else 0,
    )
