"""In which order the rows of a form are worked out: what a row needs comes before it."""

from collections.abc import Collection, Iterator, Mapping

from surveys.outline import Outline


class Cycle(ValueError):
    """Rows that need one another; `chain` names them, the first again at the end."""

    def __init__(self, chain: tuple[str, ...]) -> None:
        super().__init__(" needs ".join(chain))
        self.chain = chain


def order(outline: Outline, needs: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """All rows of the form so that each comes after what it needs; else as they are printed.

    A row needs the groups around it too. Raises Cycle. Names that are no row are passed over.
    """
    done: dict[str, None] = {}
    for branch in outline.branches:
        _place(branch.name, outline, needs, done)
    return tuple(done)


def _place(
    name: str, outline: Outline, needs: Mapping[str, Collection[str]], done: dict[str, None]
) -> None:
    """Depth first with a stack of our own: a long chain costs no recursion."""
    if name in done:
        return
    way: dict[str, Iterator[str]] = {name: _needed(name, outline, needs)}
    while way:
        top = next(reversed(way))
        below = next((other for other in way[top] if other not in done), None)
        if below is None:
            done[top] = None
            del way[top]
        elif below in way:
            names = list(way)
            raise Cycle((*names[names.index(below) :], below))
        else:
            way[below] = _needed(below, outline, needs)


def _needed(name: str, outline: Outline, needs: Mapping[str, Collection[str]]) -> Iterator[str]:
    branch = outline.find(name)
    around = (branch.parent,) if branch is not None and branch.parent else ()
    wanted = sorted(needs.get(name, ()))
    return iter([other for other in (*around, *wanted) if outline.find(other) is not None])
