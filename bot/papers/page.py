"""A paper as one HTML page that needs nothing else, and prints well."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.papers.facts import Facts
from bot.papers.marked import reader
from bot.papers.marks import MARK
from bot.papers.picture import PICTURE, as_svg
from bot.papers.shelf import Paper

_SCROLLED = '<div class="wide" tabindex="0" role="group" aria-label="Table"><table>'
"""What is wider than a phone is moved sideways by itself, with the keyboard too."""


def as_html(paper: Paper, facts: Facts) -> str:
    """The page; the map's picture stands in it, as one is sent about without its neighbours."""
    body = reader().render(paper.text).replace('.md">', '.html">')
    body = body.replace("<table>", _SCROLLED).replace("</table>", "</table></div>")
    body = body.replace("<li>☐", '<li class="box">☐')
    body = body.replace(f"<strong>{MARK}", f'<strong class="open">{MARK}')
    body = _with_picture(body, as_svg(facts)) if PICTURE in paper.text else body
    style = (files("bot.papers") / "templates" / "paper.css").read_text("utf-8")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=paper.kind.title,
            partnership=facts.partnership.name,
            body=Markup(body),  # noqa: S704 - made by the reader, which escapes
            style=Markup(style),  # noqa: S704 - ours
        )
    )


def _with_picture(body: str, svg: str) -> str:
    start = body.index("<img ")
    end = body.index(">", start) + 1
    return f'{body[:start]}<span class="picture">{svg}</span>{body[end:]}'


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bot.papers"), autoescape=True, undefined=StrictUndefined
    )
