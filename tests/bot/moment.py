"""The instant at which the tests of the rim begin."""

from datetime import UTC, datetime

MONDAY = datetime(2023, 12, 4, 10, tzinfo=UTC)
