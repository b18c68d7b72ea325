"""The pages to begin with: one for each partnership, and one over all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template

from bot.year.script import Script
from bot.year.shelf import POSTER, Made

_KINDS = {
    "annual": "The year",
    "you": "You said, we did",
    "scorecard": "Scorecards",
    "pack": "Close-the-loop packs",
    "minutes": "Minutes",
    "highlight": "Highlight reports",
    "results": "Survey results",
}
_FORMATS = {
    "pdf": "PDF",
    "docx": "Word",
    "md": "Markdown",
    "json": "JSON",
    POSTER: "A4 poster",
}


@dataclass(frozen=True, slots=True)
class Shelved:
    """Papers of one kind, or of one month."""

    title: str
    made: tuple[Made, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A partnership as the page over all shows it."""

    slug: str
    name: str
    opening: str
    first: Made


def write_index(out: Path, script: Script, made: Sequence[Made]) -> Told:
    """The page of one partnership: what to look at first, then everything by kind."""
    first = _first(made, script)
    text = _made("partnership.html.j2").render(
        language="en",
        direction="ltr",
        script=script,
        first=first,
        shelves=_shelves(made),
        months=_months(made),
        format_names=_FORMATS,
    )
    (out / "index.html").write_text(text, encoding="utf-8")
    return Told(script.slug, script.name, script.opening, first[0])


def write_front(out: Path, told: Sequence[Told], year: int) -> None:
    """The page over all partnerships."""
    text = _made("front.html.j2").render(
        language="en", direction="ltr", partnerships=told, year=year
    )
    (out / "index.html").write_text(text, encoding="utf-8")


def _first(made: Sequence[Made], script: Script) -> list[Made]:
    """The newest of each kind that a busy reader would open; with the manager's words, if any."""
    wanted = ("annual", "you", "scorecard", "highlight", "minutes", "weekly")
    newest = {
        one.kind: one
        for one in sorted(made, key=lambda one: (_is_worded(one, script), one.of))
        if not one.version
    }
    return [newest[kind] for kind in wanted if kind in newest]


def _is_worded(one: Made, script: Script) -> bool:
    return one.name in script.reports or (
        one.kind == "weekly" and one.of.isoformat() in script.weekly
    )


def _shelves(made: Sequence[Made]) -> list[Shelved]:
    """All but the weekly ones, kind by kind."""
    found = [
        Shelved(title, tuple(sorted((one for one in made if one.kind == kind), key=_place)))
        for kind, title in _KINDS.items()
    ]
    return [one for one in found if one.made]


def _months(made: Sequence[Made]) -> list[Shelved]:
    """The weekly ones, month by month."""
    weekly = sorted((one for one in made if one.kind == "weekly"), key=_place)
    months = groupby(weekly, lambda one: date(one.of.year, one.of.month, 1))
    return [Shelved(f"{day:%B %Y}", tuple(of)) for day, of in months]


def _place(one: Made) -> tuple[date, str]:
    return one.of, one.name


def _made(name: str) -> Template:
    loader = ChoiceLoader([PackageLoader("bot.year"), PackageLoader("digests")])
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template(name)
