"""Which message of ours stands in whose thread, for Slack takes replies to the first one only.

A message's id with us is "channel:ts".
"""

import re
from collections import OrderedDict

_MOST = 20_000
_ID = re.compile(r"([CDG][A-Z0-9]+):(\d+\.\d+)")


class Threads:
    """Remembers what it was told; the newest many."""

    def __init__(self) -> None:
        self._firsts: OrderedDict[str, str] = OrderedDict()

    def note(self, message_id: str, first: str) -> None:
        """A message stands in the thread below another; nothing to note where that is empty."""
        if message_id and first:
            self._firsts[message_id] = first
            self._firsts.move_to_end(message_id)
            while len(self._firsts) > _MOST:
                self._firsts.popitem(last=False)

    def place(self, message_id: str) -> tuple[str, str]:
        """Channel and first message of the thread that this belongs to; empty for no id of ours."""
        channel, ts = parted(message_id)
        return channel, self._firsts.get(message_id, ts)


def parted(message_id: str) -> tuple[str, str]:
    """Channel and ts; empty for what is no id of a message here."""
    found = _ID.fullmatch(message_id)
    return (found[1], found[2]) if found else ("", "")
