"""The demonstration, played once for all tests of this folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.keys import read_keys
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Played:
    """What `listening-loop demo` left: its folder, its database, and what it showed."""

    out: Path
    database: Database
    shown: str

    @property
    def transcript(self) -> str:
        return (self.out / "transcript.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    out = tmp_path_factory.mktemp("demo") / "out"
    found = CliRunner().invoke(app, ["demo", "--out", str(out)], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    with Database(f"sqlite:///{out / 'loop.db'}", read_keys(out / "keys.toml")) as database:
        yield Played(out, database, found.stdout)
