"""Chance that falls the same way each time."""

from random import Random


def chance(*of: object) -> Random:
    """Its own for each thing that it decides about, so that a new line elsewhere shifts nothing."""
    return Random(":".join(map(str, of)))  # noqa: S311 - a story, no secret
