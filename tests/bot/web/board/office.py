"""The board on a stage: people with roles, the links they are sent, and browsers to open them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from httpx import ASGITransport, AsyncClient, Response
from sqlmodel import Session as Db
from starlette.applications import Starlette

from bot.messages import Address
from bot.people import link
from bot.platforms.console import PLATFORM
from bot.settings import BoardSettings, ConcernSettings, LinkSettings
from bot.web import inside
from bot.web.app import inside_app
from storage.audit import AuditEntry
from storage.concerns import ReviewItem
from storage.database import Database
from storage.people import Person, Role
from storage.types import Keyring
from surveys.concerns import review_row
from surveys.screening import Screening, Tier
from tests.bot.conftest import staged
from tests.bot.stage import Stage
from tests.bot.web.visitor import Visitor

BASE = "https://board.example"
WORDS = "he hits me when mum is at work"
EVERYBODY = (
    ("reviewer", Role.REVIEWER),
    ("deputy", Role.REVIEWER),
    ("manager", Role.MANAGER),
    ("executive", Role.EXECUTIVE),
    ("scrutineer", Role.SCRUTINEER),
    ("admin", Role.ADMIN),
    ("voice", Role.VOICE_LEAD),
    ("lead", Role.LEAD),
)
SETTINGS = {
    "links": LinkSettings(board=BASE),
    "board": BoardSettings(),
    "concerns": ConcernSettings(),
}


@dataclass
class Office:
    """Everybody who works here, with a browser each."""

    stage: Stage
    pages: Starlette
    people: dict[str, int] = field(default_factory=dict)
    clients: list[AsyncClient] = field(default_factory=list)

    def browser(self, address: str = "10.0.0.1", base: str = BASE) -> Visitor:
        """One more browser; it begins at the sign-in page."""
        way = ASGITransport(self.pages, raise_app_exceptions=False, client=(address, 50000))
        self.clients.append(AsyncClient(transport=way, base_url=base))
        return Visitor(self.clients[-1], self.stage.run)

    def link(self, who: str) -> str:
        """The path of the newest link that somebody was sent."""
        self.stage.deliver()
        for text in reversed(self.stage.heard(who)):
            if found := re.search(rf"{BASE}/sign-in/\S+", text):
                return urlsplit(found[0]).path
        raise AssertionError(f"{who} was sent no link")

    def ask(self, who: str, to: str = "/") -> str:
        """Somebody asks for a link on the sign-in page; its path."""
        visitor = self.browser()
        visitor.go(f"/sign-in?to={to}")
        visitor.press("Send me a link", {"email": f"{who}@rochdale.example"})
        return self.link(who)

    def come(self, who: str, to: str = "/") -> Visitor:
        """Somebody signs in, on the way to a page."""
        visitor = self.browser()
        visitor.go(self.ask(who, to))
        assert visitor.page.status_code == 200, visitor.main
        visitor.send(*visitor.filled(button_of(visitor)))
        return visitor

    def item(self, words: str = WORDS, tier: Tier = Tier.AMBER, **more: object) -> str:
        """A text in the queue; its reference."""
        around = self.stage.app.around
        screening = Screening(tier, ("physical",), ("kin hits me",), "2026.1")
        given = {
            "survey_id": None,
            "pseudonym": None,
            "question": "",
            "language": "en",
            "group_name": "Falinge Park High School",
            **more,
        }
        row = review_row(
            words=words,
            screening=screening,
            now=self.stage.now,
            calendar=around.calendar,
            **given,  # type: ignore[arg-type]
        )
        with self.stage.database.writing() as db:
            db.add(ReviewItem(**row))
        return str(row["ref"])

    def audited(self, act: str) -> list[AuditEntry]:
        return self.stage.rows(AuditEntry, AuditEntry.act == act)


def button_of(visitor: Visitor) -> str:
    """The words of the big button of a page."""
    found = visitor.tree.find(".//main//button")
    return " ".join(found.text_content().split())


@contextmanager
def office_of(database: Database) -> Iterator[Office]:
    """The board of one partnership."""
    with staged(database) as stage:
        stage.configure(**SETTINGS)
        app = stage.app
        office = Office(stage, inside_app(app, extra_routes=inside.routes(app)))
        with database.writing() as db:
            for name, role in EVERYBODY:
                office.people[name] = _hired(db, database.keyring, name, role)
        yield office
        for client in office.clients:
            stage.run(client.aclose())


def _hired(db: Db, keyring: Keyring, name: str, role: Role) -> int:
    """Somebody who works here, with a console of their own."""
    email = f"{name}@rochdale.example"
    digest = keyring.fingerprint("email", email)
    person = Person(email=email, email_hash=digest, name=name, key=name, roles=[role.value])
    db.add(person)
    db.flush()
    link(db, person, Address(PLATFORM, "", name))
    assert person.id is not None
    return person.id


def configured(office: Office, **parts: object) -> None:
    """The same board with other settings."""
    office.stage.configure(**{**SETTINGS, **parts})
    app = office.stage.app
    office.pages = inside_app(app, extra_routes=inside.routes(app))


def at(response: Response) -> str:
    """The path that a browser ended up at."""
    return response.url.path
