"""What the mailroom answered to the last presses, for a second press of the same page.

A browser shows the answer to the second; without this whoever presses twice would never see the
form that the first one opened. In memory alone, and only for a short while.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from starlette.requests import Request

from bot.messages import Ack, AckStatus, Now

MOST = 500
_FOR = timedelta(minutes=15)


class Answers:
    """The newest answers, by event."""

    def __init__(self) -> None:
        self._given: OrderedDict[str, tuple[datetime, Now]] = OrderedDict()

    def of(self, event_id: str, ack: Ack, now: datetime) -> Now | None:
        """What to show for this acknowledgement: its own, or the one before of the same press."""
        self._forget(now)
        if ack.status is AckStatus.DUPLICATE:
            found = self._given.get(event_id)
            return found[1] if found is not None else ack.now
        if ack.now is not None:
            self._given[event_id] = (now, ack.now)
        return ack.now

    def _forget(self, now: datetime) -> None:
        while self._given:
            at, _ = next(iter(self._given.values()))
            if now - at < _FOR and len(self._given) < MOST:
                return
            self._given.popitem(last=False)


def answers_of(request: Request) -> Answers:
    """Those of this listener."""
    state = request.app.state
    if not hasattr(state, "desk_answers"):
        state.desk_answers = Answers()
    found: Answers = state.desk_answers
    return found
