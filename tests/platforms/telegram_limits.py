"""What the platform refuses beyond its limits, and what it fails at when it is told to."""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from tests.platforms.http_server import Reply
from tests.platforms.telegram_request import Params, Refused

COUNTED = frozenset(
    {
        "sendmessage",
        "sendphoto",
        "editmessagetext",
        "editmessagecaption",
        "editmessagemedia",
        "editmessagereplymarkup",
    }
)
"""Methods that count towards the limits."""


def too_many(seconds: int) -> Refused:
    text = f"Too Many Requests: retry after {seconds}"
    return Refused(429, text, {"retry_after": seconds})


@dataclass(slots=True)
class RateLimits:
    """Sliding windows, counted when a call arrives; what was refused does not count."""

    per_second: int = 30
    per_chat_seconds: float = 1.0
    per_group_minute: int = 20
    refused: int = 0
    _all: deque[float] = field(default_factory=deque)
    _chats: defaultdict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def check(self, chat: int, now: float) -> None:
        """Raises Refused where the call is one too many."""
        _forget(self._all, now - 1.0)
        own = self._chats[chat]
        _forget(own, now - (60.0 if chat < 0 else self.per_chat_seconds))
        wait = 0.0
        if len(self._all) >= self.per_second:
            wait = self._all[0] + 1.0 - now
        if chat < 0 and len(own) >= self.per_group_minute:
            wait = max(wait, own[0] + 60.0 - now)
        elif chat > 0 and own:
            wait = max(wait, own[-1] + self.per_chat_seconds - now)
        if wait > 0:
            self.refused += 1
            raise too_many(max(1, ceil(wait)))
        self._all.append(now)
        own.append(now)


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure. `is_after`: what was asked is done all the same, and only its answer is lost."""

    refusal: Refused | None = None
    reply: Reply | None = None
    is_after: bool = False

    def answer(self) -> Reply:
        if self.refusal is not None:
            return self.refusal.reply()
        assert self.reply is not None
        return self.reply


TOO_MANY = Fault(too_many(1))
SERVER_ERROR = Fault(Refused(500, "Internal Server Error"))
BAD_GATEWAY = Fault(reply=Reply(502, b"<html><body>502 Bad Gateway</body></html>"))
BLOCKED = Fault(Refused(403, "Forbidden: bot was blocked by the user"))
BAD_REQUEST = Fault(Refused(400, "Bad Request: something we did not foresee"))
HANG = Fault(reply=Reply(is_silent=True))
DROP = Fault(reply=Reply(is_dropped=True))
DROP_AFTER = Fault(reply=Reply(is_dropped=True), is_after=True)
GARBAGE = Fault(reply=Reply(200, b"\xff{not json"))


def migrated(to: int) -> Fault:
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return Fault(Refused(400, text, {"migrate_to_chat_id": to}))


@dataclass(slots=True)
class _Order:
    method: str
    chat: int | None
    faults: deque[Fault]

    def fits(self, method: str, chat: Any) -> bool:
        is_any = self.method == "*" and method != "getupdates"
        return (is_any or self.method == method) and (
            self.chat is None or str(chat) == str(self.chat)
        )


@dataclass(slots=True)
class Faults:
    """Failures on demand: the next calls of a method (or of all, "*") fail so, in turn."""

    orders: list[_Order] = field(default_factory=list)

    def add(self, method: str, faults: Sequence[Fault], chat: int | None) -> None:
        self.orders.append(_Order(method.lower(), chat, deque(faults)))

    def next(self, method: str, params: Params) -> Fault | None:
        for order in self.orders:
            if order.faults and order.fits(method, params.values.get("chat_id")):
                return order.faults.popleft()
        return None

    @property
    def left(self) -> int:
        return sum(len(order.faults) for order in self.orders)
