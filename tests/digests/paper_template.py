"""Builds digests/templates/paper.docx: what ships is what stands here, and can be edited in Word.

UPDATE_GOLDEN=1 with test_paper_word.py writes it anew.
"""

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from digests.paper_word import MOST_COLUMNS
from tests.digests.word_template import (
    _ACCENT,
    _SOFT,
    _field,
    _finish,
    _font,
    _page,
    _plain_border,
    _row,
    _shade,
    _table,
    _where,
    _write,
)

_WHOLE = 178
_AMBER = RGBColor(0x7A, 0x41, 0x00)
_STYLES = (
    ("Opening", 10.5, 4, None, False),
    ("Remark", 10, 4, None, True),
    ("Small print", 8.5, 4, _SOFT, False),
    ("Not there", 10, 4, _SOFT, False),
    ("To decide", 10, 4, None, True),
    ("Own words", 10, 4, None, False),
    ("Table title", 9, 3, None, True),
    ("Picture", 10, 4, None, False),
    ("Label", 8.5, 1, _AMBER, True),
    ("What was said", 12, 2, None, True),
    ("Reply label", 8.5, 1, _ACCENT, True),
    ("Cell", 9, 0, None, False),
    ("Header cell", 8.5, 0, None, True),
    ("Number", 15, 0, None, True),
)
_KEPT = ("Remark", "Table title", "Label", "What was said", "Reply label", "Picture")
_SHADES = {"Opening": "FDF3DC", "To decide": "FDF3DC", "Label": "FDF3DC", "What was said": "FDF3DC"}
_EDGES = {"Own words": "BFBFBF", "Not there": "BFBFBF", "To decide": "8A4B00"}


def built() -> bytes:
    """The template as it ships."""
    document = Document()
    _page(document)
    foot = document.sections[0].footer.paragraphs[0]
    for run in list(foot._p):
        foot._p.remove(run)
    foot.add_run("{{ foot }}. {{ page }} ")
    _field(foot, "PAGE")
    _styles(document)
    _head(document)
    _sections(document)
    _where(document, "not sections", "Normal", "{{ nothing }}")
    _where(document, "source", "Small print")
    properties = document.core_properties
    properties.title, properties.language = "{{ heading }}", "en-GB"
    properties.author = properties.comments = properties.last_modified_by = ""
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _styles(document: Any) -> None:
    styles = document.styles
    _font(styles["Normal"], 10, before=0, after=5)
    _font(styles["Title"], 22, before=0, after=2, color=_ACCENT, bold=True)
    _plain_border(styles["Title"])
    _font(styles["Subtitle"], 11.5, before=0, after=2, color=RGBColor(0, 0, 0), bold=True)
    styles["Subtitle"].font.italic = False
    _font(styles["Heading 1"], 14, before=15, after=4, color=_ACCENT, bold=True)
    _font(styles["Heading 2"], 11.5, before=11, after=3, color=_ACCENT, bold=True)
    for name in ("List Bullet", "List Number"):
        _font(styles[name], 10, before=0, after=2)
    for name, size, after, color, bold in _STYLES:
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        _font(style, size, before=0, after=after, color=color, bold=bold)
        style.paragraph_format.keep_with_next = name in _KEPT
        if name == "Label":
            style.paragraph_format.space_before = Pt(8)
        properties = style.element.get_or_add_pPr()
        if name in _EDGES:
            properties.insert_element_before(_edge(_EDGES[name]), "w:shd", "w:spacing")
        if name in _SHADES:
            properties.insert_element_before(_shade(_SHADES[name]), "w:spacing")
    _joined_letters(styles)
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _joined_letters(styles: Any) -> None:
    """Arabic letters as large and as bold as the others."""
    for name, twin in (("w:b", "w:bCs"), ("w:sz", "w:szCs")):
        for found in list(styles.element.iter(qn(name))):
            for old in found.getparent().findall(qn(twin)):
                found.getparent().remove(old)
            made = OxmlElement(twin)
            for key, value in found.attrib.items():
                made.set(key, value)
            found.addnext(made)


