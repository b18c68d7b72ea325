"""A survey in the terminal, straight on the engine: what `survey play` does. Nothing is stored."""

from collections.abc import Callable
from datetime import datetime

import typer

from bot.intents.survey import LANGUAGE_NAMES
from storage.language import Catalogue
from surveys.definition import Kind, Survey
from surveys.engine import progress, resume, start
from surveys.turns import (
    Asked,
    Changed,
    Ended,
    Reason,
    Rejected,
    Reply,
    Session,
    Skipped,
    Turn,
    Typed,
    WentBack,
    Withdrew,
)

_ENDS = {
    "complete": "The end: every question that applies was asked. Nothing was kept.",
    "withdrawn": "Stopped. Nothing was kept.",
}
_COMMANDS: dict[str, Reply] = {"/back": WentBack(), "/skip": Skipped(), "/stop": Withdrew()}


def play(form: Survey, language: str, clock: Callable[[], datetime]) -> None:
    """Asks every question that applies and reads the answers from standard input."""
    words = Catalogue.load("bot")
    names = ", ".join(f"{code} ({LANGUAGE_NAMES.get(code, code)})" for code in form.languages)
    typer.echo(f"{form.settings.title}\nNothing that you answer here is kept.")
    change = " or /language CODE" if len(form.languages) > 1 else ""
    typer.echo(f"Languages: {names}. You can write /back, /skip, /stop{change}.\n")
    turn = start(form, now=clock(), seed=1, language=language)
    while turn.session.outcome is None:
        typer.echo(_shown(form, turn, words))
        try:
            line = input("> ")
        except (EOFError, KeyboardInterrupt):
            typer.echo("\nStopped. Nothing was kept.")
            return
        turn = resume(form, turn.session, _reply(line), now=clock())
    typer.echo(_shown(form, turn, words))


def _reply(line: str) -> Reply:
    command, _, rest = line.strip().partition(" ")
    if command == "/language":
        return Changed(rest.strip())
    return _COMMANDS.get(command, Typed(line))


def _shown(form: Survey, turn: Turn, words: Catalogue) -> str:
    at = turn.session
    parts: list[str] = []
    for event in turn.events:
        if isinstance(event, Rejected):
            parts.append(_reason(form, at, event, words))
        elif isinstance(event, Asked):
            parts += [form.text(form.question(name).labels, at.language) for name in event.notes]
            parts.append(_question(form, at, event.name))
        elif isinstance(event, Ended):
            parts += [form.text(form.question(name).labels, at.language) for name in event.notes]
            parts.append(_ENDS.get(event.outcome, f"The end ({event.outcome})."))
    return "\n\n".join(parts) + "\n"


def _reason(form: Survey, at: Session, event: Rejected, words: Catalogue) -> str:
    """In the author's words where the form has some, else in ours."""
    question = form.question(event.name) if event.name else None
    texts = {
        Reason.CONSTRAINT: question.constraint_messages if question else {},
        Reason.REQUIRED: question.required_messages if question else {},
    }
    own = form.text(texts.get(event.reason, {}), at.language)
    return own or words.say(f"rejected.{event.reason}", at.language, **event.params)


def _question(form: Survey, at: Session, name: str) -> str:
    question = form.question(name)
    place, total = progress(form, at)
    lines = [f"[{place} of {total}] {form.text(question.labels, at.language)}"]
    if hint := form.text(question.hints, at.language):
        lines.append(hint)
    labels = [form.text(choice.labels, at.language) for choice in question.choices]
    if labels and all(label.strip().isdigit() for label in labels):
        lines.append("  " + "  ".join(labels))
    else:
        lines += [f"  {number}) {label}" for number, label in enumerate(labels, 1)]
    if question.kind is Kind.SELECT_MULTIPLE:
        lines.append("  (more than one: 1 3)")
    return "\n".join(lines)
