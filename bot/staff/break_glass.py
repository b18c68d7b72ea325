"""What a reviewer presses under the news that the queue was opened in an emergency."""

from bot.access import Right, Who
from bot.break_glass import confirm
from bot.replies import Replies
from bot.staff.refusing import refuse
from bot.tokens import read_act
from storage.break_glass import BreakGlass


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """ "I have looked at it"; False if it is something else."""
    act, args = read_act(token)
    if act != "glass" or len(args) != 1 or not args[0].isdecimal():
        return False
    row = replies.db.get(BreakGlass, int(args[0]))
    if not who.may(Right.REVIEW):
        refuse(replies, Right.REVIEW)
    elif row is None:
        replies.say("stale")
    else:
        is_new = confirm(replies.db, row, who, replies.now)
        replies.say("glass.seen" if is_new else "glass.seen_already")
    return True
