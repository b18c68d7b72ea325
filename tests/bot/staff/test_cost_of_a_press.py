"""What one tap asks of the database: counted, since most of its time goes there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from bot.messages import Content, Pressed, Said
from storage.database import Database
from storage.people import Role
from storage.plans import Update
from tests.bot.staff.office import Office, office
from tests.reminders.small_plan import SmallPlan

MOST = {"press": 21, "words": 27}
"""With the keys, the locks and the savepoints that every message has."""


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def _statements(database: Database, actions: int, what: str) -> int:
    """Of one message, in a plan with so many actions of hers and as many of others."""
    with office(database) as stage:
        ids = {name: stage.colleague(f"{name}{actions}", Role.LEAD) for name in ("amira", "lee")}
        with database.writing() as db:
            plan = SmallPlan.start(db)
            due = stage.now.date() + timedelta(days=14)
            made = [
                plan.action(f"{place}.{number}", due, people=(person,))
                for place, person in enumerate(ids.values(), 1)
                for number in range(1, actions + 1)
            ]
        stage.round()
        stage.deliver()
        stage.opens = True
        said: Content = Pressed(f"status:{made[0]}:on_track")
        if what == "words":
            said = Said("1.1 on track, everybody is trained")
        message = stage.incoming(f"amira{actions}", said)
        with counted(database) as seen:
            stage.app.mailroom.take([message])
        if what == "press":
            assert len(_updates(stage, made[0])) == 1
        return len(seen)


def _updates(stage: Office, action_id: int) -> list[Any]:
    return stage.rows(Update, Update.action_id == action_id)


@pytest.mark.parametrize("what", MOST)
def test_a_message_asks_the_database_so_often_however_long_the_plan_is(
    sqlite_database: Database, what: str
) -> None:
    few, many = (_statements(sqlite_database, actions, what) for actions in (2, 12))
    assert few == many
    assert few <= MOST[what]
