"""Results as a document: for the terminal, as a page, as Markdown, as JSON."""

import json
import re
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from digests.charts import PATTERNS, bar_chart, stack
from digests.escaping import every_text, markdown, one_line
from digests.render import Format
from digests.results_shown import Page, page_of, side_page
from storage.language import HOME, Catalogue, direction, fallbacks
from storage.plain import plain
from surveys.results.view import SideBySide, SurveyResults

_BAR_LETTERS = 24


def render_results(
    results: SurveyResults,
    format: Format,  # noqa: A002  (the word people use)
    language: str = HOME,
    *,
    by: str = "",
) -> str:
    """One survey's results. `by` adds the breakdown of that name, where it may be seen."""
    if format == "json":
        return _json(results)
    return _document(page_of(results, _spoken(language), by), format, language)


def results_page(results: SurveyResults, *, by: str = "") -> dict[str, str]:
    """What a page of ours shows of them: its texts, and parts as safe HTML."""
    page: Page = every_text(page_of(results, HOME, by), one_line)
    template = _environment(True).get_template("results_body.html.j2")
    given = _given(page, HOME)
    drawn = {which: template.render(which=which, **given) for which in ("top", "parts")}
    return {"title": page.title, "source": page.source, "defs": _defs(), **drawn}


def _defs() -> str:
    """The patterns that the bars are filled with; once on a page."""
    module: Any = _environment(True).get_template("charts.html.j2").module
    return str(module.defs())


def render_side_by_side(
    side: SideBySide,
    format: Format,  # noqa: A002
    language: str = HOME,
    *,
    of_rounds: bool,
) -> str:
    """Rounds of one survey, or two surveys on their matched questions."""
    if format == "json":
        return _json(side)
    return _document(side_page(side, _spoken(language), of_rounds=of_rounds), format, language)


def _json(thing: SurveyResults | SideBySide) -> str:
    return json.dumps(plain(thing), ensure_ascii=False, indent=2) + "\n"


def _spoken(language: str) -> str:
    """The survey's texts are asked for in the reader's language; ours fall back by themselves."""
    return language


def _document(page: Page, format: Format, language: str) -> str:  # noqa: A002
    texts = Catalogue.load("digests").texts
    spoken = next(c for c in fallbacks(language) if "results.title" in texts.get(c, {}))
    safe: Page = every_text(page, partial(_safe, format))
    text = (
        _environment(format == "html")
        .get_template(f"results.{format}.j2")
        .render(_given(safe, spoken))
    )
    return (text if format == "html" else _tidy(text)).strip("\n") + "\n"


def _given(page: Page, spoken: str) -> dict[str, object]:
    return {
        "page": page,
        "language": spoken,
        "direction": direction(spoken),
        "say": partial(Catalogue.load("digests").say, language=spoken),
        "bar_chart": bar_chart,
        "stack": stack,
        "patterns": PATTERNS,
        "block": _block,
    }


def _safe(format: str, text: str) -> str:  # noqa: A002
    text = one_line(text)
    return markdown(text) if format == "md" else text


def _block(per_cent: int | None) -> str:
    """A bar of letters, an eighth of a letter exact."""
    if per_cent is None:
        return " " * _BAR_LETTERS
    eighths = round(per_cent * _BAR_LETTERS * 8 / 100)
    bar = "█" * (eighths // 8) + (" ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else "")
    return bar.ljust(_BAR_LETTERS)


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE))


@cache
def _environment(autoescape: bool) -> Environment:
    return Environment(
        loader=PackageLoader("digests"),
        autoescape=autoescape,  # noqa: S701  (on for pages; Markdown and text are escaped above)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
