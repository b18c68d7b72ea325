"""Transcripts of a terminal: what is typed, and everything that comes back, kept as text.

    $ a command            run as `listening-loop a command`
    < a line               given to it
    anything else          what it shows; `! ` before what goes to standard error
    [exit 1]               unless it ended with 0

Codes that are new at every run are shown as {token}, {ref}, {receipt}, {answer}; in a later
command these words stand for the last one seen. `KEEP_TRANSCRIPTS=1` writes the files anew.
"""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.commands.terminal import EXAMPLES, Ran, Terminal

FOLDER = Path(__file__).parent / "transcripts"
_CODES = {
    "receipt": re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b(?<!ABCD-EFGH-JKMN)"),
    "answer": re.compile(r"\bchange:[0-9a-f]{24}\b"),
    "token": re.compile(r"\b[0-9a-f]{24}\b"),
    "ref": re.compile(r"\b[A-HJ-NP-Z2-9]{8}\b"),
    "seal": re.compile(r"\b[0-9a-f]{64}\b"),
}


def replayed(terminal: Terminal, written: str) -> str:
    """The transcript as it is when played now."""
    known = {"examples": str(EXAMPLES)}
    return "\n".join(
        line
        for command, typed, clock in _commands(written)
        for line in _played(terminal.at(clock), command, typed, known)
    )


def _commands(written: str) -> Iterator[tuple[str, list[str], str]]:
    clock, lines = Terminal(Path()).clock, written.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("@ "):
            clock = line[2:]
        if line.startswith("$ "):
            after = lines[place + 1 :]
            until = next((n for n, text in enumerate(after) if not text.startswith("< ")), 0)
            yield line[2:], [text[2:] for text in after[:until]], clock


def _played(
    terminal: Terminal, command: str, typed: list[str], known: dict[str, str]
) -> Iterator[str]:
    if terminal.clock != known.get("clock", Terminal(Path()).clock):
        yield f"@ {terminal.clock}"
    known["clock"] = terminal.clock
    words = [_filled(word, known) for word in shlex.split(command)]
    ran = terminal.run(*words, typed=[_filled(line, known) for line in typed])
    yield f"$ {command}"
    yield from (f"< {line}" for line in typed)
    yield from _shown(ran, known)


def _shown(ran: Ran, known: dict[str, str]) -> Iterator[str]:
    for mark, text in (("", ran.out), ("! ", ran.err)):
        yield from (f"{mark}{line}".rstrip() for line in _masked(text, known).splitlines())
    if ran.code:
        yield f"[exit {ran.code}]"
    yield ""


def _filled(text: str, known: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: known[found[1]], text)


def _masked(text: str, known: dict[str, str]) -> str:
    for name, code in _CODES.items():
        for found in code.findall(text):
            known[name] = found
        text = code.sub(f"{{{name}}}", text)
    return text.replace(known["examples"], "{examples}")


def check(terminal: Terminal, path: Path) -> None:
    """Plays a kept transcript; what comes back must be what is kept."""
    written = path.read_text("utf-8")
    now = replayed(terminal, written)
    if os.environ.get("KEEP_TRANSCRIPTS"):
        path.write_text(now, "utf-8")
    assert now.splitlines() == path.read_text("utf-8").splitlines()
