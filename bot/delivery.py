"""The way out: claim, check that it is still wanted, render, pace, send, settle.

A row that was sent but not yet settled when the process dies is sent again when its claim runs
out: that one call is the only window for a double.
"""

import asyncio
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import and_, bindparam, exists, or_, select, true, update
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col

from bot.messages import Address, DeliveryError, Failure, Menu, Message, Sender, fit
from bot.pace import Pace
from bot.writer import Writer
from storage.database import Database
from storage.mail import Conversation, Outbox
from storage.people import Contact, ContactState

CLAIM_SECONDS = 60
CLAIM_ROWS = 100
MOST_ATTEMPTS = 8
_LONGEST_PAUSE = 3600.0

Render = Callable[[Db, "Claimed"], Message | None]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of the outbox that this process may send, until its claim runs out."""

    id: int
    intent: str
    params: Mapping[str, Any]
    contact_id: int
    person_id: int | None
    to: Address
    language: str
    attempts: int
    lapses_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a claimed row ended, or when it may be tried again."""

    row: Claimed
    outcome: str
    detail: str = ""
    external_id: str = ""
    retry_at: datetime | None = None
    menu: Menu | None = None


class Delivery:
    """Sends what waits in the outbox through the senders there are.

    `only`: an address hash; then nobody else's messages are touched (one person at a terminal).
    """

    def __init__(
        self,
        database: Database,
        writer: Writer,
        senders: Mapping[str, Sender],
        render: Render,
        clock: Callable[[], datetime],
        *,
        only: str | None = None,
    ) -> None:
        self._database = database
        self._writer = writer
        self._senders = dict(senders)
        self._render = render
        self._clock = clock
        self._only = only
        self._paces = {name: Pace(sender.limits) for name, sender in senders.items()}
        self._log = structlog.get_logger("delivery")

    async def run_once(self) -> int:
        """Sends what is due now, in order; how many rows were settled or put off."""
        claimed = await self._writer.run(self._claim)
        if not claimed:
            return 0
        messages = await self._writer.run(lambda: self._render_all(claimed))
        outcomes = await asyncio.gather(
            *(self._deliver(row, message) for row, message in zip(claimed, messages, strict=True))
        )
        await self._writer.run(lambda: self._settle(outcomes))
        return len(outcomes)

    async def run_until_idle(self, most: int = 10_000) -> int:
        """Runs until nothing is due; for tests, demos and the command line."""
        total = 0
        for _ in range(most):
            done = await self.run_once()
            if not done:
                break
            total += done
        return total

    # claim

    def _claim(self) -> list[Claimed]:
        now = self._clock()
        with self._database.writing() as db:
            rows = db.connection().execute(_due(now, list(self._senders), self._only)).all()
            claimed = []
            for row in rows:
                taken = db.connection().execute(
                    _claim_one(),
                    {"row_id": row.id, "seen": row.attempts, "until": now + _CLAIM},
                )
                if taken.rowcount:
                    claimed.append(_claimed(row))
            return claimed

    def _render_all(self, claimed: Sequence[Claimed]) -> list[Message | Exception | None]:
        with self._database.reading() as db:
            return [self._render_one(db, row) for row in claimed]

    def _render_one(self, db: Db, row: Claimed) -> Message | Exception | None:
        if row.lapses_at is not None and self._clock() >= row.lapses_at:
            return None
        try:
            return self._render(db, row)
        except Exception as error:  # noqa: BLE001 - one bad intent must not stop the others
            return error

    # send

    async def _deliver(self, row: Claimed, message: Message | Exception | None) -> Outcome:
        if message is None:
            return Outcome(row, "lapsed")
        if isinstance(message, Exception):
            return self._failed(row, Failure.OUR_FAULT, type(message).__name__)
        sender, pace = self._senders[row.to.platform], self._paces[row.to.platform]
        loop = asyncio.get_running_loop()
        if (wait := pace.reserve(row.contact_id, loop.time())) > 0:
            await asyncio.sleep(wait)
        fitted = fit(message, sender.limits)
        try:
            receipt = await sender.send(row.to, fitted, None)
        except DeliveryError as error:
            if error.retry_after is not None:
                pace.pause(error.retry_after, loop.time())
            return self._failed(row, error.failure, error.detail, error.retry_after)
        return Outcome(row, "sent", external_id=receipt.external_id, menu=menu_of(message))

    def _failed(
        self, row: Claimed, failure: Failure, detail: str, retry_after: float | None = None
    ) -> Outcome:
        self._log.warning("not delivered", row=row.id, failure=str(failure), kind=detail)
        if failure is Failure.RECIPIENT_GONE:
            return Outcome(row, "gone", detail)
        if failure is Failure.OUR_FAULT:
            return Outcome(row, "fault", detail)
        if row.attempts >= MOST_ATTEMPTS:
            return Outcome(row, "gave_up", detail)
        pause = retry_after if retry_after is not None else _pause(row.attempts)
        return Outcome(row, "later", detail, retry_at=self._clock() + timedelta(seconds=pause))

    # settle

    def _settle(self, outcomes: Sequence[Outcome]) -> None:
        now = self._clock()
        with self._database.writing() as db:
            connection = db.connection()
            done = [o for o in outcomes if o.retry_at is None]
            if done:
                connection.execute(_settle_many(), [_settled(o, now) for o in done])
            for later in (o for o in outcomes if o.retry_at is not None):
                connection.execute(_put_off(), {"row_id": later.row.id, "until": later.retry_at})
            for gone in (o for o in outcomes if o.outcome == "gone"):
                _mark_gone(db, gone, now)
            _show_menus(db, [o for o in outcomes if o.menu is not None], now)


