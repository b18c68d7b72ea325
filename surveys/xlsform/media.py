"""Files beside a form: pictures that are shown, and lists of choices in CSV files."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from surveys.definition import Choice, Picture
from surveys.xlsform.files import decoded, table_of
from surveys.xlsform.headings import texts
from surveys.xlsform.languages import language_code
from surveys.xlsform.pictures import MOST_PIXELS, pixels_of
from surveys.xlsform.sheets import Findings, Row, Sheet, Where, sheet_of

MOST_PICTURE_BYTES = 300_000
MOST_PICTURES_BYTES = 6_000_000
MOST_LIST_BYTES = 2_000_000
MOST_LIST_ROWS = 20_000

_NAME = re.compile(r"[^/\\:*?\"<>|\x00-\x1f]{1,120}")
_SIGNS: Mapping[str, tuple[bytes, ...]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
}
_MEND = "Mend this line of the file."
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file, to be said at the cell that names it."""

    code: str
    problem: str
    remedy: str


@dataclass(slots=True)
class Media:
    """The folders in which a form's files may lie, and the pictures that were found there."""

    form: Path
    pictures: dict[str, Picture] = field(default_factory=dict)

    def find(self, name: str) -> Path | None:
        """The file of this plain name beside the form, or in its folder of media."""
        if not _NAME.fullmatch(name) or name.startswith("."):
            return None
        folder = self.form.parent
        for place in (folder, folder / f"{self.form.stem}-media", folder / "media"):
            try:
                found = (place / name).resolve()
                if found.is_file() and found.parent == place.resolve():
                    return found
            except (OSError, ValueError, RuntimeError):
                continue
        return None

    def where_it_goes(self) -> str:
        """What to tell the author of a missing file."""
        return (
            "Put the file beside the form, or into a folder"
            f" '{self.form.stem}-media' or 'media' beside it."
        )

    def of(self, row: Row, findings: Findings) -> dict[str, str]:
        """The pictures that a row names, by language; a bad one is a finding at its cell."""
        found: dict[str, str] = {}
        for language, printed in texts(row, "image").items():
            name = printed.removeprefix("jr://images/")
            if self._has(name, row.at(f"image::{language}"), findings):
                found[language] = name
        return found

    def _has(self, name: str, where: Where, findings: Findings) -> bool:
        if name in self.pictures:
            return True
        found = self._read(name)
        if isinstance(found, Picture):
            self.pictures[name] = found
            return True
        findings.add(where, found.code, found.problem, found.remedy)
        return False

    def _read(self, name: str) -> Picture | Fault:
        suffix = Path(name).suffix.lower()
        if suffix not in _SUFFIXES:
            return _wrong_picture(name, suffix)
        path = self.find(name)
        if path is None:
            return Fault("picture-missing", f"There is no picture '{name}'.", self.where_it_goes())
        try:
            if path.stat().st_size > MOST_PICTURE_BYTES:
                return _too_big(name)
            data = path.read_bytes()
        except OSError:
            return Fault(
                "picture-missing", f"The picture '{name}' cannot be read.", "Check the file."
            )
        media_type = _media_type(data)
        if media_type is None:
            return Fault(
                "not-a-picture",
                f"'{name}' is not a picture, whatever its name says.",
                "Save it as PNG, JPEG or WebP.",
            )
        if pixels_of(data, media_type) > MOST_PIXELS:
            return _too_wide(name)
        return self._fits(name, Picture(media_type, base64.b64encode(data).decode("ascii")))

    def _fits(self, name: str, picture: Picture) -> Picture | Fault:
        total = sum(len(other.content) for other in self.pictures.values()) + len(picture.content)
        if total * 3 / 4 <= MOST_PICTURES_BYTES:
            return picture
        return Fault(
            "picture-too-big",
            f"With '{name}' the pictures have more than {MOST_PICTURES_BYTES // 10**6} MB.",
            "Make them smaller, or show fewer.",
        )


def _wrong_picture(name: str, suffix: str) -> Fault:
    if suffix == ".svg":
        return Fault(
            "picture-not-supported",
            f"'{name}' is an SVG drawing; it can hold programs, and chats do not show it.",
            "Save it as PNG.",
        )
    return Fault(
        "picture-not-supported",
        f"'{name}' is not the name of a picture that can be shown.",
        "Save it as PNG, JPEG or WebP, and write its file name here.",
    )


