"""What was said and what came of it on one A4 page: big letters, and a code to the rest.

At most five answers, one of each kind in turn, so that what cannot be done hangs there as well.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from itertools import zip_longest

from digests.letters import printable
from digests.you_paper import Say, promise_of, spoken
from digests.you_view import Answered, YouSaidWeDid, fell_back, for_readers
from storage.language import HOME, Catalogue, direction, language_name
from storage.voice import Readers, ResponseKind
from surveys.definition import text_in
from surveys.poster import qr_code
from surveys.printable import apart, one_line, plain
from surveys.typesetting import typeset

MOST = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing that was said, and the reply."""

    said: str
    language: str
    kind: str
    label: str
    reply: str
    because: str
    promise: str


@dataclass(frozen=True, slots=True)
class Poster:
    """Everything on the poster in one language. `more[n]` is said where n pairs are shown."""

    language: str
    direction: str
    document_title: str
    title: str
    of: str
    intro: str
    took_part: str
    fell_back: str
    said: str
    pairs: tuple[Pair, ...]
    nothing: str
    more: tuple[str, ...]
    scan: str
    type: str
    thanks: str
    link: str
    shown: str
    alt: str


def gather(
    view: YouSaidWeDid,
    readers: Readers = Readers.EVERYBODY,
    language: str = HOME,
    *,
    link: str = "",
) -> Poster:
    """`link`: the public page, for the code; without one there is no code on the poster."""
    worded = for_readers(view, readers, language)
    fell = fell_back(worded, readers, language)
    language = spoken(language)
    say = partial(Catalogue.load("digests").say, language=language)
    fit = partial(_fit, language=language)
    themes = worded.themes
    shown = link.partition("://")[2].partition("?")[0]
    return Poster(
        language=language,
        direction=direction(language),
        document_title=plain(say("you.poster.name", title=say("you.title"))),
        title=say("you.title"),
        of=fit(text_in(view.titles, language, view.written_in)),
        intro=say("you.intro"),
        took_part=say(view.took_part_key, n=view.took_part.about),
        fell_back=say("you.no_words_language", name=language_name(view.written_in))
        if fell.language
        else "",
        said=say("you.said"),
        pairs=tuple(_pair(theme, view.written_in, say, fit) for theme in _in_turn(themes)[:MOST]),
        nothing=say("you.nothing"),
        more=tuple(_more(len(themes) - count, say) for count in range(MOST + 1)),
        scan=say("you.poster.scan"),
        type=say("you.poster.type"),
        thanks=say("you.poster.thanks"),
        link=link,
        shown=shown,
        alt=plain(say("you.poster.code", address=shown)) if link else "",
    )


def draw(poster: Poster, *, dated: date) -> bytes:
    """The PDF. Raises CannotTypeset where not even one answer fits on the page."""
    data = {
        **asdict(poster),
        "day": [dated.year, dated.month, dated.day],
        "code": qr_code(poster.link) if poster.link else "",
    }
    return typeset("digests", "you_poster.typ", data, dated=dated)


def _in_turn(themes: Sequence[Answered]) -> list[Answered]:
    """One of each kind, then the second of each, and so on, each kind in the page's order."""
    by_kind = [[one for one in themes if one.kind is kind] for kind in ResponseKind]
    return [one for row in zip_longest(*by_kind) for one in row if one is not None]


def _pair(theme: Answered, written_in: str, say: Say, fit: Say) -> Pair:
    return Pair(
        said=say("quoted", text=fit(theme.said)),
        language=(theme.language or written_in).partition("-")[0],
        kind=theme.kind.value,
        label=say(f"you.kind.{theme.kind}"),
        reply=fit(theme.did),
        because=say("you.because", text=fit(theme.because)) if theme.because else "",
        promise=_with_correction(theme, promise_of(theme, say), say),
    )


def _with_correction(theme: Answered, promise: str, say: Say) -> str:
    if not theme.corrected:
        return promise
    return f"{promise} {say('you.corrected', day=theme.corrected[0].on)}".strip()


def _more(count: int, say: Say) -> str:
    return say("you.poster.more", n=count) if count > 0 else ""


def _fit(text: str, language: str) -> str:
    return apart(printable(one_line(text)), language)
