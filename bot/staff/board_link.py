""" "board": a link to the pages inside, for whoever finds something there."""

from bot.access import Right, Who
from bot.board_links import Asking, may_enter, send_link
from bot.replies import Replies
from bot.staff.refusing import refuse

WORDS = frozenset({"board", "sign in", "signin", "login", "log in"})


def said(replies: Replies, who: Who, text: str) -> bool:
    """The word that asks for a link; False if it is something else."""
    if " ".join(text.casefold().split()).removeprefix("/") not in WORDS:
        return False
    if not may_enter(who):
        refuse(replies, Right.STATE)
    elif not replies.around.settings.links.board:
        replies.say("board.no_address")
    elif not send_link(
        replies.db,
        who.person_id,
        replies.around,
        Asking(is_known=True),
        contact_id=replies.standing.contact_id,
    ):
        replies.say("board.too_many")
    return True
