"""Statements over many rows, and queries for plain columns: the typed `select` stops at four."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Select, bindparam
from sqlalchemy import select as any_select
from sqlmodel import Session

_T = TypeVar("_T")
_CHUNK = 500


def columns(*wanted: Any) -> Select[Any]:
    """A query for these columns."""
    return any_select(*wanted)


def rows(session: Session, query: Select[Any], **values: Any) -> Sequence[Any]:
    """What a query finds, as plain rows; what the session still holds is written before.

    `values`: of its bound parameters, for a query that is made once and asked often.
    """
    session.flush()
    return session.connection().execute(query, values).all()


def many(name: str) -> BindParameter[Any]:
    """A bound parameter for an `in_`, which takes as many values as there are."""
    return bindparam(name, expanding=True)


def chunks(things: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """In pieces that fit into one statement on every database."""
    for start in range(0, len(things), _CHUNK):
        yield things[start : start + _CHUNK]


def change(session: Session, statement: Any) -> int:
    """Runs an update or a delete over many rows; how many it touched."""
    result = session.exec(statement.execution_options(synchronize_session=False))
    count: int = result.rowcount
    return count
