"""A play written down, so that it becomes a test: replayed, it must go the same way.

The file begins with what the play began with, a name and a value on each line. "> words" is what
was typed, what is indented below is what was then shown, and "= name: value" at the end is what
counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from bot.play import Opening, Playing
from surveys.definition import Survey

SUFFIX = ".transcript"

_FIRST = (
    "# A survey as somebody took it. `listening-loop survey play FORM --replay THIS` replays it."
)
_INDENT = "    "


class NotATranscript(ValueError):
    """The file is not a transcript of `survey play --record`: its first lines say form, language,
    start and seed."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was written down of a play."""

    form: str
    opening: Opening
    lines: tuple[str, ...]


def write(form_file: str, playing: Playing, first: str, said: Sequence[tuple[str, str]]) -> str:
    """The text of a transcript: `first` was shown before anything was said."""
    opening = playing.opening
    head = [
        _FIRST,
        f"form: {form_file}",
        f"language: {opening.language}",
        f"start: {opening.started.isoformat()}",
        f"seed: {opening.seed}",
    ]
    turns = [_turn("", first), *(_turn(f"> {line}".rstrip(), shown) for line, shown in said)]
    values = [f"= {name}: {_one_line(value)}" for name, value in playing.values().items()]
    return "\n\n".join("\n".join(part) for part in (head, *turns, values) if part) + "\n"


def _turn(line: str, shown: str) -> list[str]:
    below = [f"{_INDENT}{text}".rstrip() for text in shown.split("\n")]
    return [line, *below] if line else below


def _one_line(value: str) -> str:
    return value.replace("\n", " / ")


def read(text: str) -> Transcript:
    """What a transcript was made from; NotATranscript where it is none."""
    lines = text.split("\n")
    head = dict(
        line.split(": ", 1) for line in lines[:8] if ": " in line and line[:1] not in " >=#"
    )
    try:
        opening = Opening(
            head["language"], datetime.fromisoformat(head["start"]), int(head["seed"])
        )
        form = head["form"]
    except (KeyError, ValueError):
        raise NotATranscript(" ".join((NotATranscript.__doc__ or "").split())) from None
    if opening.started.tzinfo is None:
        raise NotATranscript("The start of a transcript needs a time zone, such as +00:00.")
    said = tuple(line[2:] for line in lines if line == ">" or line.startswith("> "))
    return Transcript(form, opening, said)


def replayed(form: Survey, transcript: Transcript) -> str:
    """The transcript as it comes out now."""
    playing = Playing(form, transcript.opening)
    first = playing.shown
    said = [(line, playing.say(line)) for line in transcript.lines if not playing.is_over]
    return write(transcript.form, playing, first, said)


def first_difference(was: str, now: str) -> str | None:
    """Where two transcripts part, in words; None where they are the same."""
    typed = ""
    for number, (old, new) in enumerate(zip_longest(_lines(was), _lines(now)), 1):
        if old != new:
            return "\n".join(_parting(number, typed, old, new))
        typed = old if old and old.startswith(">") else typed
    return None


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _parting(number: int, typed: str, old: str | None, new: str | None) -> Iterator[str]:
    yield f"Line {number}" + (f', after "{typed[2:]}":' if typed else ":")
    yield f"  before: {'(nothing more)' if old is None else old.strip() or '(an empty line)'}"
    yield f"  now:    {'(nothing more)' if new is None else new.strip() or '(an empty line)'}"
