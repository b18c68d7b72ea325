"""A paper as a Word document that an officer edits: real headings, lists, tables, a picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from bot.papers.facts import Facts
from bot.papers.marked import tree_of
from bot.papers.marks import MARK
from bot.papers.picture import alternative, as_png, as_svg
from bot.papers.shelf import Paper

if TYPE_CHECKING:
    from docx.document import Document as Doc
    from docx.text.paragraph import Paragraph
    from markdown_it.tree import SyntaxTreeNode as Node

_LANDSCAPE = ("data-map",)
_MAIN, _SOFT = RGBColor(0x0F, 0x5F, 0x63), RGBColor(0x4D, 0x5B, 0x63)
_HEAD_SHADE, _OPEN_SHADE, _LINE = "E3F0EE", "FDF0D2", "BFC6C4"
_A4 = Cm(21.0), Cm(29.7)
_BOX = "☐"
"""What is ticked needs no bullet as well."""


@dataclass(frozen=True, slots=True)
class _Look:
    """How a piece of text is set; the same for all that is in it."""

    bold: bool = False
    italic: bool = False
    code: bool = False


def as_docx(paper: Paper, facts: Facts) -> bytes:
    """The document; its picture carries its text alternative."""
    document = Document()
    _set_up(document, paper, facts)
    writer = _Writer(document, facts, is_wide=paper.name in _LANDSCAPE)
    for node in tree_of(paper.text).children:
        writer.block(node)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


class _Writer:
    """Puts one block after another into the document."""

    def __init__(self, document: "Doc", facts: Facts, *, is_wide: bool) -> None:
        self._document = document
        self._facts = facts
        self._size = Pt(7.5) if is_wide else Pt(9)

    def block(self, node: "Node", style: str = "") -> None:
        """Whatever stands in a paper; what is not known there is set as its words."""
        match node.type:
            case "heading":
                level = int(node.tag[1:])
                self._fill(self._document.add_heading("", level=level - 1), node)
            case "bullet_list":
                self._list(node, "List Bullet", None)
            case "ordered_list":
                self._list(node, "List Number", self._restarted(int(node.attrs.get("start", 1))))
            case "table":
                self._table(node)
            case "blockquote":
                for child in node.children:
                    self.block(child, "Intense Quote")
            case "fence":
                self._code(node.content)
            case _:
                self._fill(self._document.add_paragraph(style=style or None), node)

    def _list(self, node: "Node", style: str, number: int | None, depth: int = 1) -> None:
        named = style if depth == 1 else f"{style} {depth}"
        for item in node.children:
            for place, child in enumerate(item.children):
                if child.type.endswith("_list"):
                    self._list(child, "List Bullet", None, depth + 1)
                elif place or child.type != "paragraph":
                    self.block(child)
                else:
                    is_box = _words(child).startswith(_BOX)
                    paragraph = self._document.add_paragraph(style="List" if is_box else named)
                    if number is not None:
                        _numbered(paragraph, number)
                    self._fill(paragraph, child)

    def _restarted(self, start: int) -> int:
        """A numbering of its own."""
        numbering: Any = self._document.part.numbering_part.element
        style: Any = self._document.styles["List Number"].element
        abstract = numbering.num_having_numId(style.pPr.numPr.numId.val).abstractNumId.val
        num = numbering.add_num(abstract)
        num.add_lvlOverride(ilvl=0).add_startOverride(start)
        return int(num.numId)

    def _code(self, text: str) -> None:
        for line in text.splitlines():
            paragraph = self._document.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.paragraph_format.left_indent = Cm(0.6)
            _set(paragraph, line, _Look(code=True))

    def _table(self, node: "Node") -> None:
        rows = [row for part in node.children for row in part.children]
        columns = len(rows[0].children)
        table = self._document.add_table(rows=0, cols=columns)
        table.style = "Table Grid"
        _pale(table)
        for number, row in enumerate(rows):
            cells = table.add_row().cells
            for cell, told in zip(cells, row.children, strict=True):
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(1)
                paragraph.paragraph_format.line_spacing = 1
                self._fill(paragraph, told, _Look(bold=number == 0))
                for run in paragraph.runs:
                    run.font.size = self._size
                if number == 0:
                    _shade(cell._tc.get_or_add_tcPr(), _HEAD_SHADE)
            _kept_whole(table.rows[-1], is_head=number == 0)
        _widths(table, rows)
        self._document.add_paragraph().paragraph_format.space_after = Pt(4)

    def _fill(self, paragraph: "Paragraph", node: "Node", look: _Look | None = None) -> None:
        for text, set_as, picture in _pieces(node, look or _Look()):
            if picture:
                self._picture(paragraph)
            else:
                _set(paragraph, text, set_as)

    def _picture(self, paragraph: "Paragraph") -> None:
        shape = paragraph.add_run().add_picture(
            BytesIO(as_png(as_svg(self._facts))), width=self._room()
        )
        shape._inline.docPr.set("descr", alternative(self._facts))

    def _room(self) -> int:
        section = self._document.sections[0]
        width, left, right = section.page_width, section.left_margin, section.right_margin
        assert width is not None
        assert left is not None
        assert right is not None
        return width - left - right


def _pieces(node: "Node", look: _Look) -> Iterator[tuple[str, _Look, bool]]:
    """The text of a block in runs: what it is, how it is set, and whether it is a picture."""
    for child in node.children:
        match child.type:
            case "text":
                yield child.content, look, False
            case "code_inline":
                yield child.content, _Look(look.bold, look.italic, code=True), False
            case "softbreak":
                yield " ", look, False
            case "hardbreak":
                yield "\n", look, False
            case "strong":
                yield from _pieces(child, _Look(True, look.italic, look.code))
            case "em":
                yield from _pieces(child, _Look(look.bold, True, look.code))
            case "image":
                yield "", look, True
            case _:
                yield from _pieces(child, look)


def _set(paragraph: "Paragraph", text: str, look: _Look) -> None:
    run = paragraph.add_run(text)
    run.bold, run.italic = look.bold or None, look.italic or None
    if look.code:
        run.font.name, run.font.size = "Consolas", Pt(9.5)
    if text.startswith(MARK):
        _shade(run._r.get_or_add_rPr(), _OPEN_SHADE)


def _shade(properties: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shade.set(qn(name), value)
    properties.append(shade)


def _numbered(paragraph: "Paragraph", number: int) -> None:
    properties: Any = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = number


def _pale(table: Any) -> None:
    """Grey lines instead of black ones."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("w:val", "single"), ("w:sz", "4"), ("w:color", _LINE)):
            line.set(qn(name), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _kept_whole(row: Any, *, is_head: bool) -> None:
    """A row does not break over pages; the head comes again on each."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def _widths(table: Any, rows: "list[Node]") -> None:
    """Columns as wide as their texts ask for, none too narrow for a word."""
    columns = range(len(rows[0].children))
    texts = [[_words(row.children[column]) for row in rows] for column in columns]
    shares = [_share(column) for column in texts]
    section = table.part.document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    table.autofit = False
    for column, share in enumerate(shares):
        width = int(room * share / sum(shares))
        table.columns[column].width = width
        for cell in table.columns[column].cells:
            cell.width = width


def _share(texts: list[str]) -> float:
    """What a column asks for: room for its longest word, more for long texts."""
    word = max(len(word) for text in texts for word in text.split() or [""])
    longest = max(map(len, texts))
    return float(max(word + 2, 2.4 * min(longest, 160) ** 0.6))


def _words(node: "Node") -> str:
    return "".join(text for text, _, _ in _pieces(node, _Look()))


def _set_up(document: "Doc", paper: Paper, facts: Facts) -> None:
    section = document.sections[0]
    is_wide = paper.name in _LANDSCAPE
    section.page_width, section.page_height = _A4
    if is_wide:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = _A4[1], _A4[0]
    section.left_margin = section.right_margin = Cm(1.4 if is_wide else 2)
    section.top_margin = section.bottom_margin = Cm(1.2 if is_wide else 1.8)
    properties = document.core_properties
    properties.title, properties.author = paper.kind.title, facts.partnership.name
    properties.language = "en-GB"
    _styles(document)
    foot = section.footer.paragraphs[0]
    _set(foot, f"{paper.kind.title} – {facts.partnership.name} – page ", _Look())
    _page_number(foot)
    style: Any = document.styles["Footer"]
    style.font.size, style.font.color.rgb = Pt(8.5), _SOFT


def _styles(document: "Doc") -> None:
    styles: Any = document.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Calibri", Pt(11)
    sizes = {"Title": 24, "Heading 1": 16, "Heading 2": 13, "Heading 3": 11.5}
    for name, size in sizes.items():
        font = styles[name].font
        font.name, font.size, font.color.rgb = "Calibri", Pt(size), _MAIN
        fonts = styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    styles["Intense Quote"].font.color.rgb = _MAIN


def _page_number(paragraph: "Paragraph") -> None:
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element: Any = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)
