"""From a view model to a document: the same view gives the same bytes.

Word and PDF are made by `word.py` and `pdf.py`.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, partial
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from digests.escaping import every_text, markdown, one_line, shortened
from digests.picture import Picture
from digests.sheet import paragraphs, whose
from digests.weekly_view import Listed, WeeklyDigest
from digests.you_view import FellBack, YouSaidWeDid, fell_back, for_readers
from storage.calendar import LONDON
from storage.language import HOME, Catalogue, direction, fallbacks, language_name, long_date
from storage.plain import plain
from storage.voice import Readers
from surveys.definition import text_in
from surveys.help_lines import Named, name_in, note_in

Format = Literal["md", "html", "json", "text"]
View = WeeklyDigest | Picture | YouSaidWeDid

_WORDS_SHOWN = {"md": 200, "html": 240, "text": 70}
_TEXT_LINE = re.compile(r"[678][0-9]{4}")  # five digits are a short code for texts
_CUT = "\x1e"
"""Where a section of a chat message begins; a sign that no text of a person's can have."""
_SHAPES = {"red": "■", "amber": "▲", "green": "●", "blue": "◆", "grey": "○"}


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Where somebody can get help: who, the number, and when it is open or whom it is for."""

    name: str
    number: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a digest is of, and the words that were put to it, ready for a format."""

    as_at: str
    opening: tuple[str, ...]
    whose: str
    remarks: Mapping[str, str]


def render(
    view: View,
    format: Format,  # noqa: A002  (the word people use)
    language: str = HOME,
    *,
    help_lines: Sequence[Named] = (),
    readers: Readers = Readers.EVERYBODY,
) -> str:
    """The document. A language that a report is not written in falls back to English.

    `readers`: for whom the words of "you said, we did" are chosen, where there are several.
    """
    if format == "json":
        return json.dumps(_plain(view), ensure_ascii=False, indent=2) + "\n"
    if isinstance(view, YouSaidWeDid):
        view = for_readers(view, readers, language)
    return _drawn(view, format, language, help_lines, readers).replace(f"{_CUT}\n", "")


def in_parts(picture: Picture, language: str = HOME) -> tuple[str, ...]:
    """The chat message in pieces: what stands above, then a piece for each section."""
    return tuple(part.strip("\n") for part in _drawn(picture, "text", language, ()).split(_CUT))


def _plain(view: View) -> Any:
    """As data. Of a picture: the digest, and when it is of and whose words stand above it."""
    if not isinstance(view, Picture):
        return plain(view)
    words = {"as_at": view.as_at.isoformat(), "words": plain(view.words)}
    return {**plain(view.digest), **words}


def _drawn(
    view: View,
    format: Literal["md", "html", "text"],  # noqa: A002
    language: str,
    help_lines: Sequence[Named],
    readers: Readers = Readers.EVERYBODY,
) -> str:
    shown = view.digest if isinstance(view, Picture) else view
    name = "weekly" if isinstance(shown, WeeklyDigest) else "you"
    spoken = _spoken(name, language)
    texts = (
        _environment(format == "html")
        .get_template(f"{name}.{format}.j2")
        .render(
            view=_shown(shown, format),
            fell=_fell_back(shown, readers, language),
            stamp=_stamp(view, format, spoken) if isinstance(view, Picture) else None,
            cut=_CUT,
            help_lines=[_help_line(line, format, spoken) for line in help_lines],
            language=spoken,
            name_of=language_name,
            direction=direction(spoken),
            say=partial(Catalogue.load("digests").say, language=spoken),
            day=partial(long_date, language=spoken),
            text_in=partial(text_in, language=spoken),
            shapes=_SHAPES,
            quiet_sections=partial(_quiet_sections, language=spoken),
        )
    )
    return (texts if format == "html" else _tidy(texts)).strip("\n") + "\n"


def _fell_back(
    view: WeeklyDigest | YouSaidWeDid, readers: Readers, language: str
) -> FellBack | None:
    return fell_back(view, readers, language) if isinstance(view, YouSaidWeDid) else None


def _stamp(picture: Picture, format: str, language: str) -> Stamp:  # noqa: A002
    safe, words = _safe(format, None), picture.words
    local = picture.as_at.astimezone(LONDON)
    say = Catalogue.load("digests").say
    return Stamp(
        as_at=say("weekly.as_at", language, hour=f"{local:%H:%M}", day=local.date()),
        opening=tuple(safe(line) for line in paragraphs(words.opening)),
        whose=safe(whose(words)),
        remarks={
            key: say("weekly.remark", language, text=safe(text))
            for key, text in words.remarks.items()
        },
    )


def _tidy(text: str) -> str:
    """One blank line where the template left several, and no blanks at the ends of lines."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE))


def _quiet_sections(view: WeeklyDigest, language: str) -> list[str]:
    """The titles of the sections that have nothing in them."""
    listed = {field.name: getattr(view, field.name) for field in fields(view)}
    say = Catalogue.load("digests").say
    return [
        say(f"weekly.{name}.title", language)
        for name, section in listed.items()
        if isinstance(section, Listed) and not section.total
    ]


def _spoken(name: str, language: str) -> str:
    texts = Catalogue.load("digests").texts
    return next(
        (code for code in fallbacks(language) if f"{name}.title" in texts.get(code, {})), HOME
    )


def _help_line(line: Named, format: str, language: str) -> HelpLine:  # noqa: A002
    safe = _safe(format, None)
    return HelpLine(safe(name_in(line, language)), safe(line.number), safe(note_in(line, language)))


def _shown(view: WeeklyDigest | YouSaidWeDid, format: str) -> WeeklyDigest | YouSaidWeDid:  # noqa: A002
    most = _WORDS_SHOWN[format] if isinstance(view, WeeklyDigest) else None
    shown: WeeklyDigest | YouSaidWeDid = every_text(view, _safe(format, most))
    return shown


def _safe(format: str, most: int | None) -> Callable[[str], str]:  # noqa: A002
    def safe(text: str) -> str:
        text = one_line(text if most is None else shortened(text, most))
        return markdown(text) if format == "md" else text

    return safe


@cache
def _environment(autoescape: bool) -> Environment:
    made = Environment(
        loader=PackageLoader("digests"),
        autoescape=autoescape,  # noqa: S701  (on for pages; Markdown and chat are escaped above)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["dialled"] = _dialled
    return made


def _dialled(number: str) -> str:
    """What a telephone opens: a call, or a text where the number takes texts; else nothing."""
    digits = re.sub(r"[ -]", "", number)
    if _TEXT_LINE.fullmatch(digits):
        return f"sms:{digits}"
    return f"tel:{digits}" if re.fullmatch(r"\+?[0-9]{3,}", digits) else ""
