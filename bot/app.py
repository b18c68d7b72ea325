"""The only wiring: settings, keys, database, writer, mailroom, delivery, and the clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from bot.chosen_settings import chosen_in, with_chosen
from bot.circumstances import Circumstances
from bot.conversation import Conversations
from bot.intents import (
    board,
    break_glass,
    invitation,
    lead,
    manager,
    pause,
    readings,
    reviewer,
    survey,
    told,
)
from bot.keys import read_keys
from bot.mailroom import Mailroom
from bot.messages import Sender
from bot.outgoing.delivery import Delivery
from bot.presence import Presence, come_in
from bot.settings import Settings, load_settings
from bot.wording import Wording
from bot.writer import Writer
from storage import schema
from storage.database import Database
from storage.types import Keyring
from surveys.register import install_built_in

Clock = Callable[[], datetime]


INTENTS = {
    **survey.INTENTS,
    **lead.INTENTS,
    **manager.INTENTS,
    **reviewer.INTENTS,
    **pause.INTENTS,
    **break_glass.INTENTS,
    **board.INTENTS,
    **readings.INTENTS,
    **told.INTENTS,
    **invitation.INTENTS,
}


def system_clock() -> datetime:
    """Now. The one place that asks the machine."""
    return datetime.now(UTC)  # noqa: TID251 - the clock is made here


def clock_from(start: datetime) -> Clock:
    """A clock that starts at an instant and runs on: for previews and demonstrations."""
    began = monotonic()
    return lambda: start + timedelta(seconds=monotonic() - began)


@dataclass(slots=True)
class App:
    """One running program. `configured`: the settings of config.toml, without what was chosen."""

    configured: Settings
    database: Database
    around: Circumstances
    writer: Writer
    mailroom: Mailroom
    wording: Wording
    presence: Presence = field(default_factory=Presence)

    @property
    def settings(self) -> Settings:
        """What holds now."""
        return self.around.settings

    def delivery(self, senders: Mapping[str, Sender], *, only: str | None = None) -> Delivery:
        return Delivery(
            self.database, self.writer, senders, self.wording.render, self.around.clock, only=only
        )

    def close(self) -> None:
        self.writer.close()
        self.database.dispose()
        self.presence.leave()


def open_app(config: Path, clock: Clock = system_clock) -> App:
    """The program as config.toml describes it. The database must be there and up to date."""
    settings = load_settings(config)
    keyring = read_keys(settings.database.keys_file)
    presence = come_in(settings.database.url)
    try:
        app = build(settings, keyring, clock)
    except BaseException:
        presence.leave()
        raise
    app.presence = presence
    return app


def build(settings: Settings, keyring: Keyring, clock: Clock) -> App:
    """The program from its parts; creates or upgrades the database."""
    database = Database(settings.database.url, keyring)
    schema.upgrade(database)
    return assemble(database, settings, clock)


def assemble(database: Database, settings: Settings, clock: Clock) -> App:
    """The program on a database that has its tables already."""
    around = Circumstances(
        clock=clock, settings=settings, calendar=settings.calendar(), keyring=database.keyring
    )
    with database.writing() as db:
        install_built_in(db, now=clock())
        around.follow(with_chosen(settings, chosen_in(db)))
    writer, wording = Writer(), Wording(around, INTENTS)
    return App(
        configured=settings,
        database=database,
        around=around,
        writer=writer,
        mailroom=Mailroom(database, writer, Conversations(around), render=wording.render),
        wording=wording,
    )
