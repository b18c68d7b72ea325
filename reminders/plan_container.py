"""What a file really is, by its content, and whether it is safe to open: before any parser runs."""

import zipfile
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path

from storage.issues import Issue, Place

LARGEST_FILE = 10_000_000
LARGEST_UNPACKED = 100_000_000
MOST_PARTS = 5_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AS = "Save it as an Excel workbook (.xlsx) or as CSV, and give that."


class Kind(StrEnum):
    """The three kinds of file a plan may come in."""

    WORKBOOK = "an Excel workbook"
    WORD = "a Word document"
    TEXT = "a text table (CSV)"


_SUFFIXES = {
    Kind.WORKBOOK: (".xlsx", ".xlsm", ".xltx"),
    Kind.WORD: (".docx", ".docm"),
    Kind.TEXT: (".csv", ".tsv", ".txt"),
}


@dataclass(frozen=True, slots=True)
class Container:
    """A file that may be parsed: what it is, and its bytes."""

    kind: Kind
    data: bytes


def open_container(path: Path) -> Container | Issue:
    """The file as what it is, or the one thing that keeps it shut."""
    data = _bytes_of(path)
    if isinstance(data, Issue):
        return data
    kind = _kind_of(path, data)
    if isinstance(kind, Issue):
        return kind
    if path.suffix.lower() not in _SUFFIXES[kind]:
        wanted = _SUFFIXES[kind][0]
        return _issue(
            path,
            "not-what-its-name-says",
            f"The file is {kind}, but its name ends in {path.suffix or 'nothing'}.",
            f"Rename it to end in {wanted}, or give the file that was meant.",
        )
    return Container(kind, data)


def _issue(path: Path, code: str, problem: str, remedy: str) -> Issue:
    return Issue(Place(path.name), code, problem, remedy)


def _bytes_of(path: Path) -> bytes | Issue:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            return _issue(
                path,
                "file-too-large",
                f"The file has {size / 1e6:.1f} MB; a plan has at most {LARGEST_FILE // 10**6} MB.",
                "Remove pictures and sheets that are not the plan, or give the right file.",
            )
        if not (path.is_file() or path.is_dir()):
            raise OSError(0, "it is a device, and no file")
        data = path.read_bytes()
    except OSError as error:
        return _issue(
            path,
            "file-not-readable",
            f"The file could not be opened: {error.strerror or 'unknown reason'}.",
            "Check the name and the folder, and that you may read it.",
        )
    if not data.strip():
        return _issue(path, "file-empty", "The file is empty.", "Give the file that has the plan.")
    return data


def _kind_of(path: Path, data: bytes) -> Kind | Issue:
    if data.startswith(b"PK"):
        return _zip_kind(path, data)
    if data.startswith(_OLE):
        return _ole(path, data)
    if data.startswith(b"%PDF"):
        return _issue(
            path,
            "not-a-plan-file",
            "The file is a PDF; tables cannot be read from it reliably.",
            "Ask for the Excel or Word file, or copy the table into a workbook.",
        )
    if data.lstrip()[:5].lower() in {b"<html", b"<!doc", b"<?xml"}:
        return _issue(path, "not-a-plan-file", "The file is a web page or XML.", _SAVE_AS)
    if b"\0" in data and not data.startswith(_UTF16):
        return _issue(path, "not-a-plan-file", "The file is not a workbook nor text.", _SAVE_AS)
    return Kind.TEXT


def _ole(path: Path, data: bytes) -> Issue:
    if _ENCRYPTED_PACKAGE in data:
        return _issue(
            path,
            "password-protected",
            "The file is protected by a password.",
            "Open it, remove the password (File, Info, Protect) and save it again.",
        )
    return _issue(
        path,
        "old-format",
        "The file is in the format of Office before 2007 (.xls or .doc).",
        "Open it and save it as .xlsx or .docx.",
    )


def _zip_kind(path: Path, data: bytes) -> Kind | Issue:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        return _issue(
            path,
            "file-damaged",
            "The file is damaged or was not copied whole.",
            "Open it in Excel or Word, let it be repaired, and save it again.",
        )
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
        return _issue(
            path,
            "file-too-large",
            f"Unpacked, the file has over {LARGEST_UNPACKED // 10**6} MB or too many parts.",
            "Copy the plan's sheets into a new workbook, save it, and give that.",
        )
    return _office_kind(path, {part.filename for part in parts})


def _office_kind(path: Path, names: set[str]) -> Kind | Issue:
    if "xl/workbook.xml" in names:
        return Kind.WORKBOOK
    if "word/document.xml" in names:
        return Kind.WORD
    return _issue(
        path, "not-a-plan-file", "The file is an archive, not an Excel or Word file.", _SAVE_AS
    )
