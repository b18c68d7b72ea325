"""Pages: one environment, one base template, and what each of them is given."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.settings import HelpLine
from bot.web.cookies import Visit
from bot.web.site import Site, site_of, visit_of
from storage.language import HOME, direction, language_name, long_date, steadied
from surveys.help_lines import name_in, note_in

_PART = re.compile(r"\n\s*\n")
_CALLED = re.compile(r"[+0-9][0-9 ]{2,}")
_PRIVATE = "no-store"


@dataclass(frozen=True, slots=True)
class Help:
    """A help line as a page shows it: a number to tap, except where it is for text messages."""

    name: str
    number: str
    note: str
    link: str


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page in the person's language. Nothing of it is kept by the browser or on the way.

    `language` in the context decides it; else the address, the session, or the browser's wish.
    """
    site, visit = site_of(request), context.pop("visit", visit_of(request))
    language = context.pop("language", "") or language_of(request)
    given = _given(request, site, visit, language) | context
    body = environment().get_template(template).render(given)
    headers = {"Cache-Control": _PRIVATE, "Content-Language": language}
    return HTMLResponse(body, status, headers)


def told(
    request: Request,
    title: str,
    key: str = "",
    *,
    text: str = "",
    status: int = 200,
    language: str = "",
    **more: Any,
) -> HTMLResponse:
    """A page that only tells something, by keys of the catalogue or a text that is made."""
    language = language or language_of(request)
    say = saying(site_of(request), language)
    given = {"heading": say(title), "text": text or say(key), "said": (), "asks_code": False}
    return page(request, "message.html.j2", status, language=language, **(given | more))


def _given(request: Request, site: Site, visit: Visit | None, language: str) -> dict[str, Any]:
    return {
        "t": saying(site, language),
        "lang": language,
        "dir": direction(language),
        "partnership": site.app.settings.partnership.name,
        "helps": help_lines(site, language),
        "asset": site.assets.address_of,
        "visit": visit,
        "seal": lambda: site.forms.seal(visit, site.now),
        "idle_seconds": _idle_seconds(site, visit),
        "language_name": language_name,
        "long_date": lambda day: long_date(day, language),
        "path": request.url.path,
        "languages": (),
        "is_indexed": False,
    }


def saying(site: Site, language: str) -> Callable[..., str]:
    """A text of the bot's catalogue in this language, its numbers the right way round."""

    def say(key: str, **params: Any) -> str:
        return steadied(site.words.say(key, language, **params).strip(), language)

    return say


def help_lines(site: Site, language: str) -> tuple[Help, ...]:
    """Those that are open now."""
    now = site.now
    return tuple(
        _help(line, language) for line in site.app.settings.help_lines if line.is_open(now)
    )


def _help(line: HelpLine, language: str) -> Help:
    number = line.number.strip()
    is_called = _CALLED.fullmatch(number) and "text" not in line.note.casefold()
    link = f"tel:{number.replace(' ', '')}" if is_called else ""
    note = steadied(note_in(line, language), language)
    return Help(name_in(line, language), number, note, link)


def _idle_seconds(site: Site, visit: Visit | None) -> int:
    """After how long the page clears itself; 0 where there is nothing to clear."""
    if visit is None or not visit.key:
        return 0
    return int(visit.patience(site.app.settings.web).total_seconds())


def language_of(request: Request, among: tuple[str, ...] = ()) -> str:
    """The language asked for by the address, else the cookie's, else the browser's, else ours.

    One of `among`, or of all that we have words in.
    """
    visit, known = visit_of(request), among or site_of(request).words.languages
    wishes = [request.query_params.get("lang", ""), visit.language if visit else ""]
    wishes += _accepted(request.headers.get("accept-language", ""))
    for wish in wishes:
        for code in (wish, wish.partition("-")[0]):
            if code in known:
                return code
    return HOME if HOME in known else known[0]


def _accepted(header: str) -> list[str]:
    """The languages of `Accept-Language`, the dearest first."""
    wishes: list[tuple[float, str]] = []
    for part in header[:400].split(","):
        code, _, weight = part.strip().partition(";q=")
        wishes.append((_weight(weight), code.lower()))
    return [code for weight, code in sorted(wishes, key=lambda wish: -wish[0]) if weight > 0]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


@cache
def environment() -> Environment:
    """Escapes all that is put in; a name that is not there is an error."""
    made = Environment(
        loader=PackageLoader("bot.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["paragraphs"] = paragraphs
    return made


def paragraphs(text: str, runs: str = "") -> Markup:
    """Text with blank lines as paragraphs; single line ends are kept.

    `runs` is "auto" where each runs the way of its own words.
    """
    parts = [part.strip() for part in _PART.split(text) if part.strip()]
    made = (str(escape(part)).replace("\n", "<br>\n") for part in parts)
    begin = f'<p dir="{escape(runs)}">' if runs else "<p>"
    return Markup("\n".join(f"{begin}{part}</p>" for part in made))  # noqa: S704 - escaped above
