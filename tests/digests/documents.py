"""Every report of a story in every format, as text that a person can compare."""

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader
from sqlmodel import Session, col, select

from digests import weekly, you_said_we_did
from digests.paper import Paper
from digests.paper_formats import as_docx, as_pdf, draw
from digests.pdf import as_pdf as weekly_pdf
from digests.period import Period
from digests.picture import Picture, first_words
from digests.render import render
from digests.reports import REPORTS, Subject
from digests.word import as_docx as weekly_docx
from digests.you_paper import paper as you_paper
from storage.meetings import Meeting
from storage.plain import plain
from storage.surveys import Survey, SurveyState
from tests.digests.story import CALENDAR, NOW, QUARTER, busiest_body, lived

KINDS = tuple(sorted({*REPORTS, "weekly", "you"}))
FORMATS = ("txt", "md", "html", "json", "pdf", "docx")

Draws = Mapping[str, Callable[[], str | bytes]]


@dataclass(frozen=True, slots=True)
class Made:
    """One report: how each of its formats is drawn."""

    draws: Draws

    def drawn(self, format: str) -> str | bytes:  # noqa: A002
        return self.draws[format]()


@cache
def made(plan: str, kind: str) -> Made:
    with lived(plan).reading() as session:
        return made_in(session, kind)


def made_in(session: Session, kind: str) -> Made:
    """The report of the quarter (or of its year) from this database."""
    if kind == "weekly":
        return _weekly(session)
    if kind == "you":
        return _you(session)
    report = REPORTS[kind]
    subject = subject_of(session, report.subject) if not _is_whole(kind) else ""
    period = report.period_of(QUARTER.start)
    view = report.gather(session, period, subject=subject, now=NOW, calendar=CALENDAR)
    return Made(_of_paper(report.paper(view), view))


def _is_whole(kind: str) -> bool:
    return kind == "annual"


def subject_of(session: Session, subject: Subject) -> str:
    """Whose report: the group with most actions, the first meeting, the first survey."""
    if subject is Subject.BODY:
        return busiest_body(session)
    if subject is Subject.MEETING:
        return str(session.exec(select(Meeting.id).order_by(col(Meeting.id))).first() or "")
    if subject is Subject.SURVEY:
        return _survey(session).slug
    return ""


def _survey(session: Session) -> Survey:
    query = select(Survey).where(Survey.state != SurveyState.DRAFT).order_by(col(Survey.id))
    return session.exec(query).all()[-1]


def _of_paper(paper: Paper, view: Any) -> Draws:
    return {
        "txt": lambda: draw(paper, "text"),
        "md": lambda: draw(paper, "md"),
        "html": lambda: draw(paper, "html"),
        "json": lambda: json.dumps(plain(view), ensure_ascii=False, indent=1) + "\n",
        "pdf": lambda: as_pdf(paper),
        "docx": lambda: as_docx(paper).content,
    }


def _weekly(session: Session) -> Made:
    view = weekly.gather(session, Period.week_to(QUARTER.end), now=NOW, calendar=CALENDAR)
    picture = Picture(view, first_words(view), NOW)
    return Made(
        {
            "txt": lambda: render(picture, "text"),
            "md": lambda: render(picture, "md"),
            "html": lambda: render(picture, "html"),
            "json": lambda: render(picture, "json"),
            "pdf": lambda: weekly_pdf(picture),
            "docx": lambda: weekly_docx(picture).content,
        }
    )


def _you(session: Session) -> Made:
    survey = _survey(session)
    view = you_said_we_did.gather(session, survey.id or 0, QUARTER, calendar=CALENDAR)
    return Made(
        {
            "txt": lambda: render(view, "text"),
            "md": lambda: render(view, "md"),
            "html": lambda: render(view, "html"),
            "json": lambda: render(view, "json"),
            "pdf": lambda: as_pdf(you_paper(view)),
            "docx": lambda: as_docx(you_paper(view)).content,
        }
    )


def kept(drawn: str | bytes, format: str) -> str:  # noqa: A002
    """What a golden file keeps of it: texts whole, of documents how they are built.

    Styles and drawings stand by their sum: what they look like has tests of its own.
    """
    if format == "pdf":
        assert isinstance(drawn, bytes)
        return "\n".join(outline_of_pdf(drawn)) + "\n"
    if format == "docx":
        assert isinstance(drawn, bytes)
        return "\n".join(outline_of_docx(drawn)) + "\n"
    assert isinstance(drawn, str)
    if format == "html":
        drawn = re.sub(r"<style>.*?</style>", "<style></style>", drawn, flags=re.DOTALL)
        return re.sub(r"(<svg [^>]*>)(.*?)</svg>", _summed, drawn, flags=re.DOTALL)
    return drawn


def _summed(found: re.Match[str]) -> str:
    return f"{found[1]}{_sum(found[2])}</svg>"


def _sum(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def text_of_pdf(drawn: bytes) -> str:
    with pypdfium2.PdfDocument(drawn) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return re.sub(r"\s+", " ", " ".join(texts))


def outline_of_pdf(drawn: bytes) -> Iterator[str]:
    """Title, language, bookmarks, how many of each tag, the words of pictures, and a sum."""
    reader = PdfReader(io.BytesIO(drawn))
    root: Any = reader.trailer["/Root"]
    yield f"title: {reader.metadata.title if reader.metadata else ''}"
    yield f"language: {root['/Lang']}"
    tags, alts = Counter[str](), list[str]()
    _walk(root["/StructTreeRoot"], tags, alts)
    yield f"tags: {', '.join(f'{name} {count}' for name, count in sorted(tags.items()))}"
    yield from (f"picture: {alt}" for alt in alts)
    yield from (f"bookmark: {mark.title}" for mark in _flat(reader.outline))
    yield f"words: {len(text_of_pdf(drawn).split())}"


def _walk(node: Any, tags: Counter[str], alts: list[str]) -> None:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            _walk(child, tags, alts)
    elif isinstance(node, dict):
        if "/S" in node:
            tags[str(node["/S"])] += 1
        if "/Alt" in node:
            alts.append(str(node["/Alt"]))
        if "/K" in node:
            _walk(node["/K"], tags, alts)


def _flat(marks: Any) -> Iterator[Any]:
    for mark in marks:
        if isinstance(mark, list):
            yield from _flat(mark)
        else:
            yield mark


def text_of_docx(drawn: bytes) -> str:
    body = Document(io.BytesIO(drawn)).element.body
    return " ".join("".join(one.itertext()) for one in body.iter(qn("w:p")))


def outline_of_docx(drawn: bytes) -> Iterator[str]:
    """Each paragraph with its style and its first words, each table with its size and header."""
    document = Document(io.BytesIO(drawn))
    yield f"title: {document.core_properties.title}"
    for paragraph in document.paragraphs:
        if paragraph.text:
            style = paragraph.style.name if paragraph.style else ""
            yield f"{style}: {paragraph.text[:60]}"
    for one in document.element.iter(qn("wp:docPr")):
        yield f"picture: {one.get('descr')}"
    for table in document.tables:
        header = " | ".join(cell.text for cell in table.rows[0].cells)
        yield f"table of {len(table.rows)}: {header}"
    yield f"words: {len(text_of_docx(drawn).split())}"
