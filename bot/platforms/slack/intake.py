"""What is done with a payload: read it, put it on disk, and only then answer."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from bot.door import Receive
from bot.messages import Ack, AckStatus, Incoming, NextPage, OpenForm, Replace
from bot.platforms.slack.errands import Errands
from bot.platforms.slack.modals import Answer, Modals
from bot.platforms.slack.phrases import Phrases
from bot.platforms.slack.profiles import Profiles
from bot.platforms.slack.reading import (
    MALFORMED,
    Payload,
    field_names,
    is_removal,
    read,
    team_of,
    thread_of,
    trigger_of,
    view_id,
    wants_form,
)
from bot.platforms.slack.sender import SlackSender
from bot.platforms.slack.threads import Threads
from bot.platforms.slack.workspace import Workspace, Workspaces
from bot.refusals import say_refused

LATE = 2.5
"""Of the three seconds that Slack waits for an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to Slack; anything but 200 means that we do not have it."""

    status: int = 200
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Act:
    """A payload that somebody meant for us."""

    payload: Payload
    workspace: Workspace
    incoming: Incoming
    opening: "asyncio.Task[str] | None"


class Intake:
    """Takes payloads one by one. `passed_over`: what nobody can do anything with, by kind."""

    def __init__(
        self,
        receive: Receive,
        clock: Callable[[], datetime],
        workspaces: Workspaces,
        sender: SlackSender,
        threads: Threads,
        phrases: Phrases,
        *,
        on_removal: Callable[[Workspace], None],
        tell: Callable[[str], None],
    ) -> None:
        self.passed_over: Counter[str] = Counter()
        self.profiles = Profiles(workspaces, clock)
        self.errands = Errands()
        self._receive = receive
        self._clock = clock
        self._workspaces = workspaces
        self._sender = sender
        self._threads = threads
        self._phrases = phrases
        self._modals = Modals(phrases)
        self._on_removal = on_removal
        self._tell = tell
        self._taking = 0
        self._log = structlog.get_logger("slack")

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being taken just now."""
        return self._taking == 0

    async def take(self, payload: Payload, belongs: Callable[[Workspace], bool]) -> Reply:
        """`belongs`: whether who brought this may speak for a workspace."""
        try:
            workspace = self._workspaces.find(team_of(payload))
            incoming, thread = read(payload, at=self._clock()), thread_of(payload)
        except MALFORMED as error:
            return self._pass_over(f"malformed ({type(error).__name__})")
        if workspace is None or not belongs(workspace):
            return self._pass_over("not of our workspaces")
        self._threads.note(*thread)
        if is_removal(payload):
            self._on_removal(workspace)
        if incoming is None:
            return Reply()
        self._taking += 1
        try:
            return await self._acted(self._begun(payload, workspace, incoming))
        finally:
            self._taking -= 1

    def _pass_over(self, kind: str) -> Reply:
        """Counted and said, so that nothing goes missing in silence; never with its words."""
        self.passed_over[kind] += 1
        self._log.error("a payload was passed over", kind=kind)
        say_refused(self._tell, "Slack: passed over", kind, self.passed_over[kind])
        return Reply()

    def _begun(self, payload: Payload, workspace: Workspace, incoming: Incoming) -> _Act:
        is_form = wants_form(payload) and incoming.opens
        opening = self._modals.begin(workspace, trigger_of(payload)) if is_form else None
        return _Act(payload, workspace, incoming, opening)

    async def _acted(self, act: _Act) -> Reply:
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            profile = await self.profiles.of(act.incoming.sender)
            known = replace(act.incoming, email=profile.email, language=profile.language)
            ack = await self._receive(known)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is not on disk
            self._log.warning("a payload was not taken", kind=type(error).__name__)
            if act.opening is not None:
                self.errands.run(self._refused(act, act.opening))
            return Reply(503)
        if isinstance(ack.now, Replace) and ack.status is not AckStatus.DUPLICATE:
            self._put(act, ack.now)
        if view_id(act.payload):
            return self._answered(act, ack, is_late=loop.time() - start > LATE)
        if act.opening is not None:
            self.errands.run(self._filled(act, act.opening, ack))
        elif isinstance(ack.now, OpenForm | NextPage):
            self.errands.run(self._opened(act, ack.now))
        return Reply(body=self._hint(act.payload, ack))

    def _put(self, act: _Act, now: Replace) -> None:
        """In place of the message that was pressed, where there is one."""
        sender, replacing = act.incoming.sender, act.incoming.message_id
        is_press = act.payload.get("type") in ("block_actions", "view_submission")
        target = replacing if is_press else None
        self.errands.run(self._sender.send(sender, now.message, target or None))

    def _answered(self, act: _Act, ack: Ack, *, is_late: bool) -> Reply:
        incoming = act.incoming
        answer: Answer = self._modals.answer(
            ack, incoming.event_id, field_names(act.payload), incoming.message_id
        )
        view = self._modals.late(answer) if is_late else None
        if view is not None:
            self.errands.run(self._modals.put(act.workspace, view_id(act.payload), view))
        return Reply(body=answer)

    async def _filled(self, act: _Act, opening: "asyncio.Task[str]", ack: Ack) -> None:
        opened = await opening
        if opened:
            await self._modals.fill(act.workspace, opened, ack, act.incoming.message_id)
        elif isinstance(ack.now, OpenForm | NextPage):
            await self._sender.say(act.incoming.sender, self._phrases.too_late)

    async def _refused(self, act: _Act, opening: "asyncio.Task[str]") -> None:
        opened = await opening
        if opened:
            await self._modals.refuse(act.workspace, opened)

    async def _opened(self, act: _Act, now: OpenForm | NextPage) -> None:
        trigger = trigger_of(act.payload)
        if not (trigger and await self._modals.open(act.workspace, trigger, now.form)):
            await self._sender.say(act.incoming.sender, self._phrases.too_late)

    def _hint(self, payload: Payload, ack: Ack) -> Mapping[str, Any] | None:
        """Who gives a command in a channel is told, unseen by others, where the answer comes."""
        is_elsewhere = "command" in payload and payload.get("channel_name") != "directmessage"
        if not is_elsewhere or isinstance(ack.now, OpenForm):
            return None
        return {"response_type": "ephemeral", "text": self._phrases.in_chat}
