"""A Word document in a language that is written from right to left."""

import unicodedata
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from storage.language import direction

_AFTER_BIDI = (
    "w:adjustRightInd",
    "w:snapToGrid",
    "w:spacing",
    "w:ind",
    "w:contextualSpacing",
    "w:mirrorIndents",
    "w:suppressOverlap",
    "w:jc",
    "w:textDirection",
    "w:textAlignment",
    "w:textboxTightWrap",
    "w:outlineLvl",
    "w:divId",
    "w:cnfStyle",
    "w:rPr",
    "w:sectPr",
    "w:pPrChange",
)
_AFTER_RTL = ("w:cs", "w:em", "w:lang", "w:eastAsianLayout", "w:specVanish", "w:oMath")


def turned(document: Any, language: str) -> None:
    """Names the language; where it runs leftward, so do paragraphs, tables and letters."""
    document.core_properties.language = "en-GB" if language == "en" else language
    if direction(language) != "rtl":
        return
    style = document.styles["Normal"].element.get_or_add_pPr()
    style.insert_element_before(OxmlElement("w:bidi"), *_AFTER_BIDI)
    for edge in list(document.styles.element.iter(qn("w:pBdr"))):
        for line in edge.findall(qn("w:left")):
            line.tag = qn("w:right")
    for table in document.element.body.iter(qn("w:tbl")):
        properties = table.tblPr
        properties.insert_element_before(
            OxmlElement("w:bidiVisual"),
            "w:tblStyleRowBandSize",
            "w:tblStyleColBandSize",
            "w:tblW",
            "w:jc",
        )
    for run in document.element.body.iter(qn("w:r")):
        if _runs_leftward("".join(run.itertext())):
            run.get_or_add_rPr().insert_element_before(OxmlElement("w:rtl"), *_AFTER_RTL)


def _runs_leftward(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)
