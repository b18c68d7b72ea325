"""A question as it stands for one person: what is on offer, in which order, answers filled in."""

from dataclasses import replace

from surveys.definition import Choice, Question, Texts
from surveys.expressions import ExpressionError
from surveys.expressions.lists import seed_of
from surveys.form import REFERENCE, Form, Row
from surveys.relevance import View, context_of, holds, offered
from surveys.shuffle import shuffled
from surveys.turns import Session


def shown(form: Form, row: Row, session: Session, view: View) -> Question:
    """The question with its list filtered and shuffled and `${...}` filled into its texts."""
    question = row.question
    if row.choice_filter is not None:
        question = replace(question, choices=offered(row, context_of(session, view)))
    if question.is_shuffled:
        question = replace(question, choices=_shuffled(row, question, session, view))
    if row.required_when is not None:
        required = holds(row.required_when, context_of(session, view))
        question = replace(question, required=required)
    return _filled(form, question, session, view) if row.has_references else question


def _shuffled(row: Row, question: Question, session: Session, view: View) -> tuple[Choice, ...]:
    """By the author's seed, else in an order of this session's own; always the same for it."""
    if row.seed is None:
        return shuffled(question.choices, f"{session.seed} {row.name}")
    try:
        seed = seed_of(row.seed.evaluate(context_of(session, view)))
    except ExpressionError:
        return question.choices
    return shuffled(question.choices, seed)


def _filled(form: Form, question: Question, session: Session, view: View) -> Question:
    def fill(texts: Texts) -> Texts:
        return {
            language: REFERENCE.sub(
                lambda match: _said(form, match[1], session.language, view), text
            )
            for language, text in texts.items()
        }

    return replace(
        question,
        labels=fill(question.labels),
        hints=fill(question.hints),
        guidance=fill(question.guidance),
        constraint_messages=fill(question.constraint_messages),
        required_messages=fill(question.required_messages),
        choices=tuple(replace(choice, labels=fill(choice.labels)) for choice in question.choices),
    )


def _said(form: Form, name: str, language: str, view: View) -> str:
    """An answer in people's words: the labels of what was chosen, else the value."""
    value, row = view.values.get(name, ""), form.by_name.get(name)
    if row is None or not row.question.kind.is_select:
        return value
    labels = (_label(form, row, chosen, language) for chosen in value.split())
    return ", ".join(labels)


def _label(form: Form, row: Row, chosen: str, language: str) -> str:
    choice = row.question.choice(chosen)
    return chosen if choice is None else form.survey.text(choice.labels, language) or chosen
