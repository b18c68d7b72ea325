"""Word documents from templates that a partnership can edit in Word; the weekly digest as one.

The template is filled in a sandbox, and every text is escaped: what people wrote stays text.
"""

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from digests.picture import SECTIONS, Picture
from digests.sheet import Sheet, sheet_of

if TYPE_CHECKING:
    from docxtpl import DocxTemplate  # type: ignore[import-untyped]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BRACES = re.compile(r"(?<=[{}%])_(?=[{}%])")
_TAG = re.compile(r"\{[{%].*?[%}]\}")


class TemplateBroken(ValueError):
    """A partnership's own template cannot be used; the message says which, why, and the remedy."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"digests.template: {path.name}: {problem}. The program's own template was used. "
            "Mend the file in Word, or take the setting out."
        )


@dataclass(frozen=True, slots=True)
class Word:
    """The document, and what was wrong with the partnership's own template, if anything."""

    content: bytes
    problem: str = ""


def as_docx(picture: Picture, own: Path | None = None) -> Word:
    """From the partnership's own template where there is one that can be used."""
    sheet = sheet_of(picture, fit)
    if own is not None:
        try:
            return Word(_filled(own, sheet, picture))
        except TemplateBroken as error:
            return Word(_filled(shipped(), sheet, picture), str(error))
    return Word(_filled(shipped(), sheet, picture))


def shipped() -> Path:
    """The template to start from."""
    return Path(str(files("digests"))) / "templates" / "weekly.docx"


def fit(text: str) -> str:
    """Without what XML cannot hold, and without the signs that docxtpl reads as braces."""
    return _BRACES.sub("\u2060_\u2060", _NOT_XML.sub("\ufffd", text))


def own_for(setting: Path | None, kind: str) -> Path | None:
    """The partnership's own template for a kind of report.

    `setting` is a folder with a template for each kind ("weekly.docx", "highlight.docx", and
    "paper.docx" for all that have none of their own), or one file, which is the weekly digest's.
    """
    if setting is None or not setting.is_dir():
        return setting if kind == "weekly" else None
    names = (f"{kind}.docx",) if kind == "weekly" else (f"{kind}.docx", "paper.docx")
    return next((path for name in names if (path := setting / name).is_file()), None)


def _filled(path: Path, sheet: Sheet, picture: Picture) -> bytes:
    moment = picture.as_at.replace(tzinfo=None)
    end = picture.digest.period.end
    return filled(path, lambda _: _context(sheet), written=moment, dated=end)


def filled(
    path: Path,
    context: Callable[["DocxTemplate"], Mapping[str, Any]],
    *,
    written: datetime,
    dated: date,
    finish: Callable[["DocxTemplate"], None] = lambda _: None,
) -> bytes:
    """The document. `finish` sees it once it is filled. Raises TemplateBroken."""
    from docxtpl import DocxTemplate

    try:
        template = DocxTemplate(path)
        template.render(context(template), _sandbox(), autoescape=True)
        finish(template)
        _dated(template, written)
        file = BytesIO()
        template.save(file)
    except Exception as error:  # a file of theirs may be broken in any way
        raise TemplateBroken(path, _explained(error)) from error
    return _steady(file.getvalue(), dated)


def _sandbox() -> SandboxedEnvironment:
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _context(sheet: Sheet) -> Mapping[str, Any]:
    """What a template may name: all of the sheet, and each section by its own name as well."""
    sections = [{**asdict(one), "heading": one.heading} for one in sheet.sections]
    nothing = {"title": "", "heading": "", "total": 0, "rows": (), "columns": (), "remark": ""}
    by_name = dict.fromkeys((*SECTIONS, "colours"), nothing)
    named = {one["key"]: one for one in sections}
    return {**asdict(sheet), **by_name, **named, "sections": sections}


def _dated(template: "DocxTemplate", written: datetime) -> None:
    properties = template.docx.core_properties
    properties.created = properties.modified = written
    properties.revision = 1


def _steady(made: bytes, dated: date) -> bytes:
    """The same picture gives the same bytes: nothing in the file says when it was written."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(made)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (dated.year, dated.month, dated.day, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, old.read(name))
    return file.getvalue()


def _explained(error: Exception) -> str:
    """What is wrong with a template, and where. It is the template's own text, nobody's words."""
    if not isinstance(error, TemplateError):
        return "it is not a Word document (.docx), or is damaged"
    near = [tag for line in getattr(error, "docx_context", ()) for tag in _TAG.findall(line)]
    where = f" near {near[-1]}" if near else ""
    return f"it cannot be filled in{where}: {error.message}"
