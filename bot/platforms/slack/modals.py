"""Forms on somebody's screen: opened at once, filled when we know with what.

What opens them lives three seconds, so an empty one stands there before the act is on disk.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bot.forms import Form
from bot.messages import Ack, AckStatus, FieldErrors, NextPage, OpenForm
from bot.platforms.slack.failures import code_of
from bot.platforms.slack.phrases import Phrases
from bot.platforms.slack.views import View, draw_errors, draw_view, saying, skeleton
from bot.platforms.slack.workspace import Workspace

Answer = Mapping[str, Any]

CLOSE: Answer = {"response_action": "clear"}
_KEPT_ANSWERS = 1000


class Modals:
    """Opens, fills, and answers forms that were sent."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._log = structlog.get_logger("slack")

    def begin(self, workspace: Workspace, trigger: str) -> "asyncio.Task[str]":
        """The empty form, now; the result is its id, or empty where it could not be opened."""
        return asyncio.create_task(self._open(workspace, trigger, skeleton(self._phrases)))

    async def open(self, workspace: Workspace, trigger: str, form: Form) -> bool:
        """A form that is known already; False where it could not be opened."""
        return bool(await self._open(workspace, trigger, self._page(form, "")))

    def _page(self, form: Form, message_id: str) -> View:
        """The page; where no modal holds it, that it cannot be shown."""
        try:
            return draw_view(form, self._phrases, message_id)
        except ValueError:
            self._log.error("a form cannot be shown", kind="too long for a modal")
            return saying(self._phrases.unshown, self._phrases)

    async def _open(self, workspace: Workspace, trigger: str, view: View) -> str:
        try:
            answer = await workspace.client.views_open(trigger_id=trigger, view=view)
        except Exception as error:  # noqa: BLE001 - then it is said in the chat
            self._log.warning("form not opened", kind=code_of(error) or type(error).__name__)
            return ""
        return str((answer.get("view") or {}).get("id") or "")

    async def fill(self, workspace: Workspace, view_id: str, ack: Ack, message_id: str) -> None:
        """What the empty form becomes."""
        now = ack.now
        if isinstance(now, OpenForm | NextPage):
            view = self._page(now.form, message_id)
        elif isinstance(now, FieldErrors):
            view = saying("\n".join(now.errors.values()), self._phrases)
        else:
            view = saying(self._phrases.done, self._phrases)
        await self.put(workspace, view_id, view)

    async def refuse(self, workspace: Workspace, view_id: str) -> None:
        """What the empty form becomes where the act was not taken."""
        await self.put(workspace, view_id, saying(self._phrases.not_taken, self._phrases))

    async def put(self, workspace: Workspace, view_id: str, view: View) -> None:
        """In place of what stands in the form; whoever closed it wants nothing in it."""
        try:
            await workspace.client.views_update(view_id=view_id, view=view)
        except Exception as error:  # noqa: BLE001 - said in the form, if it can be
            if (code := code_of(error)) == "not_found":
                return
            self._log.error("a form was not filled", kind=code or type(error).__name__)
            unshown = saying(self._phrases.unshown, self._phrases)
            await workspace.client.views_update(view_id=view_id, view=unshown)

    def answer(self, ack: Ack, event_id: str, names: Sequence[str], message_id: str) -> Answer:
        """What Slack is told to do with the form that was sent.

        One that is sent again as it was gets the same answer: the first may have been lost.
        """
        if ack.status is AckStatus.DUPLICATE:
            again = saying(self._phrases.had_already, self._phrases)
            return self._answers.get(event_id) or {"response_action": "update", "view": again}
        found = self._answer(ack, names, message_id)
        self._answers[event_id] = found
        while len(self._answers) > _KEPT_ANSWERS:
            self._answers.popitem(last=False)
        return found

    def _answer(self, ack: Ack, names: Sequence[str], message_id: str) -> Answer:
        now = ack.now
        if isinstance(now, FieldErrors) and names:
            return {"response_action": "errors", "errors": draw_errors(now.errors, names)}
        if isinstance(now, FieldErrors):
            view = saying("\n".join(now.errors.values()), self._phrases)
            return {"response_action": "update", "view": view}
        if isinstance(now, OpenForm | NextPage):
            view = self._page(now.form, message_id)
            return {"response_action": "update", "view": view}
        return CLOSE

    def late(self, answer: Answer) -> View | None:
        """What to put where the answer came too late for Slack to hear it.

        None where it says again what is wrong: Slack showed its own error, and sending the form
        again brings ours.
        """
        if answer["response_action"] == "update":
            return dict(answer["view"])
        is_over = answer["response_action"] == "clear"
        return saying(self._phrases.done, self._phrases) if is_over else None
