"""A paper as Markdown: what people wrote is literal, pictures are their words and their table."""

from collections.abc import Callable, Iterator

from digests.escaping import markdown
from digests.paper import Block, Bullets, Exchange, Facts, Paper, Picture, Section, Table, Text
from digests.paper_words import address_of, flat, name_of, settled
from storage.language import Catalogue
from surveys.printable import apart


def as_markdown(paper: Paper) -> str:
    """CommonMark with GitHub's tables."""
    return _Writer(settled(paper)).whole()


class _Writer:
    """Puts one paper into words; each method gives paragraphs, parted by blank lines at the end."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper

    def whole(self) -> str:
        return "\n\n".join(filter(None, self._all())) + "\n"

    def _say(self, key: str, **params: object) -> str:
        return Catalogue.load("digests").say(key, self._paper.language, **params)

    def _safe(self, text: str, between: str = " ") -> str:
        lines = (markdown(apart(line, self._paper.language)) for line in text.split("\n"))
        return between.join(lines)

    def _all(self) -> Iterator[str]:
        paper = self._paper
        yield f"# {self._safe(paper.title)}"
        yield " · ".join(
            f"**{self._safe(line)}**" if line is paper.period else self._safe(line)
            for line in (paper.period, paper.of, paper.as_at)
            if line
        )
        for line in paper.opening:
            yield self._safe(line)
        yield self._soft(paper.whose)
        for section in paper.sections:
            yield from self._section(section)
        if not paper.sections:
            yield self._say("paper.nothing")
        yield self._soft(paper.source)

    def _soft(self, text: str) -> str:
        return f"*{self._safe(text)}*" if text else ""

    def _section(self, section: Section) -> Iterator[str]:
        yield f"{'#' * section.level} {self._safe(section.title)}"
        if remark := self._paper.remarks.get(section.key):
            yield f"**{self._safe(self._say('paper.remark', text=remark))}**"
        for block in section.blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        if isinstance(block, Text):
            yield self._text(block)
        elif isinstance(block, Bullets):
            yield "\n".join(
                f"{f'{number}.' if block.numbered else '-'} {self._safe(item)}"
                for number, item in enumerate(block.items, 1)
            )
        elif isinstance(block, Facts):
            yield "\n".join(
                f"- {self._safe(name)}: **{self._safe(figure)}**" for name, figure in block.rows
            )
        elif isinstance(block, Table):
            yield from self._table(block)
        elif isinstance(block, Picture):
            yield f"**{self._safe(block.title)}**"
            yield self._safe(self._say("paper.picture", text=block.alt))
            yield from self._table(block.table)
        else:
            yield from self._exchange(block)

    def _text(self, block: Text) -> str:
        words = self._safe(block.words, "\\\n")
        drawn: dict[str, Callable[[str], str]] = {
            "soft": lambda _: self._soft(block.words),
            "missing": lambda _: self._soft(block.words),
            "decide": lambda _: f"**→ {self._safe(block.words)}**",
            "remark": lambda text: "> " + text.replace("\n", "\n> "),
        }
        made = drawn.get(block.tone, str)(words)
        return " ".join(filter(None, (made, self._opened(block.opens))))

    def _opened(self, target: str) -> str:
        """A section by its title, because each reader of Markdown names headings in its own way."""
        address = address_of(self._paper, target)
        if not address:
            return ""
        said, name = self._say("paper.see"), self._safe(flat(name_of(self._paper, target)))
        return f"{said} {name}" if address.startswith("#") else f"{said} <{address}>"

    def _table(self, table: Table) -> Iterator[str]:
        yield self._safe(table.caption)
        marks = ("---:" if n in table.numeric else "---" for n in range(len(table.columns)))
        rows = [
            self._row(self._safe(name) for name in table.columns),
            self._row(marks),
            *(self._row(self._safe(cell, "<br>") for cell in row) for row in table.rows),
        ]
        yield "\n".join(rows)
        yield self._soft(table.note)

    def _row(self, cells: Iterator[str]) -> str:
        return f"| {' | '.join(cells)} |"

    def _exchange(self, block: Exchange) -> Iterator[str]:
        quoted = self._say("quoted", text=flat(block.said))
        said = f"**{self._say('paper.said')}:** {self._safe(quoted)}"
        yield f"> {said}" + (f" {self._safe(block.figure)}" if block.figure else "")
        yield f"**{self._safe(block.label)}:** {self._safe(block.reply)}"
        for line in (block.because, *block.details):
            yield self._safe(line) if line else ""
        yield self._opened(block.opens)
