"""All migrations together make the tables that the program describes, on both databases."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from storage import schema
from storage.database import Database
from storage.types import Keyring
from tests.backends import Backend


def _index(told: Mapping[str, Any]) -> dict[str, Any]:
    """An index with the condition of a partial one as text: as an object it equals only itself."""
    options = {name: str(value) for name, value in told.get("dialect_options", {}).items()}
    return {**told, "dialect_options": options}


def _shape(connection: Connection) -> dict[str, Any]:
    """What a database says of itself: all that a program could come to notice."""
    told = inspect(connection)
    return {
        name: {
            "columns": {
                column["name"]: (
                    str(column["type"]),
                    column["nullable"],
                    column["default"],
                    column.get("autoincrement"),
                )
                for column in told.get_columns(name)
            },
            "primary key": told.get_pk_constraint(name),
            "indexes": sorted(
                map(_index, told.get_indexes(name)), key=lambda one: str(one["name"])
            ),
            "uniques": sorted(told.get_unique_constraints(name), key=lambda one: str(one["name"])),
            "foreign keys": sorted(
                told.get_foreign_keys(name), key=lambda key: key["constrained_columns"]
            ),
            "checks": told.get_check_constraints(name),
        }
        for name in told.get_table_names()
        if name != "alembic_version"
    }


@pytest.fixture
def two_empty(backend: Backend, keyring: Keyring) -> Iterator[tuple[Database, Database]]:
    with (
        backend.fresh() as one,
        backend.fresh() as two,
        Database(one, keyring) as first,
        Database(two, keyring) as second,
    ):
        yield first, second


def test_all_migrations_make_the_schema_from_scratch(two_empty: tuple[Database, Database]) -> None:
    migrated, scratch = two_empty
    schema.upgrade(migrated)
    scratch.create_all()
    with migrated.engine.connect() as one, scratch.engine.connect() as two:
        assert _shape(one) == _shape(two)
        assert set(_shape(one)) == set(schema.metadata().tables)


def test_nothing_differs_after_the_migrations(empty_database: Database) -> None:
    schema.upgrade(empty_database)
    assert schema.check(empty_database) == []


def test_upgrading_twice_changes_nothing(empty_database: Database) -> None:
    schema.upgrade(empty_database)
    schema.upgrade(empty_database)
    assert schema.check(empty_database) == []


def test_an_empty_database_is_called_empty(empty_database: Database) -> None:
    assert schema.check(empty_database) == ["the database is empty; run: listening-loop db upgrade"]


def test_a_changed_table_is_reported_by_name(empty_database: Database) -> None:
    schema.upgrade(empty_database)
    with empty_database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE lease ADD COLUMN colour VARCHAR"))
        connection.execute(text("DROP INDEX ix_audit_entry_at"))
    found = schema.check(empty_database)
    assert sorted(found) == [
        "add index: audit_entry.ix_audit_entry_at",
        "remove column: lease.colour",
    ]


def test_a_database_of_a_newer_program_is_left_alone(empty_database: Database) -> None:
    schema.upgrade(empty_database)
    with empty_database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.DatabaseNewer, match=r"newer version.*9999.*backup"):
        schema.upgrade(empty_database)


def test_a_migration_that_fails_leaves_nothing_behind(empty_database: Database) -> None:
    with empty_database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE tell_contact (x INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        schema.upgrade(empty_database)
    with empty_database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["tell_contact"]


def test_a_migration_that_leaves_rows_pointing_at_nothing_is_undone(
    sqlite_database: Database,
) -> None:
    database = sqlite_database
    row = "INSERT INTO tell_contact VALUES (1, 2, '2023-12-01')"
    with pytest.raises(Exception, match="point at nothing"), database.rebuilding() as connection:
        connection.execute(text(row))
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM tell_contact")).scalar() == 0
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
