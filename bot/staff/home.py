"""Where somebody comes first: the place that a platform keeps for us, and the first hello."""

from bot.access import Who
from bot.replies import Replies


def opened(replies: Replies, who: Who) -> None:
    """What stands in that place now."""
    replies.queue("home", person=who.person_id)


def welcomed(replies: Replies, who: Who) -> None:
    """Why they hear from us, what to do, and how to stop it."""
    replies.queue("welcome_staff", person=who.person_id)