def _too_big(name: str) -> Fault:
    return Fault(
        "picture-too-big",
        f"The picture '{name}' has more than {MOST_PICTURE_BYTES // 1000} kB.",
        "Make it smaller: 1,000 pixels wide is enough for a telephone.",
    )


def _too_wide(name: str) -> Fault:
    return Fault(
        "picture-too-big",
        f"The picture '{name}' has more than {MOST_PIXELS // 10**6} million pixels.",
        "Make it smaller: 1,000 pixels wide is enough for a telephone.",
    )


def _media_type(data: bytes) -> str | None:
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for kind, signs in _SIGNS.items() if data.startswith(signs)), None)


@dataclass(frozen=True, slots=True)
class FileColumns:
    """Which columns of a CSV file hold the stored value and what people read."""

    value: str = "name"
    label: str = "label"


def read_list(
    media: Media, name: str, columns: FileColumns | None, default: str
) -> tuple[Choice, ...] | Fault:
    """The rows of a CSV file as choices with all their cells; else what is wrong with it.

    Without `columns` the file is only looked into by expressions, and needs no name and label.
    """
    path = media.find(name)
    if path is None:
        return Fault("file-missing", f"There is no file '{name}'.", media.where_it_goes())
    sheet = _table(path)
    if isinstance(sheet, Fault):
        return sheet
    wanted = columns or FileColumns()
    missing = [one for one in (wanted.value, wanted.label) if one not in sheet.columns]
    if columns is not None and missing and not _is_translated(sheet, wanted, missing):
        return Fault(
            "file-column-missing",
            f"'{name}' has no column '{missing[0]}'.",
            "Add it, or say which columns to use: 'value=CODE label=TOWN' in 'parameters'.",
        )
    choices = tuple(_choice(row, wanted, default) for row in sheet.rows)
    return _checked(name, sheet, choices) if columns is not None else choices


def _table(path: Path) -> Sheet | Fault:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_LIST_BYTES else b""
    except OSError:
        return Fault("file-missing", f"The file '{path.name}' cannot be read.", "Check the file.")
    if size > MOST_LIST_BYTES:
        return Fault(
            "file-too-big",
            f"'{path.name}' has more than {MOST_LIST_BYTES // 10**6} MB.",
            "Leave out the rows and columns that the survey does not use.",
        )
    quiet = Findings(path.name)
    text = decoded(data, quiet)
    grid = [
        (number, cells)
        for number, cells in (table_of(text, quiet) if text is not None else [])
        if any(cells)
    ]
    sheet = sheet_of(path.name, grid, quiet) if grid else None
    if quiet.issues:
        return Fault(
            "file-not-read", f"'{path.name}': {quiet.issues[0].problem}", quiet.issues[0].remedy
        )
    if sheet is None or not sheet.rows or len(sheet.rows) > MOST_LIST_ROWS:
        return Fault(
            "file-not-read",
            f"'{path.name}' has no rows, or more than {MOST_LIST_ROWS:,}.",
            "Its first row holds the headings, each further row one choice.",
        )
    return sheet


def _is_translated(sheet: Sheet, wanted: FileColumns, missing: list[str]) -> bool:
    translated = any(heading.startswith(f"{wanted.label}::") for heading in sheet.columns)
    return missing == [wanted.label] and translated


def _choice(row: Row, wanted: FileColumns, default: str) -> Choice:
    labels = {default: row.get(wanted.label)}
    for heading, text in row.cells.items():
        column, _, language = heading.partition("::")
        code = language_code(language) if language else None
        if column == wanted.label and code:
            labels[code] = text
    return Choice(
        row.get(wanted.value),
        {code: text for code, text in labels.items() if text},
        # A blank cell of a file is there and blank, unlike one of the sheet 'choices': as in ODK.
        {heading: row.get(heading) for heading in row.sheet.columns if "::" not in heading},
    )


def _checked(name: str, sheet: Sheet, choices: tuple[Choice, ...]) -> tuple[Choice, ...] | Fault:
    seen: set[str] = set()
    for row, choice in zip(sheet.rows, choices, strict=True):
        if problem := _problem(choice, seen):
            return Fault("file-not-read", f"'{name}', line {row.number}: {problem}.", _MEND)
        seen.add(choice.name)
    return choices


def _problem(choice: Choice, seen: set[str]) -> str | None:
    if not choice.name:
        return "the value is blank"
    if " " in choice.name:
        return f"the value '{choice.name}' has a space"
    if choice.name in seen:
        return f"the value '{choice.name}' is there twice"
    return None if choice.labels else "the label is blank"
