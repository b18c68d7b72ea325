"""The way in: gather what is waiting, and in one transaction dedupe, handle and commit; then
acknowledge.

Nearly every message is the answer to an open form: those are folded in memory and written table
by table. The rest are commands, which run one by one after the fold. A message that raises is
set aside and kept; only when a write fails is the batch undone and replayed message by message.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session as Db

from bot.conversation import Conversations, Folded
from bot.floods import Floods
from bot.inbox_keys import event_key, hide_keys, insert_keys, nameless_of
from bot.messages import (
    Ack,
    AckStatus,
    Edited,
    Elsewhere,
    Incoming,
    Now,
    Pressed,
    Replace,
    Said,
    Sent,
    Submitted,
)
from bot.outgoing.delivery import Render
from bot.outgoing.outbox import Claimed
from bot.people import recognise
from bot.standing import (
    AddressKey,
    Standing,
    key_of,
    load,
    load_again,
    load_one,
    remember_all,
    turn_pages,
    wake,
)
from bot.writer import Writer
from storage.anonymous import hour_of
from storage.database import Database, insert_new, is_out_of_service
from storage.mail import ChatMessage, KeptMessage
from storage.outages import outage
from storage.refs import new_ref
from surveys.sessions import Forms, store
from surveys.steps import Step

BATCH = 200
GATHER_SECONDS = 0.0  # what arrives during one transaction makes the next batch
_DUPLICATE = Ack(AckStatus.DUPLICATE)
_LONGEST_ID = 32


class MailroomClosed(RuntimeError):
    """A message was not taken, so the platform is to send it again.

    `is_outage`: the database cannot be written just now (locked, full or gone).
    """

    def __init__(self, error: Exception) -> None:
        self.is_outage = is_out_of_service(error)
        why = outage(error) or f"it could not be stored ({type(error).__name__})"
        super().__init__(f"The message was not taken: {why}.")


@dataclass(slots=True)
class _Batch:
    """What a fold leaves behind before anything but the keys is written."""

    steps: list[Step] = field(default_factory=list)
    outbox: list[dict[str, object]] = field(default_factory=list)
    later: list[Incoming] = field(default_factory=list)
    deferred: set[AddressKey] = field(default_factory=set)
    specials: list[tuple[Incoming, Folded]] = field(default_factory=list)
    kept: list[tuple[Incoming, Standing, str]] = field(default_factory=list)
    talks: list[dict[str, Any]] = field(default_factory=list)
    acks: dict[int, Ack] = field(default_factory=dict)
    too_fast: dict[AddressKey, list[Incoming]] = field(default_factory=lambda: defaultdict(list))


class Mailroom:
    """Takes messages from every platform. `receive` returns when the message is on disk.

    `on_stored` is called after each commit: there may be something to send.
    """

    def __init__(
        self,
        database: Database,
        writer: Writer,
        conversations: Conversations,
        *,
        render: Render | None = None,
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        self._database = database
        self._writer = writer
        self._conversations = conversations
        self._render = render
        self._gather_seconds = gather_seconds
        self._forms: Forms = conversations.forms
        self._waiting: list[tuple[Incoming, asyncio.Future[Ack]]] = []
        self._worker: asyncio.Task[None] | None = None
        self.floods = Floods()
        self.on_stored: Callable[[], None] | None = None

    async def receive(self, incoming: Incoming) -> Ack:
        """Hands a message in. Raises MailroomClosed where it could not be stored."""
        done: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting.append((incoming, done))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await done

    async def _work(self) -> None:
        while self._waiting:
            if len(self._waiting) < BATCH:
                await asyncio.sleep(self._gather_seconds)
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            await self._deal_with(batch)

    async def _deal_with(self, batch: Sequence[tuple[Incoming, asyncio.Future[Ack]]]) -> None:
        try:
            acks = await self._writer.run(lambda: self.take([item for item, _ in batch]))
        except Exception as error:  # noqa: BLE001 - every sender must learn that it was not taken
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
            return
        for (_, done), ack in zip(batch, acks, strict=True):
            if not done.done():
                if isinstance(ack, MailroomClosed):
                    done.set_exception(ack)
                else:
                    done.set_result(ack)
        if self.on_stored is not None:
            self.on_stored()

    def take(self, messages: Sequence[Incoming]) -> list[Ack | MailroomClosed]:
        """One batch, synchronously, in one transaction; the answers in the order of messages."""
        try:
            with self._database.writing() as db:
                taken = self._take(db, messages)
            return list(taken)
        except Exception:  # noqa: BLE001 - whatever it was, each message gets its own chance
            return self._take_one_by_one(messages)

    def _take_one_by_one(self, messages: Sequence[Incoming]) -> list[Ack | MailroomClosed]:
        """Once the database is found out of service the rest need not wait for it in turn."""
        acks: list[Ack | MailroomClosed] = []
        for message in messages:
            last = acks[-1] if acks else None
            is_closed = isinstance(last, MailroomClosed) and last.is_outage
            acks.append(last if last and is_closed else self._take_alone(message))
        return acks

    def _take_alone(self, message: Incoming) -> Ack | MailroomClosed:
        try:
            with self._database.writing() as db:
                return self._take(db, [message])[0]
        except Exception as error:  # noqa: BLE001 - told apart just below
            if is_out_of_service(error):
                return MailroomClosed(error)
            return self._keep_alone(message, error)

    def _keep_alone(self, message: Incoming, error: Exception) -> Ack | MailroomClosed:
        try:
            with self._database.writing() as db:
                if not insert_keys(db, [message], self._conversations.today):
                    return Ack(AckStatus.DUPLICATE)
                standing = load_one(db, message, self._forms)
                return self._keep(db, message, standing, type(error).__name__)
        except Exception as again:  # noqa: BLE001 - not stored, so never acknowledged
            return MailroomClosed(again)

    def _take(self, db: Db, messages: Sequence[Incoming]) -> list[Ack]:
        new = insert_keys(db, messages, self._conversations.today)
        fresh, batch = [], _Batch()
        for message in messages:
            if (event := event_key(message)) in new:
                new.discard(event)
                fresh.append(message)
            else:
                batch.acks[id(message)] = _DUPLICATE
        standings = self._recognised(db, fresh, load(db, fresh, self._forms))
        nameless = nameless_of(db, standings.values())
        for message in hide_keys(db, fresh, standings, nameless):
            batch.acks[id(message)] = _DUPLICATE
            fresh.remove(message)
        wake(db, standings.values(), self._conversations.moment.now)
        turn_pages(db, standings.values(), self._conversations.moment.now)
        _note_messages(db, fresh, standings)
        for message in fresh:
            if self.floods.is_too_much(message):
                batch.too_fast[key_of(message.sender)].append(message)
            else:
                self._fold(message, standings, batch)
        store(db, batch.steps, self._conversations.moment)
        self._conversations.queue_rows(db, batch.outbox)
        remember_all(db, batch.talks)
        for message, folded in batch.specials:
            self._conversations.after(db, folded, message)
        for message in batch.later:
            self._run_alone(db, message, batch)
        for message, standing, kind in batch.kept:
            batch.acks[id(message)] = self._keep(db, message, standing, kind)
        for flood in batch.too_fast.values():
            standing = load_again(db, flood[-1], self._forms)
            words = [_words(message) for message in flood]
            self._conversations.too_fast(db, standing, flood[-1], words)
        self._show_again(db, messages, batch)
        stored = Ack(AckStatus.STORED)
        return [batch.acks.get(id(message), stored) for message in messages]

    def _recognised(
        self, db: Db, fresh: Sequence[Incoming], standings: dict[AddressKey, Standing]
    ) -> dict[AddressKey, Standing]:
        """Who writes from an address that their platform vouches for is that person."""
        unknown = [
            (standings[key_of(message.sender)], message)
            for message in fresh
            if message.email and standings[key_of(message.sender)].person_id is None
        ]
        if not unknown or not recognise(db, unknown, now=self._conversations.moment.now):
            return standings
        return load(db, fresh, self._forms)

    def _show_again(self, db: Db, messages: Sequence[Incoming], batch: _Batch) -> None:
        """Whoever sends a thing twice never learned what became of it: they get where it stands."""
        repeated = [one for one in messages if batch.acks.get(id(one)) == _DUPLICATE]
        if not repeated or self._render is None:
            return
        standings = load(db, repeated, self._forms)
        for message in repeated:
            now = self._current(db, standings[key_of(message.sender)])
            batch.acks[id(message)] = Ack(AckStatus.DUPLICATE, now)

    def _current(self, db: Db, standing: Standing) -> Now | None:
        running = standing.running
        if running is None or self._render is None or standing.address.is_paged:
            return None
        asking = Claimed(
            id=0,
            intent="ask",
            params={"s": running.id, "n": running.at.step},
            contact_id=standing.contact_id,
            person_id=standing.person_id,
            to=standing.address,
            language=running.at.language,
            attempts=0,
            lapses_at=None,
        )
        try:
            with db.begin_nested():
                message = self._render(db, asking)
        except Exception:  # noqa: BLE001 - it is stored; what cannot be shown is shown later
            return None
        return None if message is None else Replace(message)

    def _fold(
        self, message: Incoming, standings: dict[AddressKey, Standing], batch: _Batch
    ) -> None:
        sender = key_of(message.sender)
        standing = standings[sender]
        if sender in batch.deferred:
            batch.later.append(message)
            return
        if standing.damage:
            batch.kept.append((message, standing, standing.damage))
            return
        try:
            folded = self._conversations.fold(standing, message)
        except Exception as error:  # noqa: BLE001 - one bad message must not stop the batch
            batch.kept.append((message, standing, type(error).__name__))
            return
        if folded is None:
            batch.deferred.add(sender)
            batch.later.append(message)
            return
        standings[sender] = folded.standing
        batch.steps.append(folded.step)
        batch.outbox.extend(folded.outbox)
        if folded.now is not None:
            batch.acks[id(message)] = Ack(AckStatus.STORED, folded.now)
        if folded.talk is not None:
            batch.talks.append(folded.talk)
            batch.deferred.add(sender)
        if folded.is_last:
            # What follows touches other tables, so the sender's next message waits for it.
            batch.specials.append((message, folded))
            batch.deferred.add(sender)

    def _run_alone(self, db: Db, message: Incoming, batch: _Batch) -> None:
        standing = load_again(db, message, self._forms)
        if standing.damage:
            batch.kept.append((message, standing, standing.damage))
            return
        try:
            with db.begin_nested():
                now: Now | None = self._conversations.handle(db, standing, message)
        except Exception as error:
            if is_out_of_service(error):
                raise
            batch.kept.append((message, standing, type(error).__name__))
            return
        batch.acks[id(message)] = Ack(AckStatus.STORED, now)

    def _keep(self, db: Db, message: Incoming, standing: Standing, kind: str) -> Ack:
        ref = new_ref()
        is_nameless = standing.contact_id in nameless_of(db, [standing])
        at = message.received_at
        db.add(
            KeptMessage(
                ref=ref,
                platform=message.platform,
                contact_id=None if is_nameless else standing.contact_id,
                content=_words(message) or type(message.content).__name__,
                error_kind=kind[:64],
                received_at=hour_of(at) if is_nameless else at,
            )
        )
        db.flush()
        self._conversations.kept(db, standing, message, ref, _words(message))
        return Ack(AckStatus.KEPT)


def _note_messages(
    db: Db, fresh: Sequence[Incoming], standings: Mapping[AddressKey, Standing]
) -> None:
    """What respondents' own messages are called on their platform, so that /clear can clear them.

    For two days: what is older no platform lets us delete.
    """
    rows = [
        {
            "contact_id": standings[key_of(message.sender)].contact_id,
            "message_id": message.message_id,
            "at": message.received_at,
        }
        for message in fresh
        if 0 < len(message.message_id) <= _LONGEST_ID
        and not isinstance(message.content, Pressed | Elsewhere)
        and standings[key_of(message.sender)].person_id is None
    ]
    if rows:
        insert_new(db, ChatMessage, rows)


def _words(message: Incoming) -> str:
    content = message.content
    if isinstance(content, Said | Edited | Elsewhere):
        return content.text
    if isinstance(content, Submitted):
        return "\n".join(content.values.values())
    return content.caption if isinstance(content, Sent) else ""
