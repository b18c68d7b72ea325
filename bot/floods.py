"""Somebody, or a program in their name, who sends more than anybody can: how it is told, and that

it costs nobody else anything. What they wrote is kept and read all the same.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.messages import Address, Incoming, Left
from bot.refusals import say_refused

AT_ONCE = 120
PER_SECOND = 1.0
"""A quick thumb on buttons stays far below; a thousand messages a minute do not."""

MOST_REMEMBERED = 50_000
MOST_LETTERS = 4000
"""Of one text that a reviewer is given: many short ones are read as one."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Floods:
    """Counts what each address sent, in memory alone. `counted`: what was too much, by platform."""

    def __init__(self, at_once: float = AT_ONCE, per_second: float = PER_SECOND) -> None:
        self.counted: Counter[str] = Counter()
        self._at_once = at_once
        self._per_second = per_second
        self._buckets: OrderedDict[Address, _Bucket] = OrderedDict()
        self._log = structlog.get_logger("mailroom")

    def is_too_much(self, message: Incoming) -> bool:
        """One more from this address; whether that is more than anybody sends.

        That they have left is always heard.
        """
        bucket = self._bucket(message.sender, message.received_at)
        if isinstance(message.content, Left) or bucket.left >= 1:
            bucket.left = max(0.0, bucket.left - 1)
            return False
        self.counted[message.platform] += 1
        count = self.counted[message.platform]
        say_refused(self._log.warning, "more messages than anybody sends", message.platform, count)
        return True

    def _bucket(self, sender: Address, at: datetime) -> _Bucket:
        now = at.timestamp()
        bucket = self._buckets.pop(sender, None) or _Bucket(self._at_once, now)
        passed = max(0.0, now - bucket.at)
        bucket.left = min(self._at_once, bucket.left + passed * self._per_second)
        bucket.at = max(now, bucket.at)
        self._buckets[sender] = bucket
        if len(self._buckets) > MOST_REMEMBERED:
            self._buckets.popitem(last=False)
        return bucket


def together(words: Iterable[str]) -> Iterator[str]:
    """Many short texts as few longer ones, in their order; none is left out or cut."""
    held: list[str] = []
    length = 0
    for text in words:
        if held and length + len(text) > MOST_LETTERS:
            yield "\n".join(held)
            held, length = [], 0
        if text:
            held.append(text)
            length += len(text) + 1
    if held:
        yield "\n".join(held)
