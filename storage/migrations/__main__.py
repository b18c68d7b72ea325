"""Writes a migration from what the tables are now: `python -m storage.migrations NAME`.

`python -m storage.migrations --again` writes the only migration anew, as long as there is one.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from storage.database import Database
from storage.schema import alembic_config, upgrade
from storage.types import Keyring

_VERSIONS = Path(__file__).parent / "versions"


def write(name: str) -> Path:
    """The next migration, numbered: how the tables differ from all migrations before it."""
    number = f"{len(_migrations()) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db", Keyring.generate())
        with database:
            if _migrations():
                upgrade(database)
            with database.engine.connect() as connection:
                config = alembic_config()
                config.attributes["connection"] = connection
                command.revision(
                    config, name.replace("_", " ").capitalize(), autogenerate=True, rev_id=number
                )
    path = Path(ScriptDirectory.from_config(alembic_config()).get_revision(number).path)
    return _tidy(path.rename(_VERSIONS / f"{number}_{name}.py"))


def _migrations() -> list[Path]:
    return sorted(_VERSIONS.glob("[0-9]*.py"))


def _tidy(path: Path) -> Path:
    for order in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *order, str(path)], check=True)  # noqa: S603
    return path


def main(arguments: list[str]) -> int:
    """The command line; says what it wrote."""
    if arguments == ["--again"] and len(_migrations()) == 1:
        (only,) = _migrations()
        name = only.stem.partition("_")[2]
        only.unlink()
    elif len(arguments) == 1 and arguments[0].isidentifier():
        name = arguments[0]
    else:
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    print(write(name))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
