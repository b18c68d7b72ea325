"""Writes messages shortly before they are sent: as things stand now, a batch in one reading."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session as Db

from bot.messages import DeliveryError, Failure, Message
from bot.outgoing.outbox import Claimed, Ticket, load
from bot.outgoing.outcomes import Outcome, failed
from storage.database import Database, is_out_of_service
from storage.types import KeyMissing

Render = Callable[[Db, Claimed], Message | None]


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that can go as soon as there is a place for it."""

    row: Claimed
    message: Message


@dataclass(frozen=True, slots=True)
class Desk:
    """Where messages are written."""

    database: Database
    render: Render
    clock: Callable[[], datetime]

    def prepare(self, tickets: Sequence[Ticket]) -> list[Ready | Outcome]:
        """For each its message, or how it ended instead. One bad row does not stop the others."""
        try:
            return self._together(tickets)
        except Exception:  # noqa: BLE001 - whatever it was, each row gets its own chance
            return [self._alone(ticket) for ticket in tickets]

    def _together(self, tickets: Sequence[Ticket]) -> list[Ready | Outcome]:
        with self.database.reading() as db:
            rows = load(db, tickets)
            return [self._written(db, ticket, rows[ticket.id]) for ticket in tickets]

    def _alone(self, ticket: Ticket) -> Ready | Outcome:
        try:
            return self._together([ticket])[0]
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
            return self._failed(ticket, error)

    def _written(self, db: Db, ticket: Ticket, row: Claimed) -> Ready | Outcome:
        if row.is_gone:
            return Outcome(ticket, "gone", "gone before")
        if row.lapses_at is not None and self.clock() >= row.lapses_at:
            return Outcome(ticket, "lapsed")
        try:
            message = self.render(db, row)
        except DBAPIError:
            raise  # the reading is spoilt for all of them
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
            return self._failed(ticket, error)
        return Outcome(ticket, "lapsed") if message is None else Ready(row, message)

    def _failed(self, ticket: Ticket, error: Exception) -> Outcome:
        passes = is_out_of_service(error) or isinstance(error, KeyMissing)
        failure = Failure.TRY_LATER if passes else Failure.OUR_FAULT
        return failed(ticket, DeliveryError(failure, type(error).__name__), self.clock())
