"""Builds digests/templates/weekly.docx: what ships is what stands here, and can be edited in Word.

UPDATE_GOLDEN=1 with test_word.py writes it anew.
"""

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell

_ACCENT, _SOFT = RGBColor(0x0B, 0x51, 0x60), RGBColor(0x44, 0x4F, 0x5C)
_WIDTHS = {2: (106, 74), 3: (68, 62, 50), 4: (64, 38, 28, 50), 5: (48, 30, 32, 34, 36)}
_PAGE = (210, 297, 15)


def built() -> bytes:
    """The template as it ships."""
    document = Document()
    _page(document)
    _styles(document)
    _head(document)
    _glance(document)
    _sections(document)
    _tail(document)
    properties = document.core_properties
    properties.title, properties.language = "{{ title }}: {{ period }}", "en-GB"
    properties.author = properties.comments = properties.last_modified_by = ""
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _page(document: Any) -> None:
    width, height, margin = _PAGE
    section = document.sections[0]
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = Mm(margin)
    section.top_margin, section.bottom_margin = Mm(margin), Mm(margin + 3)
    section.footer_distance = Mm(8)
    foot = section.footer.paragraphs[0]
    foot.style.font.size, foot.style.font.color.rgb = Pt(8), _SOFT
    foot.add_run("{{ title }}, {{ period }}. {{ as_at }}. {{ page }} ")
    _field(foot, "PAGE")


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)


def _styles(document: Any) -> None:
    styles = document.styles
    _font(styles["Normal"], 9.5, before=0, after=3)
    _font(styles["Title"], 22, before=0, after=2, color=_ACCENT, bold=True)
    _plain_border(styles["Title"])
    _font(styles["Subtitle"], 11.5, before=0, after=2, color=RGBColor(0, 0, 0), bold=True)
    styles["Subtitle"].font.italic = False
    _font(styles["Heading 1"], 13, before=13, after=3, color=_ACCENT, bold=True)
    for name, size, after, color in (
        ("Opening", 10.5, 4, None),
        ("Remark", 9.5, 3, None),
        ("Small print", 8.5, 3, _SOFT),
        ("Cell", 9, 0, None),
        ("Header cell", 8.5, 0, None),
        ("Number", 17, 0, None),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        bold = name in ("Remark", "Header cell", "Number")
        _font(style, size, before=0, after=after, color=color, bold=bold)
    for name in ("Heading 1", "Remark"):
        styles[name].paragraph_format.keep_with_next = True
    shaded = styles["Opening"].element.get_or_add_pPr()
    shaded.insert_element_before(_shade("FDF3DC"), "w:spacing")
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _font(
    style: Any,
    size: float,
    *,
    before: float,
    after: float,
    color: RGBColor | None = None,
    bold: bool = False,
) -> None:
    style.font.name, style.font.size, style.font.bold = "Calibri", Pt(size), bold
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in list(fonts.attrib):
        if kind.endswith("Theme"):
            del fonts.attrib[kind]
    if color is not None:
        style.font.color.rgb = color
    style.paragraph_format.space_before = Pt(before)
    style.paragraph_format.space_after = Pt(after)
    style.paragraph_format.line_spacing = 1.05


def _plain_border(style: Any) -> None:
    for border in style.element.findall(".//" + qn("w:pBdr")):
        border.getparent().remove(border)


def _head(document: Any) -> None:
    document.add_paragraph("{{ title }}", "Title")
    document.add_paragraph("{{ period }}", "Subtitle")
    document.add_paragraph("{{ of }}", "Small print")
    document.add_paragraph("{{ as_at }}.", "Small print")
    document.add_paragraph("{%p for line in opening %}")
    document.add_paragraph("{{ line }}", "Opening")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{{ whose }}", "Small print")


def _glance(document: Any) -> None:
    table = _table(document, [30] * 6)
    for place, (header, number) in enumerate(
        zip(table.rows[0].cells, _row(table).cells, strict=True)
    ):
        _write(header, f"{{{{ glance[{place}].label }}}}", "Header cell")
        _write(number, f"{{{{ glance[{place}].number }}}}", "Number")
    _finish(table)


def _sections(document: Any) -> None:
    document.add_paragraph("{%p for section in sections %}")
    document.add_paragraph("{{ section.heading }}", "Heading 1")
    _where(document, "section.remark", "Remark")
    _where(document, "section.caption", "Small print")
    for count, widths in _WIDTHS.items():
        document.add_paragraph(f"{{%p if section.rows and section.columns|length == {count} %}}")
        _rows(document, widths)
        document.add_paragraph("{%p endif %}")
    _where(document, "section.more", "Small print")
    _where(document, "section.note", "Small print")
    document.add_paragraph("{%p endfor %}")


def _where(document: Any, name: str, style: str, text: str = "") -> None:
    document.add_paragraph(f"{{%p if {name} %}}")
    document.add_paragraph(text or f"{{{{ {name} }}}}", style)
    document.add_paragraph("{%p endif %}")


def _rows(document: Any, widths: tuple[int, ...]) -> None:
    table = _table(document, list(widths))
    for place, cell in enumerate(table.rows[0].cells):
        _write(cell, f"{{{{ section.columns[{place}] }}}}", "Header cell")
    _write(_row(table).cells[0], "{%tr for row in section.rows %}", "Cell")
    for place, cell in enumerate(_row(table).cells):
        _write(cell, f"{{{{ row[{place}] }}}}", "Cell")
    _write(_row(table).cells[0], "{%tr endfor %}", "Cell")
    _finish(table)


def _table(document: Any, widths: list[int]) -> Table:
    table: Table = document.add_table(rows=1, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _row(table: Table) -> Any:
    return table.add_row()  # type: ignore[no-untyped-call]


def _write(cell: _Cell, text: str, style: str) -> None:
    cell.paragraphs[0].text = text
    cell.paragraphs[0].style = style


def _finish(table: Table) -> None:
    """A header row that comes again on each page, rows that are not torn, and thin lines."""
    for row in table.rows:
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        for cell, column in zip(row.cells, table.columns, strict=True):
            cell.width = column.width
    header = table.rows[0]
    header._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in header.cells:
        cell._tc.get_or_add_tcPr().append(_shade("E6F1F2"))
    properties = table._tbl.tblPr
    after = ("w:tblLayout", "w:tblCellMar", "w:tblLook")
    properties.insert_element_before(_lines(), "w:shd", *after)
    properties.insert_element_before(_margins(), "w:tblLook")


def _lines() -> Any:
    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "BFBFBF")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    return borders


def _margins() -> Any:
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 50), ("left", 90), ("bottom", 50), ("right", 90)):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(width))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    return margins


def _shade(fill: str) -> Any:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shade.set(qn(f"w:{name}"), value)
    return shade


def _tail(document: Any) -> None:
    _where(document, "quiet", "Normal")
    document.add_paragraph("{{ source }}", "Small print")
