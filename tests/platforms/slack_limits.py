"""How many calls Slack takes, and what it fails at when it is told to."""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from tests.platforms.faults import (
    BAD_GATEWAY,
    DROP,
    DROP_AFTER,
    GARBAGE,
    HANG,
    Fault,
    slow,
)
from tests.platforms.slack_request import Params, Refused, too_many

__all__ = [
    "BAD_GATEWAY",
    "DROP",
    "DROP_AFTER",
    "FATAL",
    "GARBAGE",
    "HANG",
    "SERVER_ERROR",
    "TOO_MANY",
    "UNAVAILABLE",
    "Fault",
    "Faults",
    "RateLimits",
    "refused",
    "slow",
]

PER_MINUTE = {
    "apps.connections.open": 1,
    "conversations.open": 50,
    "conversations.info": 50,
    "users.info": 100,
    "users.lookupByEmail": 50,
    "chat.update": 50,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "views.open": 100,
    "views.update": 100,
    "views.push": 100,
    "views.publish": 100,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
}
"""The tier of each method: calls a minute and workspace. Messages have a rule of their own."""
BURST = 5
"""Calls that may come at once, beyond what a minute's share allows."""
_MESSAGES_BURST = 3
"""Messages to one channel that may come at once before one a second is all there is."""


_ROUNDING = 1e-6  # who waits as told gets through, whatever the sum of the seconds


@dataclass(slots=True)
class _Bucket:
    """Fills up steadily; each call takes one out."""

    left: float
    at: float

    def wait(self, now: float, per_second: float, most: float) -> float:
        self.left = min(most, self.left + (now - self.at) * per_second)
        self.at = now
        if self.left >= 1 - _ROUNDING:
            self.left -= 1
            return 0.0
        return (1 - self.left) / per_second


@dataclass(slots=True)
class RateLimits:
    """One message a second and channel, and the tiers; what was refused does not count."""

    messages_per_second: float = 1.0
    refused: int = 0
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)

    def check(self, method: str, space: str, channel: str, now: float) -> None:
        """Raises Refused where the call is one too many."""
        if method == "chat.postMessage":
            wait = self._wait(("message", channel), now, self.messages_per_second, _MESSAGES_BURST)
        elif method in PER_MINUTE:
            minute = PER_MINUTE[method]
            wait = self._wait((method, space), now, minute / 60, max(BURST, minute / 10))
        else:
            return
        if wait > 0:
            self.refused += 1
            raise too_many(max(1, ceil(wait)))

    def _wait(self, key: tuple[str, str], now: float, rate: float, most: float) -> float:
        bucket = self._buckets.setdefault(key, _Bucket(most, now))
        return bucket.wait(now, rate, most)


def refused(error: str) -> Fault:
    """Any of Slack's error codes."""
    return Fault(Refused(error))


TOO_MANY = Fault(too_many(1))
SERVER_ERROR = Fault(Refused("internal_error", status=500))
FATAL = Fault(Refused("fatal_error"))
UNAVAILABLE = Fault(Refused("service_unavailable", status=503))


@dataclass(slots=True)
class Faults:
    """Failures on demand: the next calls of a method (or of all, "*") fail so, in turn."""

    orders: defaultdict[tuple[str, str], deque[Fault]] = field(
        default_factory=lambda: defaultdict(deque)
    )

    def add(self, method: str, faults: Sequence[Fault], channel: str) -> None:
        self.orders[(method, channel)].extend(faults)

    def next(self, method: str, params: Params) -> Fault | None:
        channel = params.text("channel") or params.text("channel_id")
        for key in ((method, channel), (method, ""), ("*", channel), ("*", "")):
            if self.orders.get(key):
                return self.orders[key].popleft()
        return None

    @property
    def left(self) -> int:
        return sum(len(faults) for faults in self.orders.values())
