"""Saying no: every refusal says whose it is, and who can help."""

from bot.access import Right, refusal
from bot.replies import Replies


def refuse(replies: Replies, right: Right) -> None:
    """Tells whoever asked that they may not, and whom they can ask instead."""
    replies.queue("refused", right=right.value)


def refused(replies: Replies, right: Right) -> str:
    """The same as a text, for a form or a page that is shown at once."""
    contact = replies.around.settings.partnership.contact
    return refusal(replies.db, right, replies.text, contact)
