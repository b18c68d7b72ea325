"""The one door from a report's paper to every format; the same paper gives the same bytes.

JSON is not drawn of the paper but of the view: `storage.plain.plain`.
"""

from pathlib import Path
from typing import Literal

from digests.paper import Paper
from digests.paper_html import as_html
from digests.paper_markdown import as_markdown
from digests.paper_text import text_parts
from digests.word import Word

Drawn = Literal["text", "md", "html"]


def draw(paper: Paper, format: Drawn) -> str:  # noqa: A002  (the word people use)
    """Chat, Markdown or a page of its own."""
    if format == "html":
        return as_html(paper)
    if format == "md":
        return as_markdown(paper)
    return "\n\n".join(in_parts(paper)) + "\n"


def in_parts(paper: Paper) -> tuple[str, ...]:
    """The chat message in pieces: what stands above, then a piece for each section."""
    return text_parts(paper)


def as_pdf(paper: Paper) -> bytes:
    """PDF/UA-1, dated with the end of the period."""
    from digests.paper_pdf import pdf_of

    return pdf_of(paper)


def as_docx(paper: Paper, own: Path | None = None) -> Word:
    """From the partnership's own template where there is one that can be used."""
    from digests.paper_word import docx_of

    return docx_of(paper, own)
