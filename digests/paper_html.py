"""A paper as one page that stands by itself: style and pictures are in it."""

from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from digests.drawing_svg import inline
from digests.paper import Paper, Picture
from digests.paper_words import address_of, anchor_of, aside, bare, name_of, settled
from storage.language import Catalogue, direction


def as_html(paper: Paper) -> str:
    """WCAG 2.2 AA: headings, tables with headers, pictures with words and a table; dark, print."""
    paper = settled(paper)
    texts = (
        _environment()
        .get_template("paper.html.j2")
        .render(
            paper=paper,
            language=paper.language,
            direction=direction(paper.language),
            say=partial(Catalogue.load("digests").say, language=paper.language),
            anchor=partial(anchor_of, paper),
            address=partial(address_of, paper),
            named=partial(name_of, paper),
            picture=partial(_picture, paper.language),
        )
    )
    return texts.strip("\n") + "\n"


def _picture(language: str, picture: Picture) -> Markup:
    return inline(picture.drawing, picture.alt, language=language)


def _is_kind(block: Any, name: str) -> bool:
    return type(block).__name__ == name


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("digests"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests["kind"] = _is_kind
    made.filters |= {"bare": bare, "aside": aside}
    return made
