"""Where the rows and columns of a form's file are, so that advice can name its cell."""

from collections.abc import Iterator

from surveys.check.hints import Places
from surveys.xlsform import FormRead
from surveys.xlsform.headings import snake
from surveys.xlsform.sheets import Sheet


def places_of(read: FormRead) -> Places:
    """The places of a form that was read; the first row of a name where there are two."""
    rows: dict[tuple[str, str], int] = {}
    columns: dict[tuple[str, str], str] = {}
    for kind, sheet in read.sheets.items():
        for name, number in _rows(kind, sheet):
            rows.setdefault((kind, name), number)
        for heading, letter in sheet.columns.items():
            columns.setdefault((kind, snake(heading) if kind == "settings" else heading), letter)
    return Places(read.file, rows, columns)


def _rows(kind: str, sheet: Sheet) -> Iterator[tuple[str, int]]:
    for row in sheet.rows:
        name = {"settings": "", "choices": f"{row.get('list_name')}/{row.get('name')}"}
        yield name.get(kind, row.get("name")), row.number
