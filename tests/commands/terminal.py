"""The program at a terminal of the tests: in this process, in a folder of its own."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from bot.cli import app

CLOCK, MONDAY = "2023-12-01T09:00", "2023-12-04T10:00"
EXAMPLES = Path(__file__).parents[2] / "examples"
ROCHDALE = EXAMPLES / "plans" / "rochdale.xlsx"
YOUTH_FORM = EXAMPLES / "surveys" / "domestic_abuse_young_people.xlsx"
PRACTITIONER_FORM = EXAMPLES / "surveys" / "neglect_tool_practitioners.xlsx"
YOUTH, PRACTITIONERS = YOUTH_FORM.stem, PRACTITIONER_FORM.stem
MANAGER, REVIEWER, DEPUTY, VOICE = (
    f"{who}@rochdale.example" for who in ("manager", "reviewer", "deputy", "voice")
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left: its exit code, and what stands on the screen."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Terminal:
    """Runs `listening-loop` as somebody would who types it in `folder`."""

    folder: Path
    clock: str = CLOCK

    def run(self, *words: str | Path, typed: Sequence[str] = ()) -> Ran:
        """Runs one command; `typed` are the lines given to it."""
        given = "".join(f"{line}\n" for line in typed)
        arguments = ["--clock", self.clock, *map(str, words)]
        found = CliRunner().invoke(app, arguments, input=given, terminal_width=100)
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return Ran(found.exit_code, found.stdout, found.stderr)

    def done(self, *words: str | Path, typed: Sequence[str] = ()) -> Ran:
        """The same, for what has to work."""
        ran = self.run(*words, typed=typed)
        assert ran.code == 0, ran
        return ran

    def json(self, *words: str | Path) -> Any:
        """What a command shows as data."""
        return self.done("--json", *words).data

    def at(self, clock: str) -> "Terminal":
        """The same folder at another time."""
        return Terminal(self.folder, clock)
