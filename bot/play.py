"""A survey in the terminal, straight on the engine: what `survey play` does. Nothing is stored.

`Playing` is pure: lines in, what is shown out. So the same play can be written down and replayed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.drawn_question import Drawn, draw, how_line, keep, notes, reason, typed_line
from storage.language import Catalogue, language_name
from surveys.definition import Survey
from surveys.engine import effective, resume, start
from surveys.turns import (
    Changed,
    Ended,
    Event,
    Rejected,
    Reply,
    Session,
    Skipped,
    Turn,
    Typed,
    WentBack,
    Withdrew,
)

SEED = 1
STOPPED = "Stopped. Nothing was kept."

_ENDS = {
    "complete": "The end: every question that applies was asked. Nothing was kept.",
    "withdrawn": STOPPED,
}
_COMMANDS: dict[str, Reply] = {"/back": WentBack(), "/skip": Skipped(), "/stop": Withdrew()}


@dataclass(frozen=True, slots=True)
class Opening:
    """How a play begins: the same opening and the same lines always give the same play."""

    language: str
    started: datetime
    seed: int = SEED


@dataclass(slots=True)
class Playing:
    """One play of a form. Between two lines the session is put through JSON, as it is stored."""

    form: Survey
    opening: Opening
    shown: str = field(init=False)
    at: Session = field(init=False)
    _words: Catalogue = field(init=False)

    def __post_init__(self) -> None:
        self._words = Catalogue.load("bot")
        opening = self.opening
        self._take(
            start(self.form, now=opening.started, seed=opening.seed, language=opening.language)
        )

    @property
    def is_over(self) -> bool:
        return self.at.outcome is not None

    def say(self, line: str) -> str:
        """One line as it was typed; what is shown then."""
        reply = self._reply(line)
        self._take(resume(self.form, self.at, reply, now=self.opening.started))
        return self.shown

    def values(self) -> dict[str, str]:
        """What counts now, by row; what is blank is left out."""
        return {name: value for name, value in effective(self.form, self.at).items() if value}

    def _take(self, turn: Turn) -> None:
        self.at = Session.from_json(turn.session.to_json())
        self.shown = "\n\n".join(part for part in self._parts(turn.events) if part)

    def _reply(self, line: str) -> Reply:
        command, _, rest = line.strip().partition(" ")
        if command == "/language":
            return Changed(rest.strip())
        if command == "/keep" or not line.strip():
            drawn = draw(self.form, self.at)
            return keep(drawn.question, drawn.answer) or Typed(line)
        return _COMMANDS.get(command, Typed(line))

    def _parts(self, events: Iterable[Event]) -> Iterable[str]:
        for event in events:
            if isinstance(event, Rejected):
                yield reason(self.form, self.at, event, self._say)
            elif isinstance(event, Ended):
                yield from notes(self.form, self.at, event.notes)
                yield _ENDS.get(event.outcome, f"The end ({event.outcome}).")
        if not self.is_over:
            yield from _question(draw(self.form, self.at), self._say)

    def _say(self, key: str, **params: object) -> str:
        return self._words.say(key, self.at.language, **params)


def play(
    playing: Playing,
    ask: Callable[[], str | None],
    show: Callable[[str], None],
) -> list[tuple[str, str]]:
    """Asks every question that applies; gives the lines, each with what was shown then.

    `ask` gives None where there are no more lines.
    """
    form = playing.form
    names = ", ".join(f"{code} ({language_name(code)})" for code in form.languages)
    change = " or /language CODE" if len(form.languages) > 1 else ""
    show(f"{form.settings.title}\nNothing that you answer here is kept.")
    show(f"Languages: {names}. You can write /back, /skip, /stop{change}.\n")
    lines: list[tuple[str, str]] = []
    show(f"{playing.shown}\n")
    while not playing.is_over:
        line = ask()
        if line is None:
            show(f"\n{STOPPED}")
            break
        lines.append((line, playing.say(line)))
        show(f"{playing.shown}\n")
    return lines


def _question(drawn: Drawn, say: Callable[..., str]) -> Iterable[str]:
    """Notes each by themselves, then the question as one block."""
    yield from drawn.notes
    lines = [f"[Picture: {drawn.picture.alt}]"] if drawn.picture else []
    lines.append(f"[{drawn.place} of {drawn.total}] {drawn.label}")
    lines += [drawn.hint] if drawn.hint else []
    lines += [say("ask.guidance", guidance=drawn.guidance)] if drawn.guidance else []
    lines += _offers(drawn)
    if how := _how(drawn, say):
        lines.append(f"  ({how})")
    if drawn.kept:
        lines.append(f"  Enter keeps: {drawn.kept}")
    yield "\n".join(lines)


def _how(drawn: Drawn, say: Callable[..., str]) -> str:
    """How to answer; at a free text the empty line of the prompt says it."""
    if drawn.how and drawn.how[0][0] == "text":
        return ""
    return " ".join(part for part in (how_line(drawn, say), typed_line(drawn, say)) if part)


def _offers(drawn: Drawn) -> list[str]:
    labels = [offer.label for offer in drawn.offers]
    numbered = [f"  {number}) {label}" for number, label in enumerate(labels, 1)]
    if not drawn.is_row:
        return numbered
    has_numbers = all(label.strip()[:1].isdecimal() for label in labels)
    return ["  " + "  ".join(labels if has_numbers else [line.strip() for line in numbered])]
