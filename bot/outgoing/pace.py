"""Keeps within a platform's published rates, over all and for each contact.

A platform counts a send when it arrives there, which is somewhere between its start and its
answer. So a send takes one of the places of a second when it starts, and gives it back a second
after its answer: whatever the way there takes, no second can hold more than there are places.
A contact rests as long after the answer to their last message, for the same reason.

Sends are spaced evenly beside that, so that the next place is never far for who is in a hurry:
by as much as a second and the usual way there and back have for each place.
"""

from collections import deque
from dataclasses import dataclass, field
from math import floor, inf

from bot.messages import Limits

_FORGET_ABOVE = 10_000
_NEWEST = 0.05  # how much the last way counts in what is usual


@dataclass(slots=True)
class Pace:
    """When sends may start, in seconds of the caller's monotonic clock."""

    limits: Limits
    _under_way: dict[int, float] = field(default_factory=dict)  # by contact, where it had its place
    _usual_way: float = 0.0
    _answered: deque[float] = field(default_factory=deque)
    _next: float = -inf
    _paused_until: float = -inf
    _rests_until: dict[int, float] = field(default_factory=dict)

    def ready_at(self, now: float, *, is_alert: bool = False) -> float:
        """The earliest start of the next send; infinite while an answer has to come first.

        An alert tries in spite of a pause: a concern is worth a request that may be refused.
        """
        paused = -inf if is_alert else self._paused_until
        if self.limits.per_second is None:
            return max(now, paused)
        places, window = self._window()
        while self._answered and self._answered[0] + window <= now:
            self._answered.popleft()
        if len(self._under_way) >= places:
            return inf
        too_many = len(self._under_way) + len(self._answered) - places
        place = self._answered[too_many] + window if too_many >= 0 else now
        return max(now, place, self._next, paused)

    def contact_ready_at(self, contact_id: int) -> float:
        """Until when this contact rests; a rest of theirs delays nobody else."""
        return self._rests_until.get(contact_id, -inf)

    def start(self, contact_id: int, now: float) -> None:
        """A send starts. One that starts late lets the next come closer, by a place at most."""
        if self.limits.per_second is None:
            return
        places, window = self._window()
        space = (window + self._usual_way) / places
        place = max(self._next, now - space)
        self._next = place + space
        self._under_way[contact_id] = place

    def answered(self, contact_id: int, now: float) -> None:
        """The platform has answered, or never will."""
        place = self._under_way.pop(contact_id, None)
        if place is not None:
            self._answered.append(now)
            self._usual_way += _NEWEST * (now - place - self._usual_way)
        if self.limits.per_contact_seconds:
            self._rests_until[contact_id] = now + self.limits.per_contact_seconds
            self._forget(now)

    def pause(self, seconds: float, now: float) -> None:
        """The platform asked us to wait.

        It seldom says whether it means one chat or all of them, and asking again while it waits
        makes it ask for longer: so all wait. Our own pace earns no such answer.
        """
        self._paused_until = max(self._paused_until, now + seconds)

    def pause_left(self, now: float) -> float:
        return max(0.0, self._paused_until - now)

    def _window(self) -> tuple[int, float]:
        rate = self.limits.per_second or inf
        return (floor(rate), 1.0) if rate >= 1 else (1, 1 / rate)

    def _forget(self, now: float) -> None:
        if len(self._rests_until) > _FORGET_ABOVE:
            kept = {key: until for key, until in self._rests_until.items() if until > now}
            self._rests_until = kept
