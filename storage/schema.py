"""The schema of a database: bring it up to date, compare it with the tables, name its state."""

from functools import cache
from importlib.resources import files
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

from storage.database import Database, DatabaseUnusable, import_tables


class DatabaseNewer(DatabaseUnusable):
    """The database was brought up to date by a newer version of the program than this one."""


def upgrade(database: Database) -> None:
    """Runs the migrations that are missing, in one transaction; does nothing where none is."""
    with database.rebuilding() as connection:
        scripts, revision = _scripts(), _revision(connection)
        if revision is not None and revision == scripts.get_current_head():
            return
        _check_known(database, revision, scripts)
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(database: Database) -> list[str]:
    """What differs between the database and the tables of this program, a sentence each."""
    with database.reading() as session:
        connection = session.connection()
        if _revision(connection) is None and not inspect(connection).get_table_names():
            return ["the database is empty; run: listening-loop db upgrade"]
        context = MigrationContext.configure(connection, opts=configuration())
        return [_sentence(found) for found in compare_metadata(context, metadata())]


def metadata() -> MetaData:
    """All tables of the program."""
    import_tables()
    return SQLModel.metadata


def alembic_config() -> Config:
    """Alembic's configuration, from the installed package alone."""
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations"))
    return config


def configuration() -> dict[str, Any]:
    """How Alembic compares and writes, the same for running, checking and making migrations."""
    return {
        "target_metadata": metadata(),
        "compare_type": True,
        "compare_server_default": True,
        "render_as_batch": True,
        "transactional_ddl": True,
        "render_item": _plain_type,
    }


def _plain_type(kind: str, item: Any, _context: Any) -> str | bool:
    """Migrations name the database's own types, so that they outlive ours."""
    if kind != "type" or not (isinstance(item, TypeDecorator) or _is_auto_string(item)):
        return False
    plain = item.impl_instance if isinstance(item, TypeDecorator) else item
    return f"sa.{plain!r}"


def _is_auto_string(item: object) -> bool:
    return type(item).__name__ == "AutoString"


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _scripts() -> ScriptDirectory:
    """The migrations of this version: they do not change while it runs."""
    return ScriptDirectory.from_config(alembic_config())


def _check_known(database: Database, revision: str | None, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseNewer(
            f"the database {database.where} was made by a newer version of this program "
            f"(it is at {revision}); install that version, or restore a backup of your own"
        )


def _sentence(found: Any) -> str:
    """One of Alembic's findings: a tuple of what to do and to what, or a list of them."""
    if isinstance(found, list):
        return "; ".join(_sentence(one) for one in found)
    what, *details = found
    things = [detail for detail in details if hasattr(detail, "name")]
    names = [_name(detail) for detail in things or details if detail is not None]
    return f"{what.replace('_', ' ')}: {'.'.join(name for name in names if name)}"


def _name(detail: Any) -> str:
    table = getattr(detail, "table", None)
    name = getattr(detail, "name", None) or (detail if isinstance(detail, str) else "")
    return f"{table.name}.{name}" if table is not None else str(name)
