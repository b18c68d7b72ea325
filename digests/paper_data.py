"""A paper as plain data for a document: PDF and Word are given the same."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from digests.canvas import INK, Drawn, breadth, shapes_svg
from digests.drawing_svg import WIDE, drawn
from digests.paper import Block, Exchange, Facts, Paper, Picture, Section, Table, Text
from digests.paper_words import address_of, anchor_of, aside, bare, flat, name_of
from storage.language import Catalogue, direction

Said = Callable[..., str]

_AT_ONCE = 6
_ONE_LINE, _HEADED, _PAGE = 11, 7, 54


def said_in(paper: Paper) -> Said:
    """What the program itself says, in the paper's language."""

    def say(key: str, **params: object) -> str:
        return Catalogue.load("digests").say(key, paper.language, **params)

    return say


def data_of(paper: Paper) -> dict[str, Any]:
    """All of it, each section with its remark and its blocks by kind."""
    say = said_in(paper)
    heading = f"{paper.title}: {paper.period}" if paper.period else paper.title
    foot = [flat(heading), flat(paper.as_at)]
    return {
        "title": flat(paper.title),
        "heading": flat(heading),
        "period": flat(paper.period),
        "of": paper.of,
        "as_at": flat(paper.as_at),
        "opening": list(paper.opening),
        "whose": paper.whose,
        "source": paper.source,
        "language": paper.language,
        "direction": direction(paper.language),
        "compact": paper.is_compact,
        "foot": ". ".join(filter(None, foot)),
        "page": say("paper.page"),
        "said": say("paper.said"),
        "see": say("paper.see"),
        "nothing": say("paper.nothing"),
        "sections": [_section(paper, one, say) for one in paper.sections],
    }


def _section(paper: Paper, section: Section, say: Said) -> dict[str, Any]:
    remark = paper.remarks.get(section.key, "")
    return {
        "key": section.key,
        "title": flat(section.title),
        "level": section.level,
        "anchor": anchor_of(paper, section.key),
        "remark": say("paper.remark", text=remark) if remark else "",
        "blocks": [made for block in section.blocks for made in _block(paper, block, say)],
    }


def _block(paper: Paper, block: Block, say: Said) -> list[dict[str, Any]]:
    kind = {"kind": type(block).__name__.lower()}
    if isinstance(block, Text):
        return [kind | asdict(block) | {"opens": _opened(paper, block.opens)}]
    if isinstance(block, Table):
        return [kind | table_data(block)]
    if isinstance(block, Facts):
        return [kind | one for one in _facts(block)]
    if isinstance(block, Picture):
        return [kind | _picture(paper, block)]
    if isinstance(block, Exchange):
        quoted = say("quoted", text=flat(block.said))
        opens = _opened(paper, block.opens)
        return [kind | asdict(block) | {"said": quoted, "opens": opens}]
    return [kind | asdict(block)]


def _opened(paper: Paper, target: str) -> list[str] | None:
    """What a link is to, where it leads, and what it says."""
    address = address_of(paper, target)
    if not address:
        return None
    name = flat(name_of(paper, target))
    return ["section", address[1:], name] if address[0] == "#" else ["web", address, name]


def table_data(table: Table) -> dict[str, Any]:
    """A table with how wide each column should be beside the others."""
    return {
        "caption": table.caption,
        "columns": [flat(name) for name in table.columns],
        "rows": [list(row) for row in table.rows],
        "numeric": list(table.numeric),
        "note": table.note,
        "widths": widths_of(table.columns, table.rows),
    }


def widths_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """How wide each column should be beside the others, in letters.

    Where there is room, what is short stands on one line, and long texts share what is left.
    """
    wanted = [_wanted(name, [row[n] for row in rows[:200]]) for n, name in enumerate(columns)]
    long = [one for one in wanted if one > _ONE_LINE + 1]
    room = _PAGE - sum(one for one in wanted if one <= _ONE_LINE + 1)
    if not long or room < sum(long) / 2:
        return wanted
    shares = (one if one <= _ONE_LINE + 1 else one * room / sum(long) for one in wanted)
    return [round(one, 1) for one in shares]


def _wanted(name: str, cells: Sequence[str]) -> float:
    """By what is usual in a column and by its longest word."""
    lines = [breadth(line, 1) for cell in cells or [name] for line in cell.split("\n")]
    usual = sorted(lines)[len(lines) * 3 // 4]
    longest = max(breadth(word, 1) for text in (name, *cells) for word in text.split() or "-")
    if usual > _ONE_LINE:
        usual = _ONE_LINE + (usual - _ONE_LINE) ** 0.7
    headed = min(breadth(name, 1) + 1, _HEADED)
    return round(min(max(usual + 1, longest * 1.15 + 1, headed, 5), 24), 1)


def _facts(facts: Facts) -> list[dict[str, Any]]:
    """At most so many beside one another."""
    rows = [facts.rows[at : at + _AT_ONCE] for at in range(0, len(facts.rows), _AT_ONCE)]
    return [
        {
            "names": [name for name, _ in part],
            "figures": [bare(figure) for _, figure in part],
            "asides": [aside(figure) for _, figure in part],
        }
        for part in rows
    ]


def _picture(paper: Paper, picture: Picture) -> dict[str, Any]:
    ready = drawn(picture.drawing, width=WIDE, language=paper.language)
    return {
        "title": flat(picture.title),
        "table": table_data(picture.table),
        **drawing_data(ready, flat(picture.alt)),
    }


def drawing_data(ready: Drawn, alt: str) -> dict[str, Any]:
    """What templates/drawing.typ draws."""
    return {
        "alt": alt,
        "width": ready.width,
        "height": ready.height,
        "shapes": shapes_svg(ready),
        "labels": [asdict(label) | {"colour": INK[label.ink]} for label in ready.labels],
    }
