"""References to rows as they come back from buttons and forms: never trusted to be ours."""

from collections.abc import Sequence

_LONGEST = 9


def row_id(text: str) -> int | None:
    """The id that a text stands for; None where no row of ours can have it."""
    is_id = text.isascii() and text.isdecimal() and len(text) <= _LONGEST
    return int(text) if is_id else None


def first_id(args: Sequence[str]) -> int | None:
    """The id that comes first among what a form is about."""
    return row_id(args[0]) if args else None
