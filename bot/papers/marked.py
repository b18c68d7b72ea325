"""Reading a paper's Markdown: CommonMark with tables, and nothing that is HTML."""

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode


@cache
def reader() -> MarkdownIt:
    """What reads papers; HTML in them stays text."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def tree_of(text: str) -> SyntaxTreeNode:
    """The paper as a tree: headings, paragraphs, lists, tables."""
    return SyntaxTreeNode(reader().parse(text))
