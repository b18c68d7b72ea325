"""Several partnerships' years: a database and a folder each, and one page over all."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.demo.stage import clear
from bot.year.chosen import choose
from bot.year.index import write_front, write_index
from bot.year.play import Progress, play
from bot.year.script import PLANS, BadScript, read_script, shipped

YEAR = 2023
LAST = date(2024, 1, 19)
"""The papers of the last quarter and of the year are made in January."""


def play_all(
    plans: Sequence[str],
    out: Path,
    *,
    until: str = "",
    chosen: Path | None = None,
    progress: Progress,
) -> dict[str, str]:
    """Plays each and writes the page over all; where each partnership's own page is.

    `chosen`: a folder for a few of the papers.
    """
    last = _day(until) if until else LAST
    scripts = [read_script(_found(name)) for name in plans or PLANS]
    clear(out)
    shelves = [play(script, out / script.slug, until=last, progress=progress) for script in scripts]
    told = [write_index(shelf.out, shelf.script, shelf.made) for shelf in shelves]
    write_front(out, told, YEAR)
    if chosen is not None:
        choose(shelves, chosen, YEAR)
    return {one.slug: str(out / one.slug / "index.html") for one in told}


def _found(name: str) -> Path:
    """One of ours by its name, or a script of somebody's own."""
    if name in PLANS:
        return shipped(name)
    path = Path(name)
    if path.suffix == ".toml" and path.exists():
        return path
    raise BadScript(f"There is no year of {name}. Known are {', '.join(PLANS)}; or give a .toml.")


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadScript(f"--until {text} is not a day. Write it such as 2023-03-31.") from None
    return min(day, LAST)
