"""A paper as a PDF that a screen reader can read; the same paper, the same bytes."""

from digests.escaping import every_text
from digests.letters import printable
from digests.paper import Paper
from digests.paper_data import data_of
from digests.paper_words import set_apart, settled
from surveys.typesetting import typeset


def pdf_of(paper: Paper) -> bytes:
    """Whatever people wrote stays text; a sign that the fonts do not have is a question mark."""
    shown: Paper = every_text(set_apart(settled(paper)), printable)
    data = data_of(shown) | {"day": [*paper.dated.timetuple()[:3]]}
    return typeset("digests", "paper.typ", data, dated=paper.dated)
