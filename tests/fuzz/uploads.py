"""Files that a form of the board brings, and those that a page carried and sent back."""

from base64 import b64encode
from contextlib import suppress

from starlette.datastructures import Headers

from bot.web.board.uploads import Upload, carried_of, parts_of
from bot.web.forms import Forged, Sent
from tests.fuzz.pages import _at_once
from tests.fuzz.target import Target, text_of

_EDGE = "edge"
_HEADERS = Headers({"content-type": f"multipart/form-data; boundary={_EDGE}"})


def _part(name: str, words: bytes, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    head = f'--{_EDGE}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + words + b"\r\n"


def run_upload(data: bytes) -> None:
    """The body of a form: any bytes at all."""
    with suppress(Forged):
        fields, upload = _at_once(parts_of(_HEADERS, data))
        assert all(isinstance(one, str) for several in fields.values() for one in several)
        assert upload is None or not {"/", "\\", "\x00"} & set(upload.name)


def run_carried(data: bytes) -> None:
    """What a page carried, after somebody else had a hand in it."""
    name, _, rest = text_of(data).partition("\n")
    with suppress(Forged):
        found = carried_of(Sent({"name": [name], "carried": [rest]}))
        assert found.name
        assert carried_of(Sent({"name": [name], "carried": [found.carried]})) == found


def _uploads() -> list[bytes]:
    end = f"--{_EDGE}--\r\n".encode()
    file = _part("file", b"Ref,Action\n1.1,Train", "../plan.csv")
    return [_part("form", b"sealed") + _part("do", b"preview") + file + end, file + end, end]


def _carried() -> list[bytes]:
    upload = Upload("plan.csv", b"Ref,Action\n1.1,Train")
    return [f"{upload.name}\n{upload.carried}".encode(), b"x\n" + b64encode(b"\x00\xff")]


TARGETS = (
    Target("upload", run_upload, _uploads, ("bot.web.board.uploads",), ("--edge", "name=", "\r\n")),
    Target("carried-file", run_carried, _carried, ("bot.web.board.uploads",), ("==", "\n")),
)
