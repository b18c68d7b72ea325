"""The privacy notices as papers: the same words as on the pages, and what is still missing."""

from collections.abc import Iterator
from functools import partial

from bot.papers.marks import OpenPoints
from bot.settings import HelpLine, Settings
from bot.web.public.notices import notice, title_of
from bot.web.public.parts import Chapter, Part, Table
from bot.web.public.privacy import Promises
from digests.escaping import markdown
from storage.language import HOME, Catalogue

NOTICES = {
    "notice-8-11": "8-11",
    "notice-12-15": "12-15",
    "notice-16": "16",
    "notice-practitioners": "practitioners",
}
_OFFICER = "data protection officer"


def notice_text(paper: str, settings: Settings, points: OpenPoints) -> str:
    """A notice in English. In the other languages it stands on the pages, as this one does."""
    say = partial(Catalogue.load("bot").say, language=HOME)
    promises = Promises(say, HOME, settings, settings.retention.rules())
    name = NOTICES[paper]
    lines = [f"# {title_of(name, say)}", *_missing(settings, points)]
    for chapter in notice(name, promises):
        lines += _chapter(chapter)
    lines += _help(settings) if name != "practitioners" else ()
    return "\n\n".join(lines)


def _missing(settings: Settings, points: OpenPoints) -> Iterator[str]:
    ours = settings.partnership
    if not ours.controllers:
        yield points.decide(_OFFICER, "name the controllers (`controllers` of [partnership]).")
    if not (ours.contact and ours.complaints):
        yield points.decide(
            _OFFICER,
            "say how people ask and complain (`contact` and `complaints` of [partnership]).",
        )


def _chapter(chapter: Chapter) -> Iterator[str]:
    level = "##"
    if chapter.title:
        yield f"## {_safe(chapter.title)}"
        level = "###"
    yield from map(_safe, chapter.sentences)
    for part in chapter.parts:
        yield f"{level} {_safe(part.title)}"
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    yield from map(_safe, part.sentences)
    if part.points:
        yield "\n".join(f"- {_safe(point)}" for point in part.points)
    if part.table:
        yield _table(part.table)


def _table(table: Table) -> str:
    rows = (f"| {_safe(what)} | {_safe(how_long)} |" for what, how_long in table.rows)
    return "\n".join([f"| {table.headings[0]} | {table.headings[1]} |", "|---|---|", *rows])


def _help(settings: Settings) -> Iterator[str]:
    yield "## People to talk to"
    yield "\n".join(map(_line, settings.help_lines))


def _line(line: HelpLine) -> str:
    note = f" ({_safe(line.note)})" if line.note else ""
    return f"- **{_safe(line.name)}: {_safe(line.number)}**{note}"


def _safe(text: str) -> str:
    return markdown(" ".join(text.split()))
