"""The start page of the demo's output: the papers first, then the story as it was played."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

_RULE = "──"


@dataclass(frozen=True, slots=True)
class Page:
    """A paper to open."""

    name: str
    title: str
    what: str


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring lines of one kind: typed by a person, read by one, or told."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    when: str
    title: str
    parts: Sequence[Part] = field(default=())


def write_index(out: Path, opening: str, lines: Sequence[str], pages: Sequence[Page]) -> None:
    """Writes index.html, which opens with a double-click and needs nothing else."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("bot.demo"), PackageLoader("digests")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = made.get_template("index.html.j2").render(
        language="en", direction="ltr", opening=opening, pages=pages, scenes=list(_scenes(lines))
    )
    (out / "index.html").write_text(text, encoding="utf-8")


def _scenes(lines: Sequence[str]) -> Iterator[Scene]:
    heads = [place for place, line in enumerate(lines) if line.startswith(f"{_RULE} ")]
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        when, title = lines[start].strip("─ ").split(f" {_RULE} ", 1)
        yield Scene(when, title, tuple(_parts(lines[start + 1 : end])))


def _parts(lines: Sequence[str]) -> Iterator[Part]:
    told = [line for line in lines if line.strip() and not line.startswith(_RULE)]
    for kind, group in groupby(told, _kind):
        text = "\n".join(line.strip().removeprefix("│").removeprefix(" ") for line in group)
        yield Part(kind, text)


def _kind(line: str) -> str:
    if line.lstrip().startswith("│"):
        return "read"
    return "typed" if " » " in line else "told"
