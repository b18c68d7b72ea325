"""What a file of a form really is, and its cells: workbook, CSV or Markdown table."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from surveys.xlsform.sheets import NOWHERE, Findings, Grid
from surveys.xlsform.workbooks import MOST_ROWS, cell_text, from_xls, from_xlsx, too_long

SUFFIXES = (".xlsx", ".xls", ".csv", ".md")
MOST_BYTES = 10_000_000

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[|\s:-]+")

_OTHER_FILES = {
    ".xlsm": "Save it as 'Excel Workbook (.xlsx)', without macros.",
    ".xltx": "Save it as 'Excel Workbook (.xlsx)'; this is a template.",
    ".xlsb": "Save it as 'Excel Workbook (.xlsx)'.",
    ".ods": "Save it as 'Excel Workbook (.xlsx)' in LibreOffice.",
    ".numbers": "Export it to Excel (.xlsx) in Numbers.",
    ".gsheet": "Download it as Microsoft Excel (.xlsx) in Google Sheets.",
    ".xml": "This is what a form becomes; give the workbook that it was made from.",
    ".docx": "Put the questions into an Excel workbook with the sheets survey and choices.",
    ".pdf": "Put the questions into an Excel workbook with the sheets survey and choices.",
}


def read_file(path: Path, findings: Findings) -> tuple[bytes, str] | None:
    """The file's content and suffix, or a finding why it is not opened."""
    suffix = path.suffix.lower()
    if path.is_dir():
        findings.add(NOWHERE, "unreadable", "This is a folder.", "Give the file of the form.")
        return None
    if suffix not in SUFFIXES:
        findings.add(
            NOWHERE,
            "wrong-extension",
            f"A survey cannot be read from a file called '{path.suffix or path.name}'.",
            _OTHER_FILES.get(
                suffix, "Save it as an Excel workbook (.xlsx or .xls), or as .csv or .md."
            ),
        )
        return None
    data = read_bytes(path, findings)
    if data is None or not _is_what_its_name_says(data, suffix, findings):
        return None
    return data, suffix


def read_bytes(path: Path, findings: Findings) -> bytes | None:
    """The file's content, or a finding why not."""
    try:
        if path.stat().st_size <= MOST_BYTES:
            if not path.is_file():  # a device would be read without end
                raise IsADirectoryError
            return path.read_bytes()
    except FileNotFoundError:
        findings.add(
            NOWHERE, "unreadable", "There is no such file.", "Check its name and its folder."
        )
        return None
    except (OSError, ValueError):
        findings.add(
            NOWHERE,
            "unreadable",
            "The file cannot be read.",
            "Check that it is a file, and that you may open it.",
        )
        return None
    findings.add(
        NOWHERE,
        "too-big",
        f"The file is larger than {MOST_BYTES // 10**6} MB.",
        "Remove pictures and sheets that do not belong to the form.",
    )
    return None


def _is_what_its_name_says(data: bytes, suffix: str, findings: Findings) -> bool:
    """Sniffs at the first bytes: a renamed file says nothing useful once a parser fails on it."""
    if data.startswith(_OLE) and _ENCRYPTED in data:
        findings.add(
            NOWHERE,
            "password-protected",
            "The workbook is protected by a password.",
            "Open it, take the password off (File, Info, Protect Workbook) and save it again.",
        )
        return False
    is_old, is_new = data.startswith(_OLE), data.startswith(_ZIP)
    wanted = ".xls" if is_old else ".xlsx" if is_new else None
    if wanted is None or wanted == suffix:
        return True
    what = "an Excel workbook" if is_new else "an old Excel workbook (from before 2007)"
    findings.add(
        NOWHERE,
        "not-what-its-name-says",
        f"The file is {what}, or another Office file, but its name ends in '{suffix}'.",
        f"Rename it so that it ends in '{wanted}', or open it in Excel and save it as .xlsx.",
    )
    return False


def grids_of(data: bytes, suffix: str, findings: Findings) -> dict[str, Grid]:
    """The cells of each sheet by the sheet's name."""
    return _READERS[suffix](data, findings)


def decoded(data: bytes, findings: Findings) -> str | None:
    """Text in UTF-8, or a finding."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" not in text:
        return text
    findings.add(
        NOWHERE,
        "not-text",
        "The file is not text in UTF-8.",
        "Save it as 'CSV UTF-8', or give the Excel workbook itself.",
    )
    return None


def table_of(text: str, findings: Findings) -> list[tuple[int, list[str]]]:
    """The rows of comma-separated values, each with the number of its (last) line."""
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: list[tuple[int, list[str]]] = []
    try:
        while (row := next(reader, None)) is not None:
            rows.append((reader.line_num, [cell_text(value) for value in row]))
    except csv.Error:
        findings.add(
            (None, reader.line_num, None),
            "not-csv",
            "The line cannot be read as comma-separated values.",
            "Check its quotation marks.",
        )
    return rows


def _from_csv(data: bytes, findings: Findings) -> dict[str, Grid]:
    text = decoded(data, findings)
    return {} if text is None else _by_first_cell(table_of(text, findings), findings)


def _from_markdown(data: bytes, findings: Findings) -> dict[str, Grid]:
    text = decoded(data, findings)
    return {} if text is None else _by_first_cell(_table_lines(text), findings)


def _table_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        plain = line.strip()
        if plain.startswith("|") and not _RULE.fullmatch(plain):
            cells = _PIPE.split(plain[1:].removesuffix("|"))
            yield number, [cell.strip().replace(r"\|", "|") for cell in cells]


def _by_first_cell(rows: Iterable[tuple[int, list[str]]], findings: Findings) -> dict[str, Grid]:
    """A filled first cell names the sheet of the rows that follow."""
    grids: dict[str, Grid] = {}
    name = ""
    for number, cells in rows:
        name = (cells[0] if cells else "") or name
        if name:
            grid = grids.setdefault(name, [])
            if any(cells[1:]):
                grid.append((number, ["", *cells[1:]]))
            if len(grid) > MOST_ROWS:
                too_long(name, number, findings)
                break
    return grids


_READERS = {".xlsx": from_xlsx, ".xls": from_xls, ".csv": _from_csv, ".md": _from_markdown}
