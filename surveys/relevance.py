"""Which questions apply and what counts, worked out from the answers as entered.

A row that does not apply, or stands in a group that does not, reads as blank for everything else;
what was entered is kept and counts again once it applies again. Rows may look at rows below them:
one pass, each row after what it needs, is enough, because circles are refused at import. Relevance
and calculations see the moment the session started, so that nothing changes under a person's
hands, and a stored session reads the same for ever.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from surveys.definition import Choice, Kind
from surveys.expressions import Context, Expression, ExpressionError
from surveys.expressions.values import ZONE
from surveys.fitting import fitted
from surveys.form import Form, Row
from surveys.turns import Session


@dataclass(slots=True)
class View:
    """What counts: every row's value, and the rows that do not apply."""

    values: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def applies(self, row: Row) -> bool:
        """Whether it counts, and is asked or said."""
        return row.name not in self.hidden


def look(form: Form, session: Session) -> View:
    """The whole form as it stands."""
    view = View()
    context = context_of(session, view)
    for row in form.order:
        if row.group in view.hidden or (row.relevant and not holds(row.relevant, context)):
            view.hidden.add(row.name)
            view.values[row.name] = ""
        else:
            view.values[row.name] = _value(row, session, context)
    return view


def context_of(session: Session, view: View) -> Context:
    """What expressions see, as of the start of the session."""
    return Context(
        view.values,
        session.started,
        seed=session.seed,
        language=session.language,
        hidden=view.hidden,
    )


def _value(row: Row, session: Session, context: Context) -> str:
    if row.calculation is not None:
        value = _calculated(row, session, context)
    elif row.is_asked:
        value = entered(row, session)
    elif row.question.kind is Kind.TODAY:
        return session.started.astimezone(ZONE).date().isoformat()
    else:
        return session.kept.get(row.name, "")
    return value if row.choice_filter is None or not value else _on_offer(row, value, context)


def entered(row: Row, session: Session) -> str:
    """What was answered, else what the question starts with unless it was left out."""
    answer = session.answers.get(row.name)
    if answer is not None:
        return answer
    return "" if row.name in session.skipped else session.kept.get(row.name, "")


def _calculated(row: Row, session: Session, context: Context) -> str:
    if row.is_asked and (row.name in session.answers or row.name in session.skipped):
        return entered(row, session)
    kept = session.kept.get(row.name, "")
    assert row.calculation is not None
    if kept and row.calculation.uses_own:
        return kept
    if row.calculation.is_random or row.calculation.uses_own:
        context = replace(context, key=row.name, own=kept)
    return made(row, row.calculation, context)


def made(row: Row, expression: Expression, context: Context) -> str:
    """What an expression gives for a row: of the kind that a question asks for, else blank."""
    value = worked_out(expression, context)
    return fitted(row.question, value) if row.is_asked else value


def worked_out(expression: Expression, context: Context) -> str:
    """Its text; blank where it cannot be worked out."""
    try:
        return expression.text(context)
    except ExpressionError:
        return ""


def holds(expression: Expression, context: Context) -> bool:
    """Whether it is true; what cannot be worked out hides nothing and refuses nothing."""
    try:
        return expression.holds(context)
    except ExpressionError:
        return True


def offered(row: Row, context: Context) -> tuple[Choice, ...]:
    """The choices that the filter lets through; all, where it cannot be worked out."""
    return _let_through(row, row.question.choices, context)


def _let_through(row: Row, choices: tuple[Choice, ...], context: Context) -> tuple[Choice, ...]:
    if row.choice_filter is None:
        return choices
    looking = replace(context)
    found = []
    for choice in choices:
        looking.item = choice
        try:
            is_in = row.choice_filter.holds(looking)
        except ExpressionError:
            return choices
        if is_in:
            found.append(choice)
    return tuple(found)


def _on_offer(row: Row, value: str, context: Context) -> str:
    """Without what is not on offer now; it comes back when it is again.

    As in ODK what has come on offer since somebody ranked the rest stands last.
    """
    chosen = value.split()
    if row.question.kind is Kind.RANK:
        chosen = list(dict.fromkeys((*chosen, *(choice.name for choice in row.question.choices))))
    asked = tuple(choice for choice in row.question.choices if choice.name in chosen)
    names = {choice.name for choice in _let_through(row, asked, context)}
    return " ".join(name for name in chosen if name in names)


def allows(form: Form, session: Session, row: Row, value: str, now: datetime) -> bool:
    """Whether the row's constraint lets this value in."""
    if row.constraint is None:
        return True
    if not row.looks_elsewhere:
        return holds(row.constraint, Context({row.name: value}, now, value))
    view = look(form, session.answered(row.name, value))
    return _within(row, value, session, view, now)


def _within(row: Row, value: str, session: Session, view: View, now: datetime) -> bool:
    assert row.constraint is not None
    return holds(row.constraint, replace(context_of(session, view), now=now, dot=value))


def is_settled(row: Row, session: Session, view: View, now: datetime) -> bool:
    """Answered within its constraint as things stand now, or left out; or nothing is on offer."""
    answer = session.answers.get(row.name)
    if answer is None or not view.values[row.name]:
        return row.name in session.skipped or _has_nothing_on_offer(row, session, view)
    if not row.looks_elsewhere:
        return True
    return _within(row, answer, session, view, now)


def _has_nothing_on_offer(row: Row, session: Session, view: View) -> bool:
    return row.choice_filter is not None and not offered(row, context_of(session, view))
