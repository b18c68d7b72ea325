"""What a card has to be: valid by the official schema, small enough, and readable by its text."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator

from tests.platforms.teams_cards import card_problems

SCHEMA = Path(__file__).parents[3] / "platforms" / "adaptive_card_1_5.json"
MOST_BYTES = 28 * 1024


@cache
def _validator() -> Draft6Validator:
    return Draft6Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def problems(card: dict[str, Any]) -> list[str]:
    """What is wrong with it; empty where Teams takes it."""
    found = [f"{list(error.path)}: {error.message[:300]}" for error in _errors(card)]
    size = len(json.dumps(card, ensure_ascii=False).encode())
    hidden = [one for one in elements(card) if len(one.get("actions", ())) > 6]
    found += card_problems(card)
    return found + ([f"{size} bytes"] if size > MOST_BYTES else []) + (["hidden"] if hidden else [])


def _errors(card: dict[str, Any]) -> list[Any]:
    validator = _validator()
    return [] if validator.is_valid(card) else list(validator.iter_errors(card))


def elements(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in a card, in its order."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from elements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from elements(inner)


def words(card: dict[str, Any]) -> str:
    """All its text, line by line."""
    kinds = ("TextBlock", "TextRun")
    return "\n".join(str(one["text"]) for one in elements(card) if one.get("type") in kinds)


def buttons(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Its buttons by their titles, without the fallbacks."""
    found = [
        one for one in elements(card) if one.get("type") in ("Action.Execute", "Action.OpenUrl")
    ]
    return {str(one["title"]): one for one in found}


def inputs(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Its inputs by their ids."""
    return {one["id"]: one for one in elements(card) if str(one.get("type")).startswith("Input.")}
