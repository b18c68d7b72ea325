"""The real program behind a real port of this machine, with a clock that is moved by hand."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread

from sqlmodel import Session as Db
from sqlmodel import select
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.app import App, assemble
from bot.listeners import Listener, bind
from bot.settings import LinkSettings, Settings
from bot.web.app import public_app
from storage.database import Database
from storage.people import Person, Role
from surveys.definition import Survey as Form
from surveys.invitations import invite
from surveys.register import add, open_survey

PATIENCE_SECONDS = 20.0
ELSEWHERE = "/weather"
_WEATHER = "<!doctype html><html lang='en'><title>Weather</title><h1>Sunny</h1></html>"


class Program:
    """Surveys are opened, time passes, people come by the address."""

    def __init__(self, database: Database, settings: Settings, now: datetime, address: str) -> None:
        self.now = now
        self.address = address
        self.database = database
        self.app: App = assemble(database, settings, lambda: self.now)

    def later(self, **how_long: float) -> None:
        """The server's time; a browser has a clock of its own."""
        self.now += timedelta(**how_long)

    def open(self, form: Form, *, group: str = "", most_uses: int | None = None) -> str:
        """Opens a survey to everybody who has its link; gives the link's token."""
        with self.database.writing() as db:
            self._people(db, form)
            row = add(db, form, now=self.now).survey
            open_survey(db, row.slug, form, now=self.now)
            assert row.id is not None
            return invite(db, row.id, now=self.now, group_name=group, most_uses=most_uses)

    def url(self, path: str) -> str:
        return f"{self.address}{path}"

    def _people(self, db: Db, form: Form) -> None:
        """Those whom the form names to read what young people write."""
        for email in filter(None, (form.settings.reviewer, form.settings.deputy)):
            digest = self.database.keyring.fingerprint("email", email)
            if db.exec(select(Person).where(Person.email_hash == digest)).first() is None:
                roles = [Role.REVIEWER.value]
                db.add(Person(email=email, email_hash=digest, name=email, key=email, roles=roles))


@contextmanager
def running(database: Database, now: datetime) -> Iterator[Program]:
    """The program until the block ends, with the page that the quick exit leads to."""
    bound = bind("a free port", "127.0.0.1:0")
    program = Program(database, _settings(bound.address), now, bound.address)
    pages = public_app(program.app, extra_routes=[Route(ELSEWHERE, _weather)])
    try:
        with _served(Listener(pages, bound, stop_seconds=1)):
            yield program
    finally:
        program.app.writer.close()


def _settings(address: str) -> Settings:
    """The quick exit has to lead to another site by https, which this machine is not."""
    settings = Settings(links=LinkSettings(web=address))
    web = settings.web.model_copy(update={"exit_to": f"{address}{ELSEWHERE}"})
    return settings.model_copy(update={"web": web})


async def _weather(request: Request) -> HTMLResponse:
    return HTMLResponse(_WEATHER)


@contextmanager
def _served(listener: Listener) -> Iterator[None]:
    """Serves on a thread with an event loop of its own; Playwright has the one of this thread."""
    is_open, is_over = Event(), Event()

    async def serve() -> None:
        try:
            await listener.start()
            is_open.set()
            await asyncio.to_thread(is_over.wait)
        finally:
            await listener.close()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    try:
        assert is_open.wait(PATIENCE_SECONDS), "the server did not start"
        yield
    finally:
        is_over.set()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive(), "the server did not stop"
