"""Making people's texts safe to show: one line, right way round, short, and never markup."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import regex

from surveys.printable import FSI, PDI

_STEERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"\s+")
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&#@$^{}=]")
_ADDRESS = re.compile(r"(?i)(://|\bwww\.)")
_OPENING = re.compile(r"^(?:([-+:])|(\d{1,9})([.)])(?=\s|$))")


def every_text(view: Any, change: Callable[[str], str]) -> Any:
    """The same view with `change` made to every text in it, so that none can be forgotten."""
    if isinstance(view, Enum):
        return view
    if isinstance(view, str):
        return change(view)
    if is_dataclass(view) and not isinstance(view, type):
        changed = {f.name: every_text(getattr(view, f.name), change) for f in fields(view)}
        return replace(view, **changed)
    if isinstance(view, tuple):
        return tuple(every_text(item, change) for item in view)
    if isinstance(view, dict):
        return {key: every_text(item, change) for key, item in view.items()}
    return view


def one_line(text: str) -> str:
    """Without line breaks, control characters, and signs that turn the text after them round.

    Text that runs from right to left is set apart, so that it leaves its neighbours in place.
    """
    text = _SPACES.sub(" ", _STEERING.sub("", text))
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs"))
    text = _SPACES.sub(" ", text).strip()
    return f"{FSI}{text}{PDI}" if _runs_leftward(text) else text


def _runs_leftward(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text)


def shortened(text: str, most: int) -> str:
    """Cut between characters as people see them, at a space where one is near."""
    seen = regex.findall(r"\X", text)
    if len(seen) <= most:
        return text
    cut = "".join(seen[: most - 1])
    head, space, tail = cut.rpartition(" ")
    return f"{(head if space and len(tail) < most // 4 else cut).rstrip()}…"


def markdown(text: str) -> str:
    """Literal in CommonMark and GitHub's tables: nothing in it is read as markup or as a link."""
    text = _MARKDOWN.sub(lambda found: f"\\{found[0]}", text)
    text = _ADDRESS.sub(lambda found: found[0].replace(":", "\\:").replace(".", "\\."), text)
    return _OPENING.sub(lambda found: f"{found[2] or ''}\\{found[1] or found[3]}", text)
