"""A paper as a Word document, from a template that a partnership can edit in Word."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx.shared import Mm
from docxtpl import InlineImage  # type: ignore[import-untyped]

from digests.escaping import every_text
from digests.letters import printable
from digests.paper import Paper
from digests.paper_data import data_of
from digests.paper_words import set_apart, settled
from digests.word import TemplateBroken, Word, filled, fit
from digests.word_leftward import turned
from digests.word_tables import fitted
from surveys.typesetting import picture

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

MOST_COLUMNS = 8
"""Of a table in the template; what a paper has more stands in the last one, line by line."""

_WIDTH = 160
_NOTHING: Mapping[str, Any] = {"key": "", "title": "", "level": 2, "remark": "", "blocks": ()}


def docx_of(paper: Paper, own: Path | None = None) -> Word:
    """From `own` where it can be used; else from the program's, with what is wrong with `own`."""
    shown: Paper = every_text(set_apart(settled(paper)), fit)
    data = data_of(shown)
    if own is not None:
        try:
            return Word(_made(own, shown, data))
        except TemplateBroken as error:
            return Word(_made(shipped(), shown, data), str(error))
    return Word(_made(shipped(), shown, data))


def shipped() -> Path:
    """The template to start from."""
    return Path(str(files("digests"))) / "templates" / "paper.docx"


def _made(path: Path, paper: Paper, data: dict[str, Any]) -> bytes:
    return filled(
        path,
        lambda template: _context(template, data),
        written=datetime.combine(paper.dated, time()),
        dated=paper.dated,
        finish=lambda template: _finished(template, paper, is_ours=path == shipped()),
    )


def _finished(template: "DocxTemplate", paper: Paper, *, is_ours: bool) -> None:
    """Tables of a partnership's own template keep the widths that it gave them."""
    if is_ours:
        fitted(template.docx)
    turned(template.docx, paper.language)


def _context(template: "DocxTemplate", data: dict[str, Any]) -> Mapping[str, Any]:
    """What a template may name: the paper, and `part("status")`, a section by its key."""
    sections = [
        one | {"blocks": [_block(template, block) for block in one["blocks"]]}
        for one in data["sections"]
    ]
    by_key = {one["key"]: one for one in sections}

    def part(key: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = by_key.get(key, _NOTHING)
        return found

    return data | {"sections": sections, "part": part}


def _block(template: "DocxTemplate", block: dict[str, Any]) -> dict[str, Any]:
    """One of the paper, with what only Word needs: a picture to insert, a table that fits."""
    opens = block.get("opens")
    made = block | {"opens": opens[-1] if opens else ""}
    if made["kind"] == "picture":
        return made | {"image": _Drawing(template, block), "table": _narrowed(block["table"])}
    return made | {"table": _narrowed(block)} if made["kind"] == "table" else made


def _narrowed(table: dict[str, Any]) -> dict[str, Any]:
    names = table["columns"]
    if len(names) <= MOST_COLUMNS:
        return table
    last = MOST_COLUMNS - 1
    rows = [[*row[:last], _together(names[last:], row[last:])] for row in table["rows"]]
    return table | {"columns": [*names[:last], " · ".join(names[last:])], "rows": rows}


def _together(names: Sequence[str], cells: Sequence[str]) -> str:
    named = zip(names, cells, strict=True)
    return "\n".join(f"{name}: {cell}" for name, cell in named if cell)


class _Drawing(InlineImage):  # type: ignore[misc]
    """A picture with the words for those who cannot see it; drawn when a template asks for it."""

    def __init__(self, template: "DocxTemplate", block: dict[str, Any]) -> None:
        super().__init__(template, None, width=Mm(_WIDTH))
        self._block = block

    def _insert_image(self) -> str:
        labels = [one | {"words": printable(one["words"])} for one in self._block["labels"]]
        png = picture("digests", "drawing_png.typ", self._block | {"labels": labels})
        part = self.tpl.current_rendering_part
        inline = part.new_pic_inline(BytesIO(png), self.width, None)
        inline.docPr.set("descr", self._block["alt"])
        return (
            "</w:t></w:r><w:r><w:drawing>"
            f'{inline.xml}</w:drawing></w:r><w:r><w:t xml:space="preserve">'
        )
