"""Two programs that answer one another would never end: whoever writes too much is not answered.

Nor are more than so many strangers an hour: answers to rubbish go to whoever it is signed with.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST_AT_ONCE = 12
MOST_A_DAY = 60
MOST_STRANGERS = 60
_SHORT, _HOUR, _DAY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)
_ADDRESSES = 5000


class LoopGuard:
    """Counts mails by sender. No person writes a dozen in ten minutes, or sixty in a day."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, deque[tuple[datetime, str]]] = OrderedDict()
        self._strangers: deque[tuple[datetime, str]] = deque()

    def are_too_many(self, event_id: str, at: datetime) -> bool:
        """Whether this mail, which proves nothing, is one too many of all such in an hour."""
        return not _is_let_in(self._strangers, event_id, at, MOST_STRANGERS, _HOUR)

    def is_too_much(self, sender: str, event_id: str, at: datetime) -> bool:
        """Whether this mail is one too many; one that comes again is not counted again."""
        mails = self._seen.setdefault(sender, deque())
        self._seen.move_to_end(sender)
        while len(self._seen) > _ADDRESSES:
            self._seen.popitem(last=False)
        while mails and at - mails[0][0] > _DAY:
            mails.popleft()
        just_now = sum(at - when <= _SHORT for when, _ in mails)
        is_known = any(event_id == known for _, known in mails)
        if just_now >= MOST_AT_ONCE and not is_known:
            return True
        return not _is_let_in(mails, event_id, at, MOST_A_DAY, _DAY)


def _is_let_in(
    mails: deque[tuple[datetime, str]], event_id: str, at: datetime, most: int, span: timedelta
) -> bool:
    while mails and at - mails[0][0] > span:
        mails.popleft()
    if any(event_id == known for _, known in mails):
        return True
    if len(mails) >= most:
        return False
    mails.append((at, event_id))
    return True
