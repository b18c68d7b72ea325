"""Files that go with a message: brought to Slack before it, and shown after it.

So that most of what can fail has failed before anything was said, and a second try says nothing
twice.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Attachment, DeliveryError, Failure
from bot.platforms.slack.failures import explain
from bot.platforms.slack.workspace import Workspace

_ATTEMPTS = 3
_LONGEST_PAUSE = 3.0


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that Slack has, and that nobody sees yet."""

    id: str
    title: str


async def upload(workspace: Workspace, attachments: Sequence[Attachment]) -> tuple[Uploaded, ...]:
    """Raises DeliveryError; nothing was shown then."""
    try:
        return tuple([await _uploaded(workspace, one) for one in attachments])
    except Exception as error:  # noqa: BLE001 - told apart by `explain`
        raise explain(error) from None


async def _uploaded(workspace: Workspace, attachment: Attachment) -> Uploaded:
    client = workspace.client
    place = await client.files_getUploadURLExternal(
        filename=attachment.name, length=len(attachment.content)
    )
    assert client.session is not None
    async with client.session.post(
        str(place["upload_url"]), data=attachment.content, proxy=client.proxy
    ) as answer:
        if answer.status != 200:
            raise DeliveryError(Failure.TRY_LATER, f"upload status {answer.status}")
    return Uploaded(str(place["file_id"]), attachment.name)


async def show(workspace: Workspace, files: Sequence[Uploaded], channel: str, thread: str) -> None:
    """Puts them below what was said. Raises DeliveryError."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            await workspace.client.files_completeUploadExternal(
                files=[{"id": one.id, "title": one.title} for one in files],
                channel_id=channel,
                thread_ts=thread or None,
            )
        except Exception as error:  # noqa: BLE001 - told apart by `explain`
            failure = explain(error)
            if failure.failure is not Failure.TRY_LATER or attempt == _ATTEMPTS:
                raise failure from None
            await asyncio.sleep(min(failure.retry_after or 0.5, _LONGEST_PAUSE))
        else:
            return
