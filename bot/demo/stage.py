"""What the story is played on: a clock that can be moved, people who speak, and a transcript."""

import asyncio
import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from textwrap import fill, wrap
from typing import TypeVar

import typer

from bot.app import App, build
from bot.keys import write_keys
from bot.messages import AckStatus, Address
from bot.people import link
from bot.platforms.console import PLATFORM, Console, read
from bot.settings import DatabaseSettings, Settings
from storage.calendar import LONDON
from storage.people import Person
from storage.types import Keyring

T = TypeVar("T")
_MARK = ".listening-loop-demo"
_WIDTH = 88
_ITEM = re.compile(r"(\d+\)|-) ")


class OutInUse(ValueError):
    """The folder holds something else than an earlier story; it is left alone."""


class Stage:
    """Plays one scene after another and writes down what happened."""

    def __init__(self, out: Path, begins: date, *, quietly: bool = False) -> None:
        clear(out)
        self.out = out
        self.now = datetime.combine(begins, time(9), LONDON).astimezone(UTC)
        self._quietly = quietly
        self.lines: list[str] = []
        self._heard: dict[str, str] = {}
        self._shown: frozenset[str] = frozenset()
        self._count = 0
        self.app = _open(out, lambda: self.now)
        self._delivery = self.app.delivery({PLATFORM: Console(self._hear)})
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.close()
        self.app.close()
        text = "\n".join(self.lines) + "\n"
        (self.out / "transcript.txt").write_text(text, encoding="utf-8")

    # the clock

    def at(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Moves the clock on; it never goes back."""
        self.now = max(self.now, self.app.around.calendar.at_local(day, time(hour, minute)))

    def scene(self, title: str) -> None:
        local = self.now.astimezone(LONDON)
        head = f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M}"
        self.write("")
        self.write(f"── {head} ── {title} ".ljust(_WIDTH, "─"), bold=True)

    # people

    def connect(self, person: Person) -> str:
        """A person at a console of their own."""
        assert person.email is not None
        with self.app.database.writing() as db:
            link(db, person, Address(PLATFORM, "", person.email))
        return person.email

    def speak(self, who: str, line: str, *, shown: bool = True, named: str = "") -> str:
        """Somebody writes; returns what they read in answer. Committed before it returns."""
        self._count += 1
        message = read(line, who=who, event_id=f"demo-{self._count}", at=self.now)
        assert message is not None
        if shown:
            self.write(f"  {named or who} » {line}", colour=typer.colors.CYAN)
        self._heard.pop(who, None)
        ack = self._runner.run(self.app.mailroom.receive(message))
        assert ack.status is not AckStatus.KEPT, "the story must play without a fault"
        self.deliver(shown=frozenset({who}) if shown else frozenset(), named=named)
        return self._heard.get(who, "")

    def deliver(self, shown: frozenset[str] = frozenset(), named: str = "") -> None:
        """Sends what is due; prints what the people in `shown` read."""
        self._shown, self._named = shown, named
        self._runner.run(self._delivery.run_until_idle())
        self._shown = frozenset()

    def heard(self, who: str) -> str:
        return self._heard.get(who, "")

    def box(self, named: str, text: str) -> None:
        """What somebody reads, as they see it."""
        self.write("")
        self.write(f"  to {named}")
        for line in text.splitlines():
            self._boxed(line)
        self.write("")

    def _boxed(self, line: str) -> None:
        inner = line.lstrip(" ")
        indent = " " * (len(line) - len(inner))
        hanging = indent + ("   " if _ITEM.match(inner) else "")
        wrapped = wrap(inner, _WIDTH - 6, initial_indent=indent, subsequent_indent=hanging)
        for part in wrapped or [""]:
            self.write(f"    │ {part}".rstrip())

    def _hear(self, who: str, text: str) -> None:
        self._heard[who] = text
        if who in self._shown:
            self.box(self._named or who, text)

    def do(self, work: Callable[[App], T]) -> T:
        """What a person does at the command line."""
        return work(self.app)

    # the transcript

    def tell(self, text: str) -> None:
        """The narrator."""
        self.write(fill(text, _WIDTH, initial_indent="  ", subsequent_indent="  "))

    def write(self, line: str, *, bold: bool = False, colour: str | None = None) -> None:
        self.lines += line.splitlines() or [""]
        if not self._quietly:
            typer.echo(typer.style(line, bold=bold or None, fg=colour))


def clear(out: Path) -> None:
    """An empty folder, marked as one that the next one may replace. Raises OutInUse."""
    if out.exists():
        if any(out.iterdir()) and not (out / _MARK).exists():
            raise OutInUse(
                f"{out} holds other things, which stay as they are: choose another folder "
                "with --out"
            )
        shutil.rmtree(out)
    out.mkdir(parents=True)
    (out / _MARK).write_text("made by `listening-loop`; it may be replaced by the next one\n")


def _open(out: Path, clock: Callable[[], datetime]) -> App:
    keyring = Keyring.generate()
    keys = out / "keys.toml"
    write_keys(keys, keyring)
    url = f"sqlite:///{(out / 'loop.db').as_posix()}"
    config = f'[database]\nurl = "{url}"\nkeys_file = "{keys.as_posix()}"\n'
    (out / "config.toml").write_text(config, encoding="utf-8")
    settings = Settings(database=DatabaseSettings(url=url, keys_file=keys))
    app = build(settings, keyring, clock)
    (out / "loop.db").chmod(0o600)
    return app
