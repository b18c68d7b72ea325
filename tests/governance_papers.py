"""The papers of docs/governance, made of the example settings as anybody's are made of theirs.

`python -m tests.governance_papers` writes them anew.
"""

from collections.abc import Iterator
from pathlib import Path

from bot.papers import Facts, gather, papers
from bot.papers.picture import PICTURE, as_svg
from bot.settings import Settings

FOLDER = Path(__file__).parent.parent / "docs" / "governance"


def facts() -> Facts:
    """What the papers say where nothing was set and no survey was added: the same on any day."""
    return gather(Settings())


def written() -> Iterator[tuple[str, str]]:
    """Every file by its name."""
    for paper in papers(facts(), Settings()):
        yield f"{paper.name}.md", paper.text
    yield PICTURE, as_svg(facts())


def main() -> None:
    """Writes the folder; what others keep there stays."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in written():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
