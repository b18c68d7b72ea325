"""How much the connector takes, and what it fails at when it is told to."""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from tests.platforms.faults import (
    BAD_GATEWAY,
    DROP,
    DROP_AFTER,
    GARBAGE,
    HANG,
    Fault,
    slow,
)

__all__ = [
    "BAD_GATEWAY",
    "DROP",
    "DROP_AFTER",
    "GARBAGE",
    "HANG",
    "PRECONDITION",
    "SERVER_ERROR",
    "TIMED_OUT",
    "TOO_MANY",
    "UNAUTHORISED",
    "Fault",
    "Faults",
    "RateLimits",
    "Refused",
    "slow",
]

Json = dict[str, Any]
WINDOWS = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
"""Messages in one conversation: so many in so many seconds."""
PER_TENANT = (50, 1.0)


_ROUNDING = 1e-6  # who waits as told gets through, whatever the sum of the seconds


@dataclass
class Refused(Exception):
    """What the connector answers to what it does not do."""

    status: int
    code: str
    message: str = ""
    retry_after: int = 0

    def body(self) -> Json:
        return {"error": {"code": self.code, "message": self.message or self.code}}


def too_many(seconds: int) -> Refused:
    text = "API calls quota exceeded! maximum admitted per conversation"
    return Refused(429, "TooManyRequests", text, seconds)


@dataclass(slots=True)
class RateLimits:
    """Sliding windows; what was refused does not count."""

    windows: Sequence[tuple[int, float]] = WINDOWS
    refused: int = 0
    _times: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def check(self, conversation: str, tenant: str, now: float) -> None:
        """Raises Refused where the call is one too many."""
        wait = max(
            self._wait(conversation, self.windows, now), self._wait(tenant, (PER_TENANT,), now)
        )
        if wait > 0:
            self.refused += 1
            raise too_many(max(1, ceil(wait)))
        self._times[conversation].append(now)
        self._times[tenant].append(now)

    def _wait(self, key: str, windows: Sequence[tuple[int, float]], now: float) -> float:
        times = self._times[key]
        longest = max(seconds for _, seconds in windows)
        while times and times[0] <= now - longest:
            times.popleft()
        waits = [0.0]
        for most, seconds in windows:
            if len(times) >= most and times[-most] > now - seconds + _ROUNDING:
                waits.append(times[-most] + seconds - now)
        return max(waits)


TOO_MANY = Fault(too_many(1))
PRECONDITION = Fault(Refused(412, "PreconditionFailed"))
SERVER_ERROR = Fault(Refused(500, "InternalServerError"))
TIMED_OUT = Fault(Refused(504, "GatewayTimeout"))
UNAUTHORISED = Fault(Refused(401, "Unauthorized"))


@dataclass(slots=True)
class Faults:
    """Failures on demand: the next calls of a kind (or of all, "*") fail so, in turn."""

    orders: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))

    def add(self, call: str, faults: Sequence[Fault]) -> None:
        self.orders[call].extend(faults)

    def next(self, call: str) -> Fault | None:
        for name in (call, "*"):
            if self.orders.get(name):
                return self.orders[name].popleft()
        return None

    @property
    def left(self) -> int:
        return sum(len(faults) for faults in self.orders.values())
