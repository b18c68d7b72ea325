"""A form worked out by machine: answers in, what every row then holds out. Nothing is stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.drawn_question import Drawn, draw, keep
from bot.play import Opening
from surveys.definition import Question, Survey
from surveys.engine import effective, resume, resume_page, start
from surveys.turns import Chose, Rejected, Reply, Skipped, Turn, Typed

_MOST_BYTES = 5_000_000


class BadAnswers(ValueError):
    """The answers cannot be used; the text says why and what to write."""


@dataclass(slots=True)
class WorkedOut:
    """What came of a set of answers. `rejected` has the reason by question."""

    values: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)
    not_asked: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every answer was asked for and taken."""
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
    """Answers every question that is asked, in the form's order.

    One without an answer keeps what it starts with, or is left out. What the form rejects, and a
    required question without an answer, stays blank and is reported.
    """
    found = WorkedOut(unknown=[name for name in answers if form.position(name) is None])
    now = opening.started
    turn = start(form, now=now, seed=opening.seed, language=opening.language)
    for _ in range(2 * len(form.questions) + 1):
        at = turn.session
        if at.asking is None:
            break
        found.asked.append(at.asking)
        turn = resume(form, at, _reply_to(draw(form, at), answers), now=now)
        if (refused := _refused(turn, at.asking)) is not None:
            found.rejected[at.asking] = refused.reason.value
            turn = resume_page(form, turn.session.answered(at.asking, ""), {}, now=now)
    found.values = effective(form, turn.session)
    found.asked = list(dict.fromkeys(found.asked))
    found.not_asked = [
        name for name in answers if name not in found.asked and name not in found.unknown
    ]
    return found


def _refused(turn: Turn, name: str) -> Rejected | None:
    rejected = (event for event in turn.events if isinstance(event, Rejected))
    return next((event for event in rejected if event.name == name), None)


def _reply_to(drawn: Drawn, answers: Mapping[str, Any]) -> Reply:
    """The answer that was given; a question nobody spoke of keeps what it starts with."""
    question = drawn.question
    if question.name not in answers:
        return keep(question, drawn.answer) or Skipped()
    return _reply(question, answers[question.name])


def _reply(question: Question, value: Any) -> Reply:
    """A value as it is stored, else as somebody would write it."""
    names = value if isinstance(value, list) else None
    text = _text(value)
    if names is None and question.kind.is_select:
        names = text.split()
    if names and all(question.choice(str(name)) is not None for name in names):
        return Chose(tuple(str(name) for name in names))
    return Typed(text) if text.strip() else Skipped()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)
