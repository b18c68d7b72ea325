"""Legal holds for tests."""

from datetime import datetime

from storage.database import Database
from storage.holds import HoldScope, set_hold


def hold(
    database: Database,
    now: datetime,
    scope: HoldScope = HoldScope.EVERYTHING,
    target: str = "",
    *,
    name: str = "inquiry",
) -> None:
    """Sets one."""
    with database.writing() as session:
        set_hold(
            session, name=name, scope=scope, target=target, reason="asked", by_id=None, now=now
        )
