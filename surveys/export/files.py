"""Rows into CSV and XLSX files, one row at a time, and the description that lies beside them.

What people and authors wrote is data: a cell that a spreadsheet would take for a formula gets an
apostrophe before it.
"""

import csv
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO

Value = str | int | None

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_LONGEST = 32_000
_MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what it holds for people, and which codes mean what."""

    name: str
    title: str
    type: str = "string"
    categories: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TableFile:
    """What is written: the columns, and what must be read before the rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    notice: tuple[str, ...] = field(default=())


def safe_cell(value: Value) -> Value:
    """The value as no spreadsheet can run it."""
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("", value)[:_LONGEST]
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    return (
        f"'{text}"
        if text.lstrip(" \u00a0\ufeff").startswith(_RISKY) or text[:1] in _RISKY
        else text
    )


def write_csv(
    table: TableFile, rows: Iterable[Sequence[Value]], out: Path
) -> tuple[int, list[Path]]:
    """A CSV file that Excel reads as UTF-8, its description, and its notice as a text file."""
    with _for_owner(out) as file:
        writer = csv.writer(file)
        writer.writerow([safe_cell(column.name) for column in table.columns])
        count = 0
        for row in rows:
            writer.writerow([safe_cell(value) for value in row])
            count += 1
    package = out.with_name(f"{out.stem}.datapackage.json")
    description = json.dumps(_package(table, out.name), ensure_ascii=False, indent=2) + "\n"
    with _for_owner(package, encoding="utf-8") as file:
        file.write(description)
    readme = out.with_name(f"{out.stem}.README.txt")
    with _for_owner(readme, encoding="utf-8") as file:
        file.write("\n".join(table.notice) + "\n")
    return count, [out, package, readme]


def write_xlsx(
    table: TableFile, rows: Iterable[Sequence[Value]], out: Path
) -> tuple[int, list[Path]]:
    """A workbook: what to read first, the rows, and what the columns hold."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    book = Workbook(write_only=True)
    first = book.create_sheet("Read first")
    first.column_dimensions["A"].width = 100
    for line in table.notice:
        cell = WriteOnlyCell(first, safe_cell(line))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        first.append([cell])
    headings = [safe_cell(column.name) for column in table.columns]
    count = 0
    sheet = None
    for row in chain([None], rows):
        if sheet is None or (row is not None and count % _MOST_ROWS == 0 and count):
            sheet = book.create_sheet("Data" if not count else f"Data {count // _MOST_ROWS + 1}")
            sheet.freeze_panes = "A2"
            sheet.append(headings)
        if row is not None:
            sheet.append([_number(value) for value in row])
            count += 1
    about = book.create_sheet("Columns")
    about.append(["column", "meaning", "code", "label"])
    for column in table.columns:
        for code, label in column.categories or (("", ""),):
            about.append([safe_cell(v) for v in (column.name, column.title, code, label)])
    out.touch(mode=0o600)
    book.save(out)
    return count, [out]


def _number(value: Value) -> str | int | float | None:
    """Plain numbers as numbers, so that a spreadsheet can count with them."""
    if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value) and not _is_code(value):
        return float(value) if "." in value else int(value)
    return safe_cell(value)


def _is_code(text: str) -> bool:
    """Digits with a nought before them are a code; a spreadsheet would drop it."""
    return text.lstrip("-").startswith("0") and len(text.lstrip("-")) > 1 and "." not in text


@contextmanager
def _for_owner(path: Path, encoding: str = "utf-8-sig") -> Iterator[IO[str]]:
    """A new file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding=encoding, newline="") as file:
        yield file


def _package(table: TableFile, file: str) -> dict[str, object]:
    """A Frictionless Data Package that describes the CSV file beside it."""
    resource = {
        "name": re.sub(r"[^a-z0-9._-]+", "-", table.name.lower()).strip("-") or "data",
        "path": file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": [_field(c) for c in table.columns], "missingValues": ["", "c"]},
    }
    return {
        "name": resource["name"],
        "title": table.title,
        "description": " ".join(table.notice),
        "profile": "tabular-data-package",
        "resources": [resource | {"profile": "tabular-data-resource"}],
    }


def _field(column: Column) -> dict[str, object]:
    described: dict[str, object] = {
        "name": column.name,
        "title": column.title,
        "type": column.type,
    }
    if column.categories:
        described["categories"] = [{"value": v, "label": text} for v, text in column.categories]
    return described
