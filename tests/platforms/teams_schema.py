"""The official schema of Adaptive Cards 1.5, beside our own checks: what both let by is a card."""

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator

from tests.platforms.teams_cards import card_problems

SCHEMA = Path(__file__).with_name("adaptive_card_1_5.json")


@cache
def _validator() -> Draft6Validator:
    return Draft6Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def all_card_problems(card: Any) -> list[str]:
    """What is wrong with it; empty where Teams shows it. Cards that come again are remembered."""
    return list(_problems_of(json.dumps(card, sort_keys=True)))


@lru_cache(maxsize=256)
def _problems_of(text: str) -> tuple[str, ...]:
    card = json.loads(text)
    found = card_problems(card)
    if not found and not _validator().is_valid(card):
        errors = _validator().iter_errors(card)
        found = [f"{list(error.path)}: {error.message[:200]}" for error in errors]
    return tuple(found)