def menu_of(message: Message) -> Menu:
    """What a typed number would choose: the buttons that are shown with a number."""
    return Menu(tuple(button.token for button in message.buttons if not button.command))


_CLAIM = timedelta(seconds=CLAIM_SECONDS)


def _pause(attempts: int) -> float:
    base = min(_LONGEST_PAUSE, 2.0**attempts)
    return base * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret


def _due(now: datetime, platforms: list[str], only: str | None) -> Any:
    earlier = aliased(Outbox)
    waits_for_earlier = exists().where(
        and_(
            col(earlier.contact_id) == col(Outbox.contact_id),
            col(earlier.settled_at).is_(None),
            col(earlier.not_before) <= now,
            col(earlier.id) < col(Outbox.id),
        )
    )
    return (
        select(
            col(Outbox.id),
            col(Outbox.intent),
            col(Outbox.params),
            col(Outbox.contact_id),
            col(Outbox.attempts),
            col(Outbox.lapses_at),
            col(Contact.platform),
            col(Contact.space),
            col(Contact.address),
            col(Contact.person_id),
            col(Contact.language),
            col(Conversation.language).label("talk_language"),
        )
        .join(Contact, col(Contact.id) == col(Outbox.contact_id))
        .outerjoin(Conversation, col(Conversation.contact_id) == col(Outbox.contact_id))
        .where(
            col(Outbox.settled_at).is_(None),
            col(Outbox.not_before) <= now,
            or_(col(Outbox.claimed_until).is_(None), col(Outbox.claimed_until) <= now),
            col(Contact.platform).in_(platforms),
            ~waits_for_earlier,
            true() if only is None else col(Contact.address_hash) == only,
        )
        .order_by(col(Outbox.priority), col(Outbox.id))
        .limit(CLAIM_ROWS)
    )


def _table() -> Any:
    return Outbox.__table__  # type: ignore[attr-defined]


def _claim_one() -> Any:
    table = _table()
    return (
        update(table)
        .where(
            table.c.id == bindparam("row_id"),
            table.c.attempts == bindparam("seen"),
            table.c.settled_at.is_(None),
        )
        .values(claimed_until=bindparam("until"), attempts=table.c.attempts + 1)
    )


def _settle_many() -> Any:
    table = _table()
    names = ("settled_at", "outcome", "detail", "external_id")
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _put_off() -> Any:
    # The row stays claimed until then, so that later messages to this contact still wait for it.
    table = _table()
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values(claimed_until=bindparam("until"))
    )


def _settled(outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "row_id": outcome.row.id,
        "new_settled_at": now,
        "new_outcome": outcome.outcome,
        "new_detail": outcome.detail,
        "new_external_id": outcome.external_id,
    }


def _claimed(row: Any) -> Claimed:
    return Claimed(
        id=row.id,
        intent=row.intent,
        params=json.loads(row.params),
        contact_id=row.contact_id,
        person_id=row.person_id,
        to=Address(row.platform, row.space, row.address),
        language=row.talk_language or row.language,
        attempts=row.attempts + 1,
        lapses_at=row.lapses_at,
    )


def _mark_gone(db: Db, outcome: Outcome, now: datetime) -> None:
    contact = db.get(Contact, outcome.row.contact_id)
    if contact is not None:
        contact.state, contact.state_since = ContactState.GONE, now
        contact.state_reason = outcome.detail
        db.add(contact)


def _show_menus(db: Db, outcomes: Sequence[Outcome], now: datetime) -> None:
    """What a typed number means from now on; an open form reads its numbers itself."""
    for outcome in outcomes:
        if outcome.menu is None or outcome.row.intent == "ask":
            continue
        talk = db.get(Conversation, outcome.row.contact_id)
        if talk is None:
            talk = Conversation(contact_id=outcome.row.contact_id, moved_at=now)
        talk.menu = list(outcome.menu.tokens)
        db.add(talk)
