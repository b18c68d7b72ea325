"""The safeguarding reviewer's side in chat: references and clocks, never words."""

from bot.access import Right, Who
from bot.replies import Replies
from bot.staff.refusing import refuse
from bot.tokens import read_act
from surveys import concerns


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """ "I have it" under an alert; False if it is something else."""
    act, args = read_act(token)
    if act != "ack" or len(args) != 1:
        return False
    _acknowledge(replies, who, args[0])
    return True


def said(replies: Replies, who: Who, text: str) -> bool:
    """/concerns and /ack REF; False if it is neither."""
    words = text.strip().split()
    command = words[0].casefold().lstrip("/") if words else ""
    if command == "concerns" and len(words) == 1:
        if who.may(Right.REVIEW):
            replies.queue("concern_list")
        else:
            refuse(replies, Right.REVIEW)
    elif command == "ack" and len(words) == 2:
        _acknowledge(replies, who, words[1].upper())
    else:
        return False
    return True


def _acknowledge(replies: Replies, who: Who, ref: str) -> None:
    if not who.may(Right.REVIEW):
        refuse(replies, Right.REVIEW)
        return
    item = concerns.find(replies.db, ref)
    if item is None:
        replies.say("reviewer.unknown", ref=ref)
    elif concerns.acknowledge(replies.db, item, person_id=who.person_id, now=replies.now):
        replies.say("reviewer.acknowledged", ref=ref)
    else:
        replies.say("reviewer.already", ref=ref)
