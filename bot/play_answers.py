"""A form worked out by machine: answers in, what every row then holds out. Nothing is stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.play import Opening
from surveys.definition import Kind, Question, Survey
from surveys.engine import as_shown, effective, enter, hidden, start, unmet
from surveys.form import form_of
from surveys.matching import MOST_LETTERS, choose, understand
from surveys.turns import Reason, Session

_MOST_BYTES = 5_000_000


class BadAnswers(ValueError):
    """The answers cannot be used; the text says why and what to write."""


@dataclass(slots=True)
class WorkedOut:
    """What came of a set of answers.

    `rejected` has the reason by question, `offered` the choices in the order in which they stand.
    `asked` are the questions that apply, `not_relevant` all rows that do not, and `not_asked` the
    answers to rows that do not apply or that nobody answers.
    """

    values: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)
    not_asked: list[str] = field(default_factory=list)
    not_relevant: list[str] = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every answer was understood and nothing stands against it."""
        return not (self.rejected or self.unknown)


def read_answers(path: Path) -> dict[str, Any]:
    """The answers of a JSON file, by question."""
    if path.stat().st_size > _MOST_BYTES:
        raise BadAnswers(f"{path.name} is larger than 5 MB; give the answers of one person.")
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadAnswers(f"{path.name} is not JSON. {_SHAPE}") from None
    if not isinstance(found, dict):
        raise BadAnswers(f"{path.name} holds no answers by question. {_SHAPE}")
    return found


_SHAPE = 'Write it as {"question": "value"}, with values as they are stored, or labels.'


def work_out(form: Survey, opening: Opening, answers: Mapping[str, Any]) -> WorkedOut:
    """Enters all answers, then works out the form, as ODK does with the same values.

    Their order plays no part. One whose question does not apply is kept and reads as blank; one
    that breaks its constraint is kept and reported; one that cannot be read is blank and reported.
    A question without an answer keeps what it starts with or what is calculated for it.
    """
    known = [row.question for row in form_of(form).order if row.name in answers]
    found = WorkedOut(unknown=[name for name in answers if form.position(name) is None])
    session = start(form, now=opening.started, seed=opening.seed, language=opening.language).session
    # Corrections of calculated questions come last: they hold as long as nothing behind them moves.
    for question in sorted(known, key=lambda question: question.calculation is not None):
        if question.kind.is_asked:
            value = _read(question, answers[question.name], opening.language)
            if isinstance(value, Reason):
                found.rejected[question.name] = value.value
                value = ""
            session = enter(form, session, question.name, value)
    _look(form, opening, session, found)
    found.not_asked = [name for name in answers if name not in (*found.asked, *found.unknown)]
    return found


def _look(form: Survey, opening: Opening, session: Session, found: WorkedOut) -> None:
    gone, found.values = hidden(form, session), effective(form, session)
    found.not_relevant = [row.name for row in form.questions if row.name in gone]
    there = [row for row in form.questions if row.name not in gone]
    found.asked = [row.name for row in there if row.kind.is_asked]
    for row in there:
        if row.kind.is_select:
            choices = as_shown(form, session, row.name).choices
            found.offered[row.name] = [choice.name for choice in choices]
        if session.answers.get(row.name) and not found.values[row.name]:
            found.rejected.setdefault(row.name, Reason.NOT_A_CHOICE.value)
    for name, reason in unmet(form, session, now=opening.started).items():
        found.rejected.setdefault(name, reason.value)


def _read(question: Question, value: Any, language: str) -> str | Reason:
    """A value as it is stored, else as somebody would write it."""
    names = [str(name) for name in value] if isinstance(value, list) else None
    text = _text(value)
    if not text.strip():
        return ""
    if names is None and question.kind.is_select:
        names = text.split()
    if names and all(question.choice(name) is not None for name in names):
        is_rank = question.kind is Kind.RANK
        return " ".join(names) if is_rank else choose(question, tuple(names))
    if question.kind is Kind.TEXT and len(text) <= MOST_LETTERS:
        return text
    return understand(question, text, language)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)
