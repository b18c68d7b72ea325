"""Small checks that a strict description of JSON is put together from; each tells what is wrong."""

import re
from collections.abc import Callable, Iterator
from typing import Any

Check = Callable[[Any, str], Iterator[str]]
"""A value and where it stands; what is wrong with it, if anything."""


def length(text: str) -> int:
    """In UTF-16, which is never less than what the platform counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def string(most: int, least: int = 1) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"must be a string [{where}]"
        elif length(value) > most:
            yield f"must be less than {most + 1} characters [{where}]"
        elif length(value) < least or (least and not value.strip()):
            yield f"must be more than {least - 1} characters [{where}]"

    return check


def matching(pattern: str) -> Check:
    found = re.compile(pattern)

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, str) or not found.fullmatch(value):
            yield f"must look like {pattern} [{where}]"

    return check


def boolean(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"must be a boolean [{where}]"


def number(least: int, most: int) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"must be an integer [{where}]"
        elif not least <= value <= most:
            yield f"must be from {least} to {most} [{where}]"

    return check


def one_of(*values: str) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if value not in values:
            yield f"must be one of {', '.join(values)} [{where}]"

    return check


def list_of(item: Check, least: int, most: int) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"must be an array [{where}]"
            return
        if not least <= len(value) <= most:
            yield f"must have {least} to {most} items, not {len(value)} [{where}]"
        for place, one in enumerate(value):
            yield from item(one, f"{where}/{place}")

    return check


def shape(**fields: Check) -> Check:
    """An object with these fields and no others; a name that ends in `_` may be left out."""
    known = {name.removesuffix("_"): check for name, check in fields.items()}
    needed = {name for name in fields if not name.endswith("_")}

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"must be an object [{where}]"
            return
        for name in sorted(needed - value.keys()):
            yield f"missing required field: {name} [{where}]"
        for name, one in value.items():
            if name not in known:
                yield f"invalid additional property: {name} [{where}]"
            else:
                yield from known[name](one, f"{where}/{name}")

    return check


def kinds(**shapes: Check) -> Check:
    """An object whose `type` says which of these it is."""

    def check(value: Any, where: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in shapes:
            yield f"unsupported type: {kind} [{where}]"
            return
        yield from shapes[kind]({k: v for k, v in value.items() if k != "type"}, where)

    return check


def all_of(*checks: Check) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        for one in checks:
            yield from one(value, where)

    return check


def anything(value: Any, where: str) -> Iterator[str]:
    yield from ()
