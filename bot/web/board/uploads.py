"""A form of the board that brings a file: read no further than it may be long, kept nowhere."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.request_body import body_within
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent, TooLarge, is_from_elsewhere
from bot.web.site import site_of

MOST_BYTES = 3_000_000
"""A plan or a sheet of readings has a tenth of it; pictures in it are what makes a file large."""

_BESIDE = 64 * 1024
_MOST_FIELDS = 6_000
"""A box for each row of the largest plan that may be retired."""
_TYPE = "multipart/form-data"
_NOT_IN_A_NAME = re.compile(r"[^\w .()&+,'-]")
_LONGEST_NAME = 80
"""In bytes: a disk counts a name in them, and letters have up to four."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; `name` is no path, and fit to be shown."""

    name: str
    data: bytes = field(repr=False)

    @property
    def carried(self) -> str:
        """The file as a page carries it until the press."""
        return b64encode(self.data).decode("ascii")

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """The file under its name for whoever reads files, in a folder of its own that goes."""
        with TemporaryDirectory(prefix="board-") as folder:
            path = Path(folder) / self.name
            path.write_bytes(self.data)
            yield path


async def upload_of(
    request: Request, seat: Seat, most: int = MOST_BYTES
) -> tuple[Sent, Upload | None]:
    """What a sealed form of ours sent, and the file in its field `file`; None where none was given.

    Raises Forged and TooLarge.
    """
    if is_from_elsewhere(request):
        raise Forged("sent from another site")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise Forged("not the kind of form that we have")
    body = await body_within(request, most * 4 // 3 + _BESIDE)
    if body is None:
        raise TooLarge
    fields, upload = await parts_of(request.headers, body)
    site = site_of(request)
    sent = site.forms.checked(fields, seat.visit, site.now, is_theirs=True)
    if upload is not None and len(upload.data) > most:
        raise TooLarge
    return sent, upload


async def parts_of(headers: Headers, body: bytes) -> tuple[dict[str, list[str]], Upload | None]:
    """The fields of a form that was sent, and its file. Raises Forged."""

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        headers, whole(), max_files=1, max_fields=_MOST_FIELDS, max_part_size=len(body)
    )
    parser.spool_max_size = len(body) + 1  # in memory alone
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Forged("not a form that can be read") from error
    fields: dict[str, list[str]] = {}
    found: Upload | None = None
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
        elif name == "file" and value.filename:
            found = Upload(named(value.filename), await value.read())
    for spooled in parser._files_to_close_on_error:  # a part that was cut off is in no form
        spooled.close()
    return fields, found


def carried_of(sent: Sent) -> Upload:
    """The file that a page carried, in its fields `name` and `carried`. Raises Forged."""
    try:
        data = b64decode(sent.one("carried"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Forged("the file did not come back whole") from error
    return Upload(named(sent.one("name")), data)


def named(filename: str) -> str:
    """Without a folder, and with nothing that a file system or a page could trip over."""
    last = PurePath(filename.replace("\\", "/")).name
    shown = _NOT_IN_A_NAME.sub("_", last).strip(" .") or "file"
    stem, dot, suffix = shown.rpartition(".")
    return f"{_cut(stem or 'file')}{dot}{suffix[:8]}" if dot else _cut(shown)


def _cut(name: str) -> str:
    return name.encode()[:_LONGEST_NAME].decode(errors="ignore")
