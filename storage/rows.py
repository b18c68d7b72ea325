"""Queries for plain columns, however many; the typed `select` stops at four."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as any_select
from sqlmodel import Session


def columns(*wanted: Any) -> Select[Any]:
    """A query for these columns."""
    return any_select(*wanted)


def rows(session: Session, query: Select[Any]) -> Sequence[Any]:
    """What a query finds, as plain rows; what the session still holds is written before."""
    session.flush()
    return session.connection().execute(query).all()
