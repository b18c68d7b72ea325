"""Keeps within a platform's published rates, over all and for each contact."""

from dataclasses import dataclass, field
from math import inf

from bot.messages import Limits


@dataclass(slots=True)
class Pace:
    """When the next send may go, in seconds of the caller's monotonic clock."""

    limits: Limits
    _free_at: float = 0.0
    _contact_free_at: dict[int, float] = field(default_factory=dict)

    def reserve(self, contact_id: int, now: float, *, most: float = inf) -> float:
        """Takes the next place; how many seconds to wait for it. Longer than `most`: none is taken.

        A contact's own pause delays nobody else.
        """
        place = max(now, self._free_at)
        start = max(place, self._contact_free_at.get(contact_id, 0.0))
        if start - now > most:
            return start - now
        if self.limits.per_second is not None:
            self._free_at = place + 1 / self.limits.per_second
        if self.limits.per_contact_seconds:
            self._contact_free_at[contact_id] = start + self.limits.per_contact_seconds
            self._forget(now)
        return start - now

    def pause(self, seconds: float, now: float) -> None:
        """The platform asked us to wait."""
        self._free_at = max(self._free_at, now + seconds)

    def _forget(self, now: float) -> None:
        if len(self._contact_free_at) > 10_000:
            kept = {key: at for key, at in self._contact_free_at.items() if at > now}
            self._contact_free_at = kept
