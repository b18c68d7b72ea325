"""What somebody writes in an anonymous survey, on its way to the person who reads it. Pure.

It is read in time like any other text, under a number of its own and by the hour only.
"""

import hashlib
from collections.abc import Mapping
from secrets import randbelow, token_hex
from typing import Any

FIRST_OF_OURS = 2**30
"""Numbers that a database gives in turn do not come so far; ours are drawn from here on."""


def drawn_number() -> int:
    """A number for a row whose place in the table must not say when it was written."""
    return FIRST_OF_OURS + randbelow(FIRST_OF_OURS)


def author_of(session_id: str, question: str) -> str:
    """The name under which one person's texts at one question stand; at another it is another.

    It is made of the session's number, which is gone when the session ends.
    """
    digest = hashlib.sha256(f"text\x1f{session_id}\x1f{question}".encode()).hexdigest()
    return digest[:24]


def apart(row: Mapping[str, Any], author: str | None = None) -> dict[str, Any]:
    """The row of a text, joined to nothing: under a drawn number, by the author or by nobody."""
    return {**row, "id": drawn_number(), "pseudonym": author or token_hex(12)}
