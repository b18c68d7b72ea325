"""The program at a terminal of the tests: in this process, in a folder of its own."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from typer.main import get_command
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
        with CliRunner().isolation(input=given) as (out, err, _):
            code = _exit_code(arguments)
            sys.stdout.flush()
            sys.stderr.flush()
            return Ran(code, _text(out.getvalue()), _text(err.getvalue()))

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


@cache
def _program() -> Any:
    """Every command, put together once: for most commands that takes longer than to run one."""
    return get_command(app)


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        _program().main(args=arguments, prog_name="root", terminal_width=100)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _text(printed: bytes) -> str:
    return printed.decode().replace("\r\n", "\n")
