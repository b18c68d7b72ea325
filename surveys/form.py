"""A survey ready to run: expressions compiled, rows in the order in which they are worked out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from surveys.definition import Choice, Kind, Question, Survey, Texts
from surveys.dependencies import order
from surveys.expressions import Expression, compile_expression
from surveys.outline import outline_of

REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
"""An answer that is filled into a text."""

CLOCK = re.compile(r"\bnow\s*\(")
"""The exact time in an expression."""

NOBODY = frozenset[str]()


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A question with its expressions compiled.

    `is_said` is a note, or a group's heading where it has one. `decided_by` are the asked rows
    that can change whether or how this one is shown. `carries_words` says that its value is made
    of what a person wrote freely, `tells_time` of the instant of answering; `looks_elsewhere` that
    its constraint depends on other answers.
    """

    question: Question
    name: str
    group: str
    is_asked: bool
    relevant: Expression | None
    constraint: Expression | None
    calculation: Expression | None
    choice_filter: Expression | None
    dynamic_default: Expression | None
    required_when: Expression | None
    seed: Expression | None
    decided_by: frozenset[str] = NOBODY
    carries_words: bool = False
    tells_time: bool = False
    has_references: bool = False
    is_said: bool = False
    looks_elsewhere: bool = False

    @property
    def is_worked_out(self) -> bool:
        """Whether it has a value that nobody is asked for."""
        return not self.is_asked and not self.question.kind.is_said

    @property
    def is_drawn_anew(self) -> bool:
        """Whether people see it otherwise than in the form: filtered, shuffled, filled in."""
        changes = self.question.is_shuffled or (self.has_references and self.question.choices)
        return bool(changes or self.choice_filter or self.required_when)

    @property
    def is_editable(self) -> bool:
        """Asked and calculated: a person may correct what was worked out."""
        return self.is_asked and self.calculation is not None

    @property
    def needs(self) -> frozenset[str]:
        """The rows that its value, or whether it has one, is worked out from."""
        parts = (self.relevant, self.calculation, self.choice_filter)
        return NOBODY.union(*(part.names for part in parts if part is not None))

    @property
    def words_from(self) -> frozenset[str]:
        """The rows that its value is made of."""
        parts = (self.calculation, self.dynamic_default)
        return NOBODY.union(*(part.names for part in parts if part is not None))


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """The rows as printed, by name, and in the order of working out; and those that need care."""

    survey: Survey
    rows: tuple[Row, ...]
    by_name: Mapping[str, Row]
    order: tuple[Row, ...]
    editable: tuple[Row, ...]
    once: tuple[Row, ...]


_EXPRESSIONS = (
    "relevant",
    "constraint",
    "calculation",
    "choice_filter",
    "dynamic_default",
    "required_when",
    "seed",
)


@lru_cache(maxsize=256)
def form_of(survey: Survey) -> Form:
    """The survey ready to run.

    ExpressionError if one of its expressions cannot be read, Cycle if rows need one another.
    """
    outline = outline_of(survey)
    rows: dict[str, Row] = {}
    for question in survey.questions:
        compiled: dict[str, Any] = dict.fromkeys(_EXPRESSIONS)
        for field in _EXPRESSIONS:
            if source := getattr(question, field):
                columns = columns_of(question.choices) if field == "choice_filter" else None
                compiled[field] = compile_expression(
                    source, outline, at=question.name, columns=columns
                )
        rows[question.name] = _row(question, compiled)
    names = order(outline, {name: row.needs for name, row in rows.items()})
    rows = _decided({name: rows[name] for name in names})
    printed = tuple(rows[question.name] for question in survey.questions)
    return Form(
        survey=survey,
        rows=printed,
        by_name=rows,
        order=tuple(rows.values()),
        editable=tuple(row for row in printed if row.is_editable),
        once=tuple(row for row in printed if row.calculation and row.calculation.uses_own),
    )


def columns_of(choices: tuple[Choice, ...]) -> frozenset[str]:
    """What a `choice_filter` may look at."""
    return frozenset(("name", "label")).union(*(choice.columns for choice in choices))


def _row(question: Question, compiled: dict[str, Any]) -> Row:
    kind, constraint = question.kind, compiled["constraint"]
    return Row(
        question=question,
        name=question.name,
        group=question.group,
        is_asked=kind.is_asked,
        is_said=kind is Kind.NOTE or (kind is Kind.GROUP and bool(question.labels)),
        looks_elsewhere=constraint is not None and bool(constraint.names - {question.name}),
        has_references=bool(references_of(question)),
        **compiled,
    )


def references_of(question: Question) -> frozenset[str]:
    """The rows whose answers are filled into this one's texts."""
    return frozenset(
        name for texts in _texts(question) for text in texts.values() for name in _found(text)
    )


def _found(text: str) -> list[str]:
    return REFERENCE.findall(text) if "${" in text else []


def _texts(question: Question) -> tuple[Texts, ...]:
    own = (question.labels, question.hints, question.guidance)
    told = (question.constraint_messages, question.required_messages)
    return (*own, *told, *(choice.labels for choice in question.choices))


def _decided(rows: dict[str, Row]) -> dict[str, Row]:
    """The same rows with what decides them; they come in the order of working out."""
    behind: dict[str, frozenset[str]] = {}
    wordy: set[str] = set()
    timed: set[str] = set()
    for name, row in rows.items():
        behind[name] = _asked(rows, behind, (*row.needs, row.group))
        if row.question.kind is Kind.TEXT or (not row.is_asked and row.words_from & wordy):
            wordy.add(name)
        if row.is_worked_out and (_sees_the_clock(row) or row.words_from & timed):
            timed.add(name)
    marks = {"carries_words": wordy, "tells_time": timed}
    return {name: _with(row, rows, behind, marks) for name, row in rows.items()}


def _sees_the_clock(row: Row) -> bool:
    made_by = (row.calculation, row.dynamic_default)
    return any(part is not None and CLOCK.search(part.source) for part in made_by)


def _with(
    row: Row,
    rows: dict[str, Row],
    behind: dict[str, frozenset[str]],
    marks: Mapping[str, set[str]],
) -> Row:
    drawn = [part.names for part in (row.seed, row.required_when) if part is not None]
    shown = NOBODY.union(references_of(row.question), *drawn)
    fields = {name: getattr(row, name) for name in row.__dataclass_fields__}
    decided = behind[row.name] | _asked(rows, behind, tuple(shown))
    marked = {mark: row.name in names for mark, names in marks.items()}
    return Row(**{**fields, **marked, "decided_by": decided})


def _asked(
    rows: dict[str, Row], behind: Mapping[str, frozenset[str]], names: tuple[str, ...]
) -> frozenset[str]:
    """Those of the rows that people answer, and all that stands behind them."""
    found = {name for name in names if name in rows and rows[name].is_asked}
    return NOBODY.union(found, *(behind.get(name, NOBODY) for name in names))
