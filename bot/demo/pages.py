"""The files that the demo leaves: the digest and the page for young people, in each format."""

from datetime import date
from pathlib import Path

from bot.app import App
from bot.demo.voice_scene import SURVEY_PERIOD, survey_id
from digests import weekly, you_said_we_did
from digests.period import Period
from digests.render import Format, render

_FORMATS: tuple[Format, ...] = ("html", "md", "json")
_WHAT = {
    "weekly-digest": "what the business manager reads on a Friday",
    "you-said-we-did": "what young people are told",
}


def write_pages(app: App, out: Path, last: date) -> list[tuple[Path, str]]:
    """Writes them and says what each is, the pages that open with a double-click first."""
    with app.database.reading() as db:
        calendar = app.around.calendar
        digest = weekly.gather(db, Period.week_to(last), calendar=calendar)
        said = you_said_we_did.gather(db, survey_id(app), SURVEY_PERIOD, calendar=calendar)
    for name, view in (("weekly-digest", digest), ("you-said-we-did", said)):
        for kind in _FORMATS:
            text = render(view, kind, "en", help_lines=app.around.settings.help_lines)
            (out / f"{name}.{kind}").write_text(text, encoding="utf-8")
    pages = [(out / f"{name}.html", what) for name, what in _WHAT.items()]
    return [*pages, (out / "transcript.txt", "all of the above"), (out / "loop.db", "the database")]
