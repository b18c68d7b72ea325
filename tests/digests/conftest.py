"""A seeded partnership on both databases."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from storage.database import Database
from tests.digests import seeded
from tests.digests.seeded import Seeded


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing() as opened:
        yield opened


@pytest.fixture
def rochdale(session: Session) -> Seeded:
    return seeded.partnership(session)
