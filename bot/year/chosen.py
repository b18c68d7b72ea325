"""A few of a year's papers, for those who want to look and not to run anything."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bot.demo.stage import clear
from bot.year.index import write_front, write_index
from bot.year.shelf import POSTER, Made, Shelf

_FILES = ("html", "pdf", POSTER, "docx")
_WITH_WORD = ("highlight", "minutes")
"""Word files with pictures are large: these two show how they are edited."""


def choose(shelves: Sequence[Shelf], to: Path, year: int) -> None:
    """Copies them, with pages to begin with of their own."""
    clear(to)
    told = []
    for shelf in shelves:
        there = to / shelf.script.slug
        there.mkdir()
        made = list(_chosen(shelf))
        for one in made:
            for ending in one.endings:
                shutil.copyfile(shelf.out / f"{one.name}.{ending}", there / f"{one.name}.{ending}")
        told.append(write_index(there, shelf.script, made))
    write_front(to, told, year)


def _chosen(shelf: Shelf) -> Iterator[Made]:
    """The weeks that the manager wrote to; of the reports all pages, and the last ones as files."""
    newest: set[str] = set()
    for one in sorted(shelf.made, key=lambda one: (one.of, one.name), reverse=True):
        if one.kind == "weekly":
            if one.of.isoformat() in shelf.script.weekly:
                yield replace(one, endings=("html",))
        elif _is_left_out(one, shelf, newest):
            continue
        else:
            key = f"{one.kind} {one.version}".strip()
            as_files = key not in newest
            newest.add(key)
            wanted = _FILES if one.kind in _WITH_WORD else _FILES[:3]
            endings = tuple(ending for ending in one.endings if ending in wanted)
            yield replace(one, endings=endings if as_files else ("html",))


def _is_left_out(one: Made, shelf: Shelf, newest: set[str]) -> bool:
    """Older words for an age or in a language, and highlight reports of the first three quarters

    that nobody wrote to.
    """
    if one.kind == "highlight":
        return one.of.month != 12 and one.name not in shelf.script.reports
    return bool(one.version) and f"{one.kind} {one.version}" in newest
