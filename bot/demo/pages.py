"""The files that the demo leaves: the digests and the page for young people, in each format."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.app import App
from bot.demo.index import Page
from bot.demo.survey_scene import SLUG
from bot.demo.voice_scene import SURVEY_PERIOD, survey_id
from digests import weekly, you_said_we_did
from digests.period import Period
from digests.render import Format, View, render
from digests.results import render_results
from storage.language import long_date
from surveys.results import Wanted, results_of

_FORMATS: tuple[Format, ...] = ("html", "md", "json")
YOU_SAID = "you-said-we-did"
WEEKLY = "weekly-digest"
RESULTS = "survey-results"


def write_pages(app: App, out: Path, fridays: Sequence[date]) -> list[Page]:
    """Writes them and says what each page is."""
    views = _views(app, fridays)
    for name, view in views.items():
        for kind in _FORMATS:
            text = render(view, kind, "en", help_lines=app.around.settings.help_lines)
            (out / f"{name}.{kind}").write_text(text, encoding="utf-8")
    return [*(_page(name) for name in views), _write_results(app, out)]


def _write_results(app: App, out: Path) -> Page:
    around = app.around
    found = results_of(app.database, around.forms, Wanted(SLUG), now=around.now, today=around.today)
    for kind in _FORMATS:
        text = render_results(found, kind)
        (out / f"{RESULTS}.{kind}").write_text(text, encoding="utf-8")
    return Page(
        f"{RESULTS}.html", "Survey results", "what forty young people answered, small groups hidden"
    )


def _views(app: App, fridays: Sequence[date]) -> dict[str, View]:
    calendar, now = app.around.calendar, app.around.now
    with app.database.reading() as db:
        said = you_said_we_did.gather(db, survey_id(app), SURVEY_PERIOD, calendar=calendar)
        digests = {
            f"{WEEKLY}-{day}": weekly.gather(db, Period.week_to(day), calendar=calendar, now=now)
            for day in fridays
        }
    return {YOU_SAID: said, **digests}


def _page(name: str) -> Page:
    if name == YOU_SAID:
        return Page(f"{name}.html", "You said, we did", "what young people are told")
    day = long_date(date.fromisoformat(name.removeprefix(f"{WEEKLY}-")), "en")
    what = "what the business manager reads on a Friday"
    return Page(f"{name}.html", f"Weekly digest, {day}", what)
