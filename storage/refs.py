"""References that people read out and type: never in order, nothing in them to mistake."""

import secrets

_LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"


def new_ref() -> str:
    """Eight letters and digits: no vowel, so no word, and none that looks like another."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))
