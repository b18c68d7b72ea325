"""The command-line reference, made of the program's own help.

`python -m tests.cli_reference` writes docs/cli.md anew.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from bot.cli import app

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"
PROGRAM = "listening-loop"
_WIDTH = 88
_OPENING = """\
# The command line

One program, `listening-loop`. The options of the first section stand before the command, as in
`listening-loop --json plan show`. Where things are shown, `--json` gives them as data.

It ends with 0 when it is done; with 1 when the input or the state has problems, each printed
with where it is, what is wrong and what to do; with 2 when the command was not written as below.

This page is made from the program's own `--help`: `python -m tests.cli_reference`.
"""


def program() -> Any:
    """The program as a tree of commands."""
    return typer.main.get_command(app)


def reference() -> str:
    """The whole page."""
    return "\n".join([_OPENING, *_sections(program(), (PROGRAM,), None)])


def _sections(command: Any, path: tuple[str, ...], parent: Any) -> Iterator[str]:
    """A command's help as anybody sees it, but without a frame; then those below it."""
    command.rich_markup_mode = None
    context = command.context_class(
        command, info_name=path[-1], parent=parent, terminal_width=_WIDTH, color=False
    )
    level = "#" * min(len(path) + 1, 3)
    shown = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield f"{level} {' '.join(path)}\n\n```text\n{shown}\n```\n"
    for name, below in getattr(command, "commands", {}).items():
        yield from _sections(below, (*path, name), context)


def main() -> None:
    """Writes the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
