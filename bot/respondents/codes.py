"""How often somebody may try codes that open nothing: guessing must not find another's."""

from datetime import timedelta

from bot.replies import Replies
from storage.mail import WrongCodes

MOST_WRONG = 5
PAUSE = timedelta(minutes=10)


def may_try(replies: Replies) -> bool:
    """Whether a code may be tried now; after five wrong ones there is a pause of ten minutes."""
    row = replies.db.get(WrongCodes, replies.standing.contact_id)
    return row is None or row.count < MOST_WRONG or replies.now - row.since >= PAUSE


def note_wrong(replies: Replies) -> None:
    """Counts a wrong code; the count begins anew after a pause."""
    row = replies.db.get(WrongCodes, replies.standing.contact_id)
    if row is None:
        row = WrongCodes(contact_id=replies.standing.contact_id, since=replies.now)
    elif replies.now - row.since >= PAUSE:
        row.count = 0
    row.count, row.since = row.count + 1, replies.now
    replies.db.add(row)
    replies.db.flush()
