"""A partnership that has published something, and a browser in front of its public pages."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from httpx import ASGITransport, AsyncClient, Response

from bot.app import App, assemble
from bot.settings import LinkSettings, PartnershipSettings, Settings
from bot.web.app import public_app
from digests.period import Period
from digests.publishing import Published, publish
from storage.calendar import Calendar
from storage.database import Database
from storage.voice import ResponseKind, ResponseState
from tests.digests import seeded
from tests.digests.seeded import Seeded

HOME = "https://listen.rochdale.example"
NOW = datetime(2024, 1, 15, 9, tzinfo=UTC)
PERIOD = Period(date(2024, 1, 1), date(2024, 1, 14))
WORDS = "secret words"
"""Every answer of the seeded survey begins so."""

SETTINGS = Settings(
    partnership=PartnershipSettings(
        name="Rochdale Partnership",
        controllers=("Rochdale Council", "Greater Manchester Police", "NHS Greater Manchester"),
        contact="voice@rochdale.example, 0300 303 0440",
        complaints="complaints@rochdale.example",
    ),
    links=LinkSettings(web=HOME),
)


class Browser:
    """Somebody who reads the public pages, and takes no cookie along."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._runner = asyncio.Runner()
        pages = public_app(app)
        self._client = AsyncClient(transport=ASGITransport(pages), base_url=HOME)

    def get(self, path: str, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._runner.run(self._client.get(path, headers=named))

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._runner.run(self._client.post(path, data=fields, headers=named))

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()
        self.app.writer.close()


@contextmanager
def browser(
    database: Database, settings: Settings = SETTINGS, now: datetime = NOW
) -> Iterator[Browser]:
    """The program with these settings, at this instant, and somebody in front of it."""
    one = Browser(assemble(database, settings, lambda: now))
    try:
        yield one
    finally:
        one.close()


def seed(database: Database) -> Seeded:
    """A young people's survey with answers and themes; no page of it is published."""
    with database.writing() as db:
        found = seeded.partnership(db)
        seeded.said_and_done(db, found)
        return found


def publish_one_more(
    database: Database, found: Seeded, name: str = "Sports for everyone", *, at: datetime = NOW
) -> Published:
    """A reply is approved, and the page goes out, as the command does it."""
    with database.writing() as db:
        theme = seeded.theme(db, found, name, 20)
        done = f"{name}: we did it."
        seeded.response(db, theme, ResponseKind.WE_DID, done, state=ResponseState.APPROVED)
        return publish(
            db,
            found.survey,
            person_id=found.people["Business Manager"],
            period=PERIOD,
            now=at,
            calendar=Calendar(),
            points_to_nobody=True,
        )


def main_of(html: str) -> str:
    """What stands in the main part, without markup, on one line."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def fields(html: str) -> list[dict[str, str]]:
    """The hidden fields of each form of a page."""
    return [
        dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', form))
        for form in re.findall(r"<form.*?</form>", html, re.DOTALL)
    ]
