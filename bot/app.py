"""The only wiring: settings, keys, database, writer, mailroom, delivery, and the clock."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from bot.circumstances import Circumstances
from bot.conversation import Conversations
from bot.intents import invitation, lead, manager, reviewer, survey, told
from bot.mailroom import Mailroom
from bot.messages import Sender
from bot.outgoing.delivery import Delivery
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
    **told.INTENTS,
    **invitation.INTENTS,
}


class NotSetUp(RuntimeError):
    """There are no keys yet: run `listening-loop init` first."""


def system_clock() -> datetime:
    """Now. The one place that asks the machine."""
    return datetime.now(UTC)  # noqa: TID251 - the clock is made here


def clock_from(start: datetime) -> Clock:
    """A clock that starts at an instant and runs on: for previews and demonstrations."""
    began = monotonic()
    return lambda: start + timedelta(seconds=monotonic() - began)


@dataclass(slots=True)
class App:
    """One running program."""

    settings: Settings
    database: Database
    around: Circumstances
    writer: Writer
    mailroom: Mailroom
    wording: Wording

    def delivery(self, senders: Mapping[str, Sender], *, only: str | None = None) -> Delivery:
        return Delivery(
            self.database, self.writer, senders, self.wording.render, self.around.clock, only=only
        )

    def close(self) -> None:
        self.writer.close()
        self.database.dispose()


def open_app(config: Path, clock: Clock = system_clock) -> App:
    """The program as config.toml describes it. The database must be there and up to date."""
    settings = load_settings(config)
    keyring = read_keys(settings.database.keys_file)
    return build(settings, keyring, clock)


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
    writer, wording = Writer(), Wording(around, INTENTS)
    return App(
        settings=settings,
        database=database,
        around=around,
        writer=writer,
        mailroom=Mailroom(database, writer, Conversations(around), render=wording.render),
        wording=wording,
    )


def read_keys(path: Path) -> Keyring:
    """The keyring of `init`; NotSetUp where there is none."""
    if not path.exists():
        raise NotSetUp(f"there is no keys file at {path}: run `listening-loop init` first")
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    keys = {name: bytes.fromhex(key) for name, key in found["keys"].items()}
    return Keyring(keys, bytes.fromhex(found["lookup"]))


def write_keys(path: Path, keyring: Keyring) -> None:
    """Readable by the owner alone; never overwrites."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        "# The keys to everything that is encrypted at rest. Keep a copy apart from the backups:",
        "# without it nothing can be read, and with it everything can.",
        f'lookup = "{keyring.lookup_key.hex()}"',
        "",
        "[keys]",
        *(f'{name} = "{key.hex()}"' for name, key in keyring.keys.items()),
    ]
    path.touch(mode=0o600, exist_ok=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
