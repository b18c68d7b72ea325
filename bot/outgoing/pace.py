"""Keeps within a platform's published rates, over all and for each contact.

A platform counts a send when it arrives there, which is somewhere between its start and its
answer. So a send takes one of the places of a second when it starts, and gives it back a second
after its answer: whatever the way there takes, no second can hold more than there are places.
A contact rests as long after the answer to their last message, for the same reason.

That leaves as many places empty as a way there and back is long. A part of it is sure: what comes
back from the last send and what goes there with the next take, together, no less than the shortest
way there and back. So a place that was answered is given back earlier by most of the shortest way
that was seen. What is assumed is that the way does not become much shorter than it ever was: until
many answers have come, and when the platform has asked us to wait, nothing is assumed.

Sends are spaced evenly beside that, so that the next place is never far for who is in a hurry:
by as much as a second and the usual way there and back have for each place.
"""

from collections import deque
from dataclasses import dataclass, field
from math import floor, inf

from bot.messages import Limits

_FORGET_ABOVE = 10_000
_NEWEST = 0.05  # how much the last way counts in what is usual
_SURE = 0.8  # of the shortest way that was seen
_ANSWERS = 300  # before which the shortest way is not known
_RISE = 1.0001  # with each answer: a way that has become longer is learnt within minutes


@dataclass(slots=True)
class Pace:
    """When sends may start, in seconds of the caller's monotonic clock."""

    limits: Limits
    # By contact: when it had its place, and when it started.
    _under_way: dict[int, tuple[float, float]] = field(default_factory=dict)
    _usual_way: float = 0.0
    _shortest_way: float = inf
    _answers: int = 0
    _answered: deque[float] = field(default_factory=deque)  # each place, a second before it is free
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
        self._under_way[contact_id] = (place, now)

    def answered(self, contact_id: int, now: float, *, is_heard: bool = True) -> None:
        """The platform has answered, or never will; `is_heard`: it has taken the message."""
        under_way = self._under_way.pop(contact_id, None)
        if under_way is not None:
            place, start = under_way
            free = now - (self._learnt(now - start) if is_heard else 0.0)
            self._answered.append(free)
            self._usual_way += _NEWEST * (free - place - self._usual_way)
        if self.limits.per_contact_seconds:
            self._rests_until[contact_id] = now + self.limits.per_contact_seconds
            self._forget(now)

    def _learnt(self, way: float) -> float:
        """How much of the way there and back is surely past, by what was seen until now."""
        self._answers += 1
        self._shortest_way = min(way, self._shortest_way * _RISE)
        return _SURE * self._shortest_way if self._answers > _ANSWERS else 0.0

    def pause(self, seconds: float, now: float) -> None:
        """The platform asked us to wait.

        It seldom says whether it means one chat or all of them, and asking again while it waits
        makes it ask for longer: so all wait. Our own pace earns no such answer; in case it did,
        what was learnt of the way is forgotten.
        """
        self._answers, self._shortest_way = 0, inf
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