def _edge(color: str) -> Any:
    """A line beside the paragraph, at the side where it starts."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "8"), ("color", color)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    return borders


def _head(document: Any) -> None:
    document.add_paragraph("{{ title }}", "Title")
    _where(document, "period", "Subtitle")
    _where(document, "of", "Small print")
    _where(document, "as_at", "Small print")
    _each(document, "line in opening", "{{ line }}", "Opening")
    _where(document, "whose", "Small print")


def _each(document: Any, what: str, text: str, style: str) -> None:
    document.add_paragraph(f"{{%p for {what} %}}")
    document.add_paragraph(text, style)
    document.add_paragraph("{%p endfor %}")


def _sections(document: Any) -> None:
    document.add_paragraph("{%p for section in sections %}")
    _where(document, "section.level == 2", "Heading 1", "{{ section.title }}")
    _where(document, "section.level == 3", "Heading 2", "{{ section.title }}")
    _where(document, "section.remark", "Remark")
    document.add_paragraph("{%p for block in section.blocks %}")
    _texts(document)
    _bullets(document)
    _facts(document)
    _if(document, "block.kind == 'picture'")
    document.add_paragraph("{{ block.title }}", "Table title")
    document.add_paragraph("{{ block.image }}", "Picture")
    document.add_paragraph("{%p endif %}")
    _if(document, "block.kind in ('table', 'picture')")
    document.add_paragraph("{%p set table = block.table %}")
    _tables(document)
    document.add_paragraph("{%p endif %}")
    _exchange(document)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endfor %}")


def _if(document: Any, what: str) -> None:
    document.add_paragraph(f"{{%p if {what} %}}")


def _texts(document: Any) -> None:
    _if(document, "block.kind == 'text'")
    for tone, style in (
        ("plain", "Normal"),
        ("soft", "Small print"),
        ("missing", "Not there"),
        ("decide", "To decide"),
        ("remark", "Own words"),
    ):
        _where(document, f"block.tone == '{tone}'", style, "{{ block.words }}")
    _where(document, "block.opens", "Small print", "{{ see }} {{ block.opens }}")
    document.add_paragraph("{%p endif %}")


def _bullets(document: Any) -> None:
    _if(document, "block.kind == 'bullets' and not block.numbered")
    _each(document, "item in block['items']", "{{ item }}", "List Bullet")
    document.add_paragraph("{%p endif %}")
    _if(document, "block.kind == 'bullets' and block.numbered")
    _each(document, "item in block['items']", "{{ loop.index }}. {{ item }}", "Normal")
    document.add_paragraph("{%p endif %}")


def _facts(document: Any) -> None:
    for count in range(1, 7):
        _if(document, f"block.kind == 'facts' and block.names|length == {count}")
        table = _table(document, [30] * count)
        for place, (name, figure) in enumerate(
            zip(table.rows[0].cells, _row(table).cells, strict=True)
        ):
            _write(name, f"{{{{ block.names[{place}] }}}}", "Header cell")
            _write(figure, f"{{{{ block.figures[{place}] }}}}", "Number")
            figure.add_paragraph(f"{{%p if block.asides[{place}] %}}")
            figure.add_paragraph(f"{{{{ block.asides[{place}] }}}}", "Small print")
            figure.add_paragraph("{%p endif %}")
        _finish(table)
        document.add_paragraph("", "Cell")
        document.add_paragraph("{%p endif %}")


def _tables(document: Any) -> None:
    document.add_paragraph("{{ table.caption }}", "Table title")
    for count in range(1, MOST_COLUMNS + 1):
        _if(document, f"table.columns|length == {count}")
        _rows(document, count)
        document.add_paragraph("{%p endif %}")
    document.add_paragraph("{{ table.note }}", "Small print")


def _rows(document: Any, count: int) -> None:
    first = round(_WHOLE * 1.6 / (count + 0.6))
    table = _table(document, [first, *[round((_WHOLE - first) / max(count - 1, 1))] * (count - 1)])
    for place, cell in enumerate(table.rows[0].cells):
        _write(cell, f"{{{{ table.columns[{place}] }}}}", "Header cell")
    _write(_row(table).cells[0], "{%tr for row in table.rows %}", "Cell")
    for place, cell in enumerate(_row(table).cells):
        _write(cell, f"{{{{ row[{place}] }}}}", "Cell")
    _write(_row(table).cells[0], "{%tr endfor %}", "Cell")
    table.autofit = True
    _finish(table)


def _exchange(document: Any) -> None:
    _if(document, "block.kind == 'exchange'")
    document.add_paragraph("{{ said }}", "Label")
    document.add_paragraph("{{ block.said }}", "What was said")
    _where(document, "block.figure", "Small print")
    document.add_paragraph("{{ block.label }}", "Reply label")
    document.add_paragraph("{{ block.reply }}", "Normal")
    _where(document, "block.because", "Normal")
    _each(document, "detail in block.details", "{{ detail }}", "Small print")
    _where(document, "block.opens", "Small print", "{{ see }} {{ block.opens }}")
    document.add_paragraph("{%p endif %}")
