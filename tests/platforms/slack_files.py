"""Files in three steps: ask for an address, put the bytes there, say where they are shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.platforms.slack_methods import Methods
from tests.platforms.slack_request import Json, Params, Refused
from tests.platforms.slack_state import Workspace, new_id


@dataclass(slots=True)
class File:
    """`content` is None until it was put there."""

    id: str
    workspace: str
    name: str
    length: int
    content: bytes | None = None
    is_shared: bool = False


class Files:
    """All files of a server, by id."""

    def __init__(self, methods: Methods, url: Callable[[], str]) -> None:
        self._methods = methods
        self._url = url
        self.by_id: dict[str, File] = {}
        self.table: dict[str, Callable[[Workspace, Params], Any]] = {
            "files.getUploadURLExternal": self.upload_url,
            "files.completeUploadExternal": self.complete,
        }

    def upload_url(self, workspace: Workspace, params: Params) -> Json:
        name, length = params.needed("filename"), params.number("length")
        if length < 1:
            raise Refused("invalid_arguments", ("length must be the size in bytes",))
        file = File(new_id("F"), workspace.id, name, length)
        self.by_id[file.id] = file
        return {"upload_url": f"{self._url()}/upload/v1/{file.id}", "file_id": file.id}

    def put(self, file_id: str, content: bytes) -> bool:
        """Whether it was taken: what is not as long as was said is not."""
        file = self.by_id.get(file_id)
        if file is None or file.content is not None or len(content) != file.length:
            return False
        file.content = content
        return True

    def complete(self, workspace: Workspace, params: Params) -> Json:
        found = [self._finished(workspace, one) for one in params.json("files") or []]
        if not found:
            raise Refused("invalid_arguments", ("files is empty",))
        told = [{"id": file.id, "title": title} for file, title in found]
        name = params.text("channel_id")
        if name:
            self._share(workspace, params, found)
        return {"files": told}

    def _finished(self, workspace: Workspace, one: Json) -> tuple[File, str]:
        file = self.by_id.get(one.get("id", ""))
        if file is None or file.workspace != workspace.id or file.content is None:
            raise Refused("file_not_found")
        return file, one.get("title") or file.name

    def _share(self, workspace: Workspace, params: Params, found: list[tuple[File, str]]) -> None:
        name = params.text("channel_id")
        if name not in workspace.channels:
            raise Refused("channel_not_found")
        channel = workspace.reachable(name)
        thread = params.text("thread_ts")
        if thread and thread not in channel.messages:
            raise Refused("thread_not_found")
        shared = [
            {"id": file.id, "name": file.name, "title": title, "size": file.length}
            for file, title in found
        ]
        for file, _ in found:
            file.is_shared = True
        text = params.text("initial_comment")
        self._methods.written(workspace, channel, text, None, thread, shared)
