"""Nothing is kept that nobody uses: a text in five languages, a setting, an intent."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from bot.app import INTENTS
from bot.settings import Settings
from storage.catalogue_check import stems
from storage.language import HOME, Catalogue

HOUSE = Path(__file__).parent.parent
SHIPPED = ("bot", "digests", "reminders", "surveys", "storage")
SAID_BY_THEIR_LAST_NAME = {
    "bot": ("status", "step"),
    "digests": ("weekly", "you", "results"),
    "surveys": ("poster", "worker"),
}
"""Sections that a function of their own says, which is given the rest of the key."""

_QUOTED = re.compile(r"\"([\w.-]+)\"|'([\w.-]+)'")
_JOINED = re.compile(r"[\"']([\w.]+)[\"'] ~ \w+(?: ~ [\"']([\w.]+)[\"'])?")
_GAP = "\x00"


@cache
def literals() -> frozenset[str]:
    """Every word or key that stands in quotes in code, templates and wording."""
    found = {
        node.value
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for text in _templates():
        found.update(one or other for one, other in _QUOTED.findall(text))
    return frozenset(found)


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Keys that are put together: what is fixed of them, with a gap for each piece."""
    joined = {_with_gaps(node) for tree in _trees() for node in ast.walk(tree)}
    for text in _templates():
        joined |= {f"{start}{_GAP}{end}" for start, end in _JOINED.findall(text)}
    fixed = (one for one in joined if re.fullmatch(r"[\w.\x00]*[a-z]{2}[\w.\x00]*", one))
    return tuple(re.compile(re.escape(one).replace(_GAP, "(.+)")) for one in sorted(fixed))


def _with_gaps(node: ast.AST) -> str:
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = (part.value if isinstance(part, ast.Constant) else _GAP for part in node.values)
    return "".join(str(part) for part in parts)


@cache
def _trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text("utf-8")) for path in _files(".py"))


@cache
def _templates() -> tuple[str, ...]:
    return tuple(path.read_text("utf-8") for path in _files(".j2", ".typ", ".toml"))


def _files(*endings: str) -> Iterator[Path]:
    for room in SHIPPED:
        yield from (path for path in (HOUSE / room).rglob("*") if path.suffix in endings)


def is_said(package: str, key: str) -> bool:
    """Whether the key stands somewhere, whole or in pieces that stand somewhere."""
    section, _, rest = key.partition(".")
    names = [key, *([rest] if section in SAID_BY_THEIR_LAST_NAME.get(package, ()) else [])]
    return any(_stands(name) for name in names)


def _stands(name: str) -> bool:
    if name in literals() or name.isdecimal():
        return True
    fits = [pattern.fullmatch(name) for pattern in patterns()]
    return any(found and all(map(_stands, found.groups())) for found in fits)


@pytest.mark.parametrize("package", ["bot", "digests", "surveys"])
def test_every_text_is_said_somewhere(package: str) -> None:
    keys = stems(Catalogue.load(package).texts[HOME])
    assert sorted(key for key in keys if not is_said(package, key)) == []


@pytest.mark.parametrize(
    "key", ["page.nobody_says_this", "young.told_whenever", "status.unheard_of", "ask.controls"]
)
def test_a_text_that_nobody_says_is_found(key: str) -> None:
    assert not is_said("bot", key)


def fields(model: type[BaseModel]) -> Iterator[str]:
    """Every setting, also those of parts and of lists of parts."""
    for name, field in model.model_fields.items():
        yield name
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from fields(kind)


def test_every_setting_is_read_somewhere() -> None:
    read = {
        node.attr
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    assert sorted(set(fields(Settings)) - read) == []


def test_every_intent_is_queued_somewhere() -> None:
    told = {
        id(key)
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
    }
    queued = {
        node.value
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in told
    }
    assert len(INTENTS) > 40
    assert sorted(set(INTENTS) - queued) == []
