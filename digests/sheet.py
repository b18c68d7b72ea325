"""The weekly digest as headings and tables of text: what Word and PDF are made of.

Every text in it is one line, or lines with a break between them, and is data wherever it is put.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import partial

from digests.escaping import every_text, one_line, shortened
from digests.picture import Picture, Words
from digests.sheet_rows import ROWS, Speech
from digests.weekly_view import Listed, WeeklyDigest
from storage.calendar import LONDON
from storage.language import HOME, Catalogue, long_date

_MOST = 240
_MORE = {"meetings": "weekly.meetings.later"}


@dataclass(frozen=True, slots=True)
class Table:
    """A section: a heading, what the table is about, a remark of the manager's, and the rows.

    `total` counts all there are; `more` says how many are not shown.
    """

    key: str
    title: str
    total: int
    caption: str
    remark: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: str
    note: str

    @property
    def heading(self) -> str:
        """The title with how many there are; the colours count what all the others list."""
        return self.title if self.key == "colours" else f"{self.title} ({self.total})"


@dataclass(frozen=True, slots=True)
class Count:
    """One number at a glance."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole document; `dated` is the end of its period."""

    title: str
    period: str
    of: str
    as_at: str
    whose: str
    opening: tuple[str, ...]
    glance: tuple[Count, ...]
    sections: tuple[Table, ...]
    quiet: str
    source: str
    page: str
    language: str
    dated: date


def sheet_of(picture: Picture, clean: Callable[[str], str]) -> Sheet:
    """What a document shows. `clean` makes a text fit for its format, whatever is in it."""
    digest = every_text(picture.digest, lambda text: clean(one_line(shortened(text, _MOST))))
    say = partial(Catalogue.load("digests").say, language=HOME)
    period = digest.period
    local = picture.as_at.astimezone(LONDON)
    return Sheet(
        title=say("weekly.title"),
        period=say("period", start=period.start, end=period.end),
        of=_of(digest, say),
        as_at=say("weekly.as_at", hour=f"{local:%H:%M}", day=local.date()),
        whose=clean(one_line(whose(picture.words))),
        opening=tuple(clean(line) for line in paragraphs(picture.words.opening)),
        glance=tuple(
            Count(say(f"weekly.{key}.title"), getattr(digest, key).total)
            for key in ("overdue", "due_14", "silent", "decisions", "owed", "unreached")
        ),
        sections=tuple(_tables(digest, _remarks(picture.words, clean), say)),
        quiet=_quiet(digest, say),
        source=say("weekly.source", start=period.start, end=period.end),
        page=say("weekly.page"),
        language=HOME,
        dated=period.end,
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """A person's words line by line, without what could disturb the lines around them."""
    return tuple(filter(None, (one_line(line) for line in text.splitlines())))


def whose(words: Words) -> str:
    """Whose words the opening and the remarks are."""
    say = partial(Catalogue.load("digests").say, language=HOME)
    return say("weekly.whose_person", who=words.by) if words.by else say("weekly.whose_program")


def _of(digest: WeeklyDigest, say: Callable[..., str]) -> str:
    if not digest.plans:
        return say("weekly.no_plan")
    return say("weekly.of", partnership=digest.partnership, plans="; ".join(digest.plans))


def _remarks(words: Words, clean: Callable[[str], str]) -> dict[str, str]:
    say = Catalogue.load("digests").say
    return {
        key: say("weekly.remark", HOME, text=clean(" ".join(paragraphs(text))))
        for key, text in words.remarks.items()
    }


def _tables(
    digest: WeeklyDigest, remarks: dict[str, str], say: Callable[..., str]
) -> Iterable[Table]:
    """The sections that have something in them."""
    speech = Speech(say, partial(long_date, language=HOME), digest)
    for key, made in ROWS.items():
        rows = tuple(made.rows(speech))
        listed = getattr(digest, key)
        if not rows:
            continue
        more = listed.more if isinstance(listed, Listed) else 0
        yield Table(
            key=key,
            title=say(f"weekly.{key}.title"),
            total=listed.total if isinstance(listed, Listed) else len(rows),
            caption=made.caption(speech),
            remark=remarks.get(key, ""),
            columns=tuple(say(f"weekly.{name}") for name in made.columns),
            rows=rows,
            more=say(_MORE.get(key, "weekly.more"), n=more) if more else "",
            note=made.note(speech),
        )


def _quiet(digest: WeeklyDigest, say: Callable[..., str]) -> str:
    empty = [
        say(f"weekly.{field.name}.title")
        for field in fields(digest)
        if isinstance(section := getattr(digest, field.name), Listed) and not section.total
    ]
    return say("weekly.quiet_text", names="; ".join(empty)) if empty else ""
