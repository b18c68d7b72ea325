"""From what a picture shows to the picture itself, at the width that a page or a document has."""

from collections.abc import Callable
from functools import lru_cache, partial

from markupsafe import Markup

from digests.canvas import Canvas, Drawn, page_svg
from digests.drawing_bars import draw_bars
from digests.drawing_flow import draw_flow
from digests.drawing_line import draw_line
from digests.drawing_timeline import draw_timeline
from digests.drawings import Bars, Drawing, Flow, Line
from storage.language import HOME, Catalogue, direction

WIDE, NARROW = 640, 264
"""Pixels: for a page or a document, and for a telephone, on which letters keep their size."""
_KEPT = 256
"""A page of the board is opened far more often than what it shows changes."""


def drawn(drawing: Drawing, *, width: float = WIDE, language: str = HOME) -> Drawn:
    """The picture at that width. The same drawing gives the same picture."""
    canvas = Canvas(width, is_turned=direction(language) == "rtl")
    say: Callable[..., str] = partial(Catalogue.load("digests").say, language=language)
    if isinstance(drawing, Line):
        return draw_line(drawing, canvas, say)
    if isinstance(drawing, Bars):
        return draw_bars(drawing, canvas)
    if isinstance(drawing, Flow):
        return draw_flow(drawing, canvas)
    return draw_timeline(drawing, canvas, say, language)


@lru_cache(maxsize=_KEPT)
def small(drawing: Drawing, alt: str, *, language: str = HOME) -> Markup:
    """For a list of many: the narrow one alone, at any width of the page."""
    found = drawn(drawing, width=NARROW, language=language)
    return Markup(page_svg(found, alt))  # noqa: S704


@lru_cache(maxsize=_KEPT)
def inline(drawing: Drawing, alt: str, *, language: str = HOME) -> Markup:
    """For a page: the picture twice, of which `.drawing.wide` and `.narrow` show one.

    The style is in templates/drawing.css; without it both would be seen.
    """
    return Markup(  # noqa: S704  (every text in it is escaped by the canvas)
        "\n".join(
            page_svg(drawn(drawing, width=width, language=language), alt, kind)
            for width, kind in ((WIDE, "wide"), (NARROW, "narrow"))
        )
    )
