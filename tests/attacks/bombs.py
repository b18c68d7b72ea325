"""Files that are made to harm whoever opens them: bombs of zip, XML and pictures, paths outside."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from docx import Document
from openpyxl import Workbook

SECRET = "root:x:0:0"
"""What a file of the machine would say, had it been read."""

LAUGHS = "<!DOCTYPE x [{}]>".format(
    '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
)
"""A billion laughs: ten entities, each of ten of the one before."""

OUTSIDE = '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'


def workbook(rows: Sequence[Sequence[str]], sheet: str = "plan") -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def document(rows: Sequence[Sequence[str]]) -> bytes:
    made, page = io.BytesIO(), Document()
    table = page.add_table(len(rows), len(rows[0]))
    for at, row in enumerate(rows):
        for place, words in enumerate(row):
            table.cell(at, place).text = words
    page.save(made)
    return made.getvalue()


def with_parts(data: bytes, **more: bytes) -> bytes:
    """The same zip with these parts put in, or in place of those that are there."""
    made = io.BytesIO()
    named = {name.replace("__", "/"): content for name, content in more.items()}
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, content in named.items():
            new.writestr(name, content)
    return made.getvalue()


def with_entities(data: bytes, part: str, doctype: str, word: str) -> bytes:
    """A document type before the part's XML, and its last entity in place of a word."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        xml = packed.read(part).decode()
    head, _, rest = (
        xml.partition("?>") if xml.startswith("<?xml") else ("<?xml version='1.0'", "", xml)
    )
    changed = f"{head}?>{doctype}{rest}".replace(f">{word}<", ">&a9;<")
    assert "&a9;<" in changed
    return with_parts(data, **{part: changed.encode()})


def unfolding(data: bytes, part: str, size: int = 101_000_000) -> bytes:
    """A zip with a part of very many noughts."""
    return with_parts(data, **{part: b"\0" * size})


def lying(data: bytes, part: str) -> bytes:
    """A zip bomb whose directory says that it is small."""
    bomb = unfolding(data, part)
    true, false = struct.pack("<I", 101_000_000), struct.pack("<I", 4_000)
    return bomb.replace(true, false)


def png(width: int, height: int) -> bytes:
    """A real picture of one colour in few bytes, however large it is."""
    row = zlib.compress(b"\0" * (1 + width // 8)) if width * height < 10**6 else b""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", row) + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def jpeg(width: int, height: int) -> bytes:
    """The head of one, with a comment before its frame."""
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"note"
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + comment + frame + b"\xff\xd9"


def webp(width: int, height: int) -> bytes:
    """The head of an extended one."""
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return b"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + size
