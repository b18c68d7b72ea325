"""What a year leaves behind: each paper in its formats, as it stood on the day it was made."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session as Db

from bot.app import App
from bot.year.script import Script
from digests import editions, you_paper, you_poster
from digests.edition_files import KINDS, file_of, keep
from digests.paper_formats import as_pdf, draw
from digests.picture import Picture
from digests.render import render
from digests.results import render_results
from digests.you_view import YouSaidWeDid, offered
from storage.editions import Edition
from storage.language import HOME, language_name, long_date
from storage.plain import plain
from storage.voice import Readers
from surveys.help_lines import Named
from surveys.results import Wanted, results_of

POSTER = "poster.pdf"
_FOR = {
    Readers.AGE_8_11: "for 8 to 11",
    Readers.AGE_12_15: "for 12 to 15",
    Readers.AGE_16_UP: "for 16 and over",
    Readers.EASY_READ: "in easy read",
    Readers.PRACTITIONERS: "for practitioners",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A paper on the shelf: `name` without the ending, the endings it has, and what it is.

    `version`: "" for the one that everybody reads; others are in words for an age or in a language.
    """

    kind: str
    name: str
    title: str
    what: str
    endings: tuple[str, ...]
    of: date
    version: str = ""


@dataclass(slots=True)
class Shelf:
    """Writes into one folder and remembers what is there."""

    out: Path
    script: Script
    made: list[Made] = field(default_factory=list)

    def put_edition(self, db: Db, edition: Edition, name: str) -> None:
        """A report in every format; its files are kept with it, as they are for everybody else."""
        paper = editions.paper_of(edition)
        self._text(f"{name}.html", draw(paper, "html"))
        self._text(f"{name}.md", draw(paper, "md"))
        self._json(name, plain(editions.view_of(edition)))
        files = [file_of(db, edition, kind) for kind in KINDS]
        keep(db, edition, files)
        for file in files:
            self._bytes(f"{name}.{file.kind}", file.content)
        endings = ("html", "pdf", "docx", "md", "json")
        self.made.append(Made(paper.kind, name, paper.title, paper.period, endings, paper.dated))

    def put_weekly(self, picture: Picture, end: date) -> None:
        """A weekly digest with the manager's words."""
        name = f"weekly-digest-{end.isoformat()}"
        self._text(f"{name}.html", render(picture, "html"))
        self._text(f"{name}.md", render(picture, "md"))
        self._text(f"{name}.json", render(picture, "json"))
        what = picture.words.opening.partition(". ")[0].rstrip(".")
        title = f"Weekly digest, {long_date(end, 'en')}"
        self.made.append(Made("weekly", name, title, what, ("html", "md", "json"), end))

    def put_you(self, view: YouSaidWeDid, title: str, lines: Sequence[Named]) -> None:
        """A publication as those it is for read it: in each wording that it was given."""
        name = f"you-said-we-did-{view.survey.replace('_', '-')}-{view.period.end.isoformat()}"
        self._json(name, plain(view))
        for readers, language in _versions(view):
            self._put_version(view, (readers, language), name, title, lines)

    def _put_version(
        self,
        view: YouSaidWeDid,
        of: tuple[Readers, str],
        name: str,
        title: str,
        lines: Sequence[Named],
    ) -> None:
        readers, language = of
        version = _version(readers, language)
        name = f"{name}-{version}" if version else name
        for ending in ("html", "md"):
            text = render(view, ending, language, help_lines=lines, readers=readers)
            self._text(f"{name}.{ending}", text)
        paper = you_paper.paper(view, readers, language, help_lines=lines)
        self._bytes(f"{name}.pdf", as_pdf(paper))
        link = f"https://loop.{self.script.slug}.example/we-did/{view.survey}?lang={language}"
        poster = you_poster.gather(view, readers, language, link=link)
        self._bytes(f"{name}.{POSTER}", you_poster.draw(poster, dated=view.period.end))
        words = [_FOR[readers]] if readers in _FOR else []
        words += [f"in {language_name(language)}"] if language != HOME else []
        what = ", ".join([f"as it went out on {long_date(view.period.end, 'en')}", *words])
        endings = ("html", "pdf", POSTER, "md") + (() if version else ("json",))
        self.made.append(
            Made("you", name, f"You said, we did: {title}", what, endings, view.period.end, version)
        )

    def put_results(self, app: App, slug: str, title: str) -> None:
        """What was answered, small groups hidden."""
        around = app.around
        found = results_of(
            app.database, around.forms, Wanted(slug), now=around.now, today=around.today
        )
        name = f"survey-results-{slug.replace('_', '-')}"
        for ending in ("html", "md", "json"):
            self._text(f"{name}.{ending}", render_results(found, ending))
        what = "what was answered, with small groups hidden"
        endings = ("html", "md", "json")
        self.made.append(Made("results", name, f"Results: {title}", what, endings, around.today))

    def _bytes(self, name: str, content: bytes) -> None:
        (self.out / name).write_bytes(content)

    def _text(self, name: str, text: str) -> None:
        (self.out / name).write_text(text, encoding="utf-8")

    def _json(self, name: str, data: Any) -> None:
        text = json.dumps(data, ensure_ascii=False, indent=1)
        self._text(f"{name}.json", text + "\n")


def _versions(view: YouSaidWeDid) -> Iterator[tuple[Readers, str]]:
    """For everybody, for each age it has words for, and in each language it has words in."""
    for readers in offered(view):
        yield readers, view.written_in
    written = {
        one.language
        for theme in view.themes
        for one in theme.wordings
        if one.readers is Readers.EVERYBODY
    }
    for language in sorted(written):
        yield Readers.EVERYBODY, language


def _version(readers: Readers, language: str) -> str:
    """ "8-11", "pl" or "" for the first words."""
    of = "" if readers is Readers.EVERYBODY else readers.value.replace("_", "-")
    return "-".join(part for part in (of, language if language != HOME else "") if part)
