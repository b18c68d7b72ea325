"""What is done with an activity that was let in: read it, put it on disk, and only then answer."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import structlog

from bot.door import Hall
from bot.messages import Elsewhere, Incoming, Left, Now, Replace
from bot.platforms.teams.answers import Say, Turn, card_for, failed, line_for, note, said, shown
from bot.platforms.teams.cards import Card
from bot.platforms.teams.errands import Errands
from bot.platforms.teams.members import Members
from bot.platforms.teams.reading import (
    filled_in,
    is_invoke,
    member_of,
    ours_in,
    read,
    tenant_of,
)
from bot.platforms.teams.reference import Reference, reference_in
from bot.platforms.teams.sender import TeamsSender
from storage.language import Catalogue

Answer = tuple[int, dict[str, Any] | None]


class Receiver:
    """Takes activities one by one."""

    def __init__(self, hall: Hall, sender: TeamsSender, members: Members, errands: Errands) -> None:
        self._hall = hall
        self._sender = sender
        self._members = members
        self._errands = errands
        self._words = Catalogue.load("bot")
        self._log = structlog.get_logger("teams")

    def read(self, activity: Mapping[str, Any]) -> Incoming | None:
        """What somebody did. Raises reading.MALFORMED for what is not as it should be."""
        return read(activity, at=self._hall.clock(), keyed=self._hall.keyring.fingerprint)

    async def take(self, activity: Mapping[str, Any], incoming: Incoming | None) -> Answer:
        """Puts it on disk; the status and body of the reply."""
        say = self._saying(incoming)
        if incoming is None:
            return 200, said(say("not_here")) if is_invoke(activity) else None
        incoming = replace(incoming, email=await self._email(activity, incoming))
        try:
            ack = await self._hall.receive(incoming)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is not on disk
            self._log.warning("an activity was not taken", kind=type(error).__name__)
            return (200, failed(say("again"))) if is_invoke(activity) else (503, None)
        return 200, self._answered(activity, incoming, ack.now, say)

    def _answered(
        self, activity: Mapping[str, Any], incoming: Incoming, now: Now | None, say: Say
    ) -> dict[str, Any] | None:
        where, in_reply = reference_in(activity), is_invoke(activity)
        if isinstance(incoming.content, Elsewhere):
            if where is not None:
                self._show(where, note(say("elsewhere")), "")
            return None
        turn = Turn(ours_in(activity), filled_in(activity), str(activity.get("replyToId") or ""))
        found = card_for(now, turn, say)
        if where is not None and found is not None:
            self._beside(where, turn, now, found, in_reply=in_reply)
        if not in_reply:
            return None
        return shown(found) if found else said(line_for(now, say))

    def _beside(
        self, where: Reference, turn: Turn, now: Now | None, found: Card, *, in_reply: bool
    ) -> None:
        """What the reply cannot carry: a card asked for by words or by an older app.

        A card in a reply is gone when the chat is loaded anew. So what takes the place of a message
        for good is put there too: a replacement, and the thanks for a form that stood alone.
        """
        is_for_good = isinstance(now, Replace) or (turn.is_form_alone and now is None)
        if in_reply and not is_for_good:
            return
        is_in_place = turn.is_form_alone or isinstance(now, Replace)
        self._show(where, found, turn.message_id if is_in_place else "")

    def _show(self, where: Reference, found: Card, old: str) -> None:
        summary = str(found.get("fallbackText", ""))

        async def put() -> None:
            if not (old and await self._sender.replaced(where, old, found, summary)):
                await self._sender.post(where, found, summary)

        self._errands.run(put)

    async def _email(self, activity: Mapping[str, Any], incoming: Incoming) -> str:
        """Not asked for where it changes nothing: words elsewhere, and goodbyes."""
        where, member = reference_in(activity), member_of(activity)
        if where is None or not member or isinstance(incoming.content, Elsewhere | Left):
            return ""
        return await self._members.email_of(where, tenant_of(activity), member)

    def _saying(self, incoming: Incoming | None) -> Say:
        language = incoming.language if incoming else ""
        return partial(self._said, language or "en")

    def _said(self, language: str, name: str) -> str:
        return self._words.say(f"teams.{name}", language)
