"""The order that ODK's `randomize` gives: Park and Miller's generator, Fisher and Yates' shuffle.

The same seed gives the same order here, in ODK Collect and in Web Forms.
"""

import hashlib
import math
import secrets
from collections.abc import Sequence
from typing import TypeVar

from surveys.expressions.values import to_number

T = TypeVar("T")

_MODULUS = 2_147_483_647
_FACTOR = 16_807
_MOST = 2**63 - 1


def shuffled(items: Sequence[T], seed: str | float | None) -> tuple[T, ...]:
    """The items in the order that this seed gives; without a seed, in any."""
    state = _first_state(secrets.randbits(31) if seed is None else _whole(seed))
    mixed: list[T] = []
    for place, item in enumerate(items):
        state = state * _FACTOR % _MODULUS
        other = math.floor((state - 1) / (_MODULUS - 1) * (place + 1))
        mixed.append(item)
        mixed[place], mixed[other] = mixed[other], item
    return tuple(mixed)


def _whole(seed: str | float) -> int:
    """A text counts by its number, else by its SHA-256; what is no number is 0."""
    if isinstance(seed, str):
        return _of_text(seed)
    if math.isnan(seed):
        return 0
    if math.isinf(seed):
        return _MOST if seed > 0 else -_MOST - 1
    return math.trunc(seed)


def _of_text(seed: str) -> int:
    number = to_number(seed)
    return _hash(seed) if math.isnan(number) else _whole(number)


def _hash(seed: str) -> int:
    if not seed:
        return 0
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big", signed=True)


def _first_state(seed: int) -> int:
    # The remainder has the sign of the seed, as in Java and JavaScript.
    state = int(math.copysign(abs(seed) % _MODULUS, seed)) if seed else 0
    return state if state > 0 else state + _MODULUS - 1
