"""The texts of a paper made fit to print beside one another, and what its links lead to."""

import re
import unicodedata

import regex

from digests.escaping import every_text
from digests.paper import Paper
from storage.language import direction
from surveys.printable import FSI, PDI, apart

_STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff")
_ISOLATES, _END = frozenset("\u2066\u2067\u2068"), "\u2069"
_LEFTWARD = ("R", "AL")
_LETTER = r"[\p{bc=R}\p{bc=AL}]"
_LEFTWARD_RUN = regex.compile(rf"{_LETTER}(?:[^\p{{bc=L}}\n\u2066-\u2069]*{_LETTER})?")
_ADDRESS = re.compile(r"https?://[^\s<>\"'\\]+")


def settled(paper: Paper) -> Paper:
    """The same paper without signs that no format can hold or that would turn others round."""
    leftward = direction(paper.language) == "rtl"
    made: Paper = every_text(paper, tidy if leftward else lambda text: _held(tidy(text)))
    return made


def _held(text: str) -> str:
    """Names that run from right to left held together, so that no number after them is drawn in.

    A text that begins so is left as it is: there the rest is the exception.
    """
    if text.isascii():
        return text
    ways = (unicodedata.bidirectional(sign) for sign in text)
    if next((way for way in ways if way in ("L", *_LEFTWARD)), "L") != "L":
        return text
    return _LEFTWARD_RUN.sub(lambda found: f"{FSI}{found[0]}{PDI}", text)


def tidy(text: str) -> str:
    """Line by line; what is set apart stays so, and is always closed again."""
    lines = (" ".join(_closed(line).split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _closed(line: str) -> str:
    """Without control and steering signs; every isolate that opens is closed, and no other."""
    kept, depth = [], 0
    for sign in line.replace("\t", " "):
        if sign in _STEERING or unicodedata.category(sign) in ("Cc", "Cs"):
            continue
        if sign == _END and not depth:
            continue
        depth += (sign in _ISOLATES) - (sign == _END)
        kept.append(sign)
    return "".join(kept) + _END * depth


def set_apart(paper: Paper) -> Paper:
    """Texts that run against the paper's language set apart, so that numbers stay in their place.

    A single word has nothing in it to turn round.
    """

    def apart_lines(text: str) -> str:
        if " " not in text:
            return text
        return "\n".join(apart(line, paper.language) for line in text.split("\n"))

    made: Paper = every_text(paper, apart_lines)
    return made


def bare(figure: str) -> str:
    """A figure without what is said of it in brackets."""
    return figure.partition(" (")[0]


def aside(figure: str) -> str:
    """What is said of a figure in brackets, with them."""
    _, opened, rest = figure.partition(" (")
    return f"({rest}" if opened else ""


def flat(text: str) -> str:
    """On one line."""
    return text.replace("\n", " ")


def anchor_of(paper: Paper, key: str) -> str:
    """The name of a section's heading in a page: short, and safe whatever the key is."""
    place = next((n for n, one in enumerate(paper.sections, 1) if one.key == key), 0)
    return f"section-{place}" if place else ""


def address_of(paper: Paper, target: str) -> str:
    """Where a link leads; "" for what is neither a section of the paper nor a web address."""
    if anchor := anchor_of(paper, target):
        return f"#{anchor}"
    return target if _ADDRESS.fullmatch(target) else ""


def name_of(paper: Paper, target: str) -> str:
    """What a link says: the section's title, or the address itself."""
    return next((one.title for one in paper.sections if one.key == target), target)
