"""Which questions apply and what counts, worked out from the answers as entered.

A question that does not apply reads as blank for everything after it; what was entered is kept
and counts again once it applies again. Expressions see what stands before them in the form, so
one pass in order is enough. Relevance and calculations see the moment the session started, so
that nothing changes under a person's hands, and a stored session reads the same for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from surveys.definition import Question, Survey
from surveys.expressions import Context, Expression, ExpressionError, compile_expression
from surveys.turns import Session


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its expressions compiled."""

    question: Question
    name: str
    is_asked: bool
    may_skip: bool
    relevant: Expression | None
    constraint: Expression | None
    calculation: Expression | None
    depends: frozenset[str]
    looks_elsewhere: bool


Form = tuple[Row, ...]


@dataclass(slots=True)
class View:
    """What applies, up to where the look stopped."""

    values: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    hidden_notes: list[str] = field(default_factory=list)


@lru_cache(maxsize=256)
def form_of(survey: Survey) -> Form:
    """The survey ready to run; ExpressionError if one of its expressions cannot be read."""
    return tuple(_row(survey, question) for question in survey.questions)


def _row(survey: Survey, question: Question) -> Row:
    relevant, constraint, calculation = (
        compile_expression(source) if source else None
        for source in (question.relevant, question.constraint, question.calculation)
    )
    deciding = [expression.names for expression in (relevant, calculation) if expression]
    return Row(
        question=question,
        name=question.name,
        is_asked=question.kind.is_asked,
        may_skip=survey.may_skip(question),
        relevant=relevant,
        constraint=constraint,
        calculation=calculation,
        depends=frozenset[str]().union(*deciding),
        looks_elsewhere=bool(constraint and constraint.names - {question.name}),
    )


def look(form: Form, session: Session, until: str | None = None) -> View:
    """Everything before the question `until`, or the whole form."""
    view = View()
    context = Context(view.values, session.started)
    for row in form:
        if row.name == until:
            break
        applies(row, session, context, view)
    return view


def applies(row: Row, session: Session, context: Context, view: View) -> bool:
    """Add one row to the view; whether it applies."""
    if row.relevant is not None and not holds(row.relevant, context):
        view.values[row.name] = ""
        if row.name in session.shown:
            view.hidden_notes.append(row.name)
        return False
    view.rows.append(row)
    if row.calculation is not None:
        view.values[row.name] = _worked_out(row.calculation, context)
    else:
        view.values[row.name] = session.answers.get(row.name, "")
    return True


def holds(expression: Expression, context: Context) -> bool:
    """Whether it is true; what cannot be worked out hides nothing and refuses nothing."""
    try:
        return expression.holds(context)
    except ExpressionError:
        return True


def _worked_out(expression: Expression, context: Context) -> str:
    try:
        return expression.text(context)
    except ExpressionError:
        return ""


def allows(form: Form, session: Session, row: Row, value: str, now: datetime) -> bool:
    """Whether the row's constraint lets this value in."""
    if row.constraint is None:
        return True
    values = look(form, session, until=row.name).values if row.looks_elsewhere else {}
    values[row.name] = value
    return holds(row.constraint, Context(values, now, value))


def is_settled(row: Row, session: Session, values: Mapping[str, str], now: datetime) -> bool:
    """Answered within its constraint as things stand now, or left out."""
    answer = session.answers.get(row.name)
    if answer is None:
        return row.name in session.skipped
    if row.constraint is None or not row.looks_elsewhere:
        return True
    return holds(row.constraint, Context(values, now, answer))
