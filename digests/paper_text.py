"""A paper for chat: short lines, a piece for each section."""

from collections.abc import Callable, Iterator

from digests.escaping import shortened
from digests.paper import Block, Bullets, Exchange, Facts, Paper, Picture, Section, Table, Text
from digests.paper_words import address_of, flat, name_of, settled
from storage.language import Catalogue
from surveys.printable import apart

_ROWS, _ITEMS, _WORDS = 10, 20, 240


def text_parts(paper: Paper) -> tuple[str, ...]:
    """What stands above, then a piece for each section."""
    paper = settled(paper)
    pieces = [_head(paper), *(_section(paper, one) for one in paper.sections), _foot(paper)]
    return tuple(piece for piece in ("\n".join(lines) for lines in pieces) if piece)


def _say(paper: Paper) -> Callable[..., str]:
    def say(key: str, **params: object) -> str:
        return Catalogue.load("digests").say(key, paper.language, **params)

    return say


def _head(paper: Paper) -> list[str]:
    title = f"{paper.title}: {paper.period}" if paper.period else paper.title
    lines = [title, paper.of, paper.as_at]
    opening = [*paper.opening, paper.whose]
    return [flat(line) for line in (*lines, *opening) if line]


def _foot(paper: Paper) -> list[str]:
    if not paper.sections:
        return [_say(paper)("paper.nothing")]
    return [paper.source] if paper.source else []


def _section(paper: Paper, section: Section) -> list[str]:
    lines = [flat(section.title)]
    if remark := paper.remarks.get(section.key):
        lines.append(_say(paper)("paper.remark", text=flat(remark)))
    for block in section.blocks:
        lines.extend(_block(paper, block))
    return lines


def _block(paper: Paper, block: Block) -> Iterator[str]:
    if isinstance(block, Text):
        yield from _text(paper, block)
    elif isinstance(block, Bullets):
        for number, item in enumerate(block.items[:_ITEMS], 1):
            yield f"{number}. {_short(item)}" if block.numbered else f"- {_short(item)}"
        yield from _more(paper, len(block.items) - _ITEMS)
    elif isinstance(block, Facts):
        for name, figure in block.rows:
            yield f"{name}: {apart(figure, paper.language)}"
    elif isinstance(block, Table):
        yield from _table(paper, block)
    elif isinstance(block, Picture):
        yield _say(paper)("paper.picture", text=flat(block.alt))
    else:
        yield from _exchange(paper, block)


def _text(paper: Paper, block: Text) -> Iterator[str]:
    words = _say(paper)("quoted", text=block.words) if block.tone == "remark" else block.words
    yield f"→ {flat(words)}" if block.tone == "decide" else flat(words)
    yield from _opened(paper, block.opens)


def _opened(paper: Paper, target: str) -> Iterator[str]:
    if address_of(paper, target):
        yield f"{_say(paper)('paper.see')} {flat(name_of(paper, target))}"


def _table(paper: Paper, table: Table) -> Iterator[str]:
    """The first column names the row; each other is a line of its own: what, and what there is."""
    yield flat(table.caption)
    for row in table.rows[:_ROWS]:
        first, rest = _short(row[0]), list(zip(table.columns[1:], row[1:], strict=False))
        if len(rest) == 1:
            yield f"- {first}: {apart(_short(rest[0][1]), paper.language)}"
            continue
        yield f"- {first}"
        for name, cell in rest:
            if cell:
                yield f"  {flat(name)}: {apart(_short(cell), paper.language)}"
    yield from _more(paper, len(table.rows) - _ROWS)
    if table.note:
        yield flat(table.note)


def _more(paper: Paper, left: int) -> Iterator[str]:
    if left > 0:
        yield _say(paper)("paper.more", n=left)


def _exchange(paper: Paper, block: Exchange) -> Iterator[str]:
    say = _say(paper)
    quoted = say("quoted", text=flat(block.said))
    yield f"{say('paper.said')}: {quoted}" + (f" {flat(block.figure)}" if block.figure else "")
    yield f"{block.label}: {flat(block.reply)}"
    for line in (block.because, *block.details):
        if line:
            yield flat(line)
    yield from _opened(paper, block.opens)


def _short(text: str) -> str:
    return shortened(flat(text), _WORDS)
