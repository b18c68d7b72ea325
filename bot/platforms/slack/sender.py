"""The way out: posts, replacements, threads, homes and files."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from bot.messages import (
    Address,
    Attachment,
    DeliveryError,
    Failure,
    Limits,
    Message,
    Receipt,
)
from bot.platforms.slack.drawing import Post, draw, draw_home
from bot.platforms.slack.failures import UNREPLACEABLE, code_of, explain
from bot.platforms.slack.files import show, upload
from bot.platforms.slack.phrases import Phrases
from bot.platforms.slack.threads import Threads, parted
from bot.platforms.slack.workspace import Workspace, Workspaces

LIMITS = Limits(
    text=100_000,
    buttons=1000,
    label=3000,
    per_second=5.0,
    per_contact_seconds=1.0,
    parts=True,
)
"""Slack publishes one message a second and channel, and "several hundred a minute" in all."""
HOME_ID = "home"
_LOST_THREAD = frozenset(
    ("thread_not_found", "message_not_found", "invalid_thread_ts", "cannot_reply_to_message")
)
_LONGEST_PAUSE = 5.0


class SlackSender:
    """Sends into every workspace that is open."""

    def __init__(
        self,
        workspaces: Workspaces,
        threads: Threads,
        phrases: Phrases,
        say: Callable[..., str],
    ) -> None:
        self.limits = LIMITS
        self._workspaces = workspaces
        self._threads = threads
        self._phrases = phrases
        self._say = say
        self._log = structlog.get_logger("slack")

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt:
        try:
            workspace = self._workspaces.of(to.space)
            if message.home:
                view = draw_home(message, self._phrases)
                await workspace.client.views_publish(user_id=to.id, view=view)
                return Receipt(HOME_ID)
            return await self._sent(workspace, to, message, replacing or "")
        except Exception as error:  # noqa: BLE001 - told apart by `explain`
            raise explain(error) from None

    async def say(self, to: Address, text: str) -> None:
        """A line that belongs to no message of the conversation."""
        await self.send(to, Message(text), None)

    async def _sent(
        self, workspace: Workspace, to: Address, message: Message, replacing: str
    ) -> Receipt:
        try:
            files = await upload(workspace, message.attachments)
        except DeliveryError as error:
            if error.failure is Failure.TRY_LATER:
                raise
            self._log.warning("files not sent", kind=error.detail)
            files = ()
            message = replace(message, foot=f"{message.foot}\n\n{self._missing(message)}".strip())
        message_id = await self._posted(workspace, to, message, replacing)
        if files:
            channel, first = self._threads.place(message_id)
            thread = first if message.follows else ""
            try:
                await show(workspace, files, channel, thread)
            except DeliveryError as error:
                self._log.warning("files not shown", kind=error.detail)
                note = draw(Message(self._missing(message)), self._phrases)[0]
                await self._post(workspace, channel, thread, note)
        return Receipt(message_id)

    def _missing(self, message: Message) -> str:
        """What is said in place of files, and where they are."""
        return "\n".join(map(self._missed, message.attachments))

    def _missed(self, attachment: Attachment) -> str:
        if attachment.link:
            return self._say("slack.no_file_but", link=attachment.link)
        return self._phrases.no_file

    async def _posted(
        self, workspace: Workspace, to: Address, message: Message, replacing: str
    ) -> str:
        """The id of the last post: the one that carries the buttons."""
        posts: Sequence[Post] = draw(message, self._phrases)
        channel, thread = self._threads.place(message.follows)
        channel = channel or to.id
        message_id = await self._replaced(workspace, replacing, posts[0]) if replacing else ""
        if message_id:
            posts = posts[1:]
        for place, post in enumerate(posts):
            is_first = not message_id and place == 0
            message_id = await self._post(workspace, channel, thread, post, is_first=is_first)
            channel = parted(message_id)[0]
        return message_id

    async def _replaced(self, workspace: Workspace, message_id: str, post: Post) -> str:
        """The id of what stands in its place; empty where it cannot be changed any more."""
        channel, ts = parted(message_id)
        if not channel:
            return ""
        try:
            await workspace.client.chat_update(
                channel=channel, ts=ts, text=post.text, blocks=list(post.blocks)
            )
        except Exception as error:
            if code_of(error) in UNREPLACEABLE:
                return ""
            raise
        return message_id

    async def _post(
        self, workspace: Workspace, channel: str, thread: str, post: Post, *, is_first: bool = True
    ) -> str:
        """What comes after the first waits rather than fails: else the first would go twice."""
        try:
            return await self._put(workspace, channel, thread, post)
        except Exception as error:
            if thread and code_of(error) in _LOST_THREAD:
                return await self._put(workspace, channel, "", post)
            failure = explain(error)
            if is_first or failure.failure is not Failure.TRY_LATER:
                raise
            await asyncio.sleep(min(failure.retry_after or 1.0, _LONGEST_PAUSE))
            return await self._put(workspace, channel, thread, post)

    async def _put(self, workspace: Workspace, channel: str, thread: str, post: Post) -> str:
        answer = await workspace.client.chat_postMessage(
            channel=channel,
            text=post.text,
            blocks=list(post.blocks),
            thread_ts=thread or None,
            unfurl_links=False,
            unfurl_media=False,
        )
        message_id = f"{answer['channel']}:{answer['ts']}"
        self._threads.note(message_id, thread)
        return message_id
