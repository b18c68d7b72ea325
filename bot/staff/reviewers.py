"""The safeguarding reviewer's side in chat: references and clocks, never words."""

from bot.access import Right, Who
from bot.replies import Replies
from bot.staff.refusing import refuse
from bot.tokens import read_act
from storage.calendar import LONDON
from storage.concerns import ReviewItem
from surveys import concerns

_OF_A_TEXT = ("ack", "giveback")


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """What is pressed under an alert, or before the close of hours; False if something else."""
    act, args = read_act(token)
    if act in _OF_A_TEXT and len(args) == 1:
        _do(replies, who, act, args[0])
    elif act == "handover" and not args:
        _hand_over(replies, who)
    else:
        return False
    return True


def said(replies: Replies, who: Who, text: str) -> bool:
    """/concerns, /concerns handover, /ack REF and /giveback REF; False if it is none of them."""
    words = text.strip().casefold().lstrip("/").split()
    match words:
        case ["concerns"]:
            _list(replies, who)
        case ["concerns", "handover"]:
            _hand_over(replies, who)
        case [("ack" | "giveback") as act, ref]:
            _do(replies, who, act, ref.upper())
        case _:
            return False
    return True


def _list(replies: Replies, who: Who) -> None:
    if who.may(Right.REVIEW):
        replies.queue("concern_list")
    else:
        refuse(replies, Right.REVIEW)


def _do(replies: Replies, who: Who, act: str, ref: str) -> None:
    if not who.may(Right.REVIEW):
        refuse(replies, Right.REVIEW)
        return
    item = concerns.find(replies.db, ref)
    if item is None:
        replies.say("reviewer.unknown", ref=ref)
    elif act == "ack":
        _acknowledge(replies, who, item)
    else:
        _give_back(replies, who, item)


def _acknowledge(replies: Replies, who: Who, item: ReviewItem) -> None:
    if not concerns.acknowledge(replies.db, item, person_id=who.person_id, now=replies.now):
        replies.say("reviewer.already", ref=item.ref)
    elif not concerns.hears_of_it(replies.db, item, replies.standing.contact_id):
        replies.say("reviewer.acknowledged", ref=item.ref)


def _give_back(replies: Replies, who: Who, item: ReviewItem) -> None:
    try:
        concerns.hand_back(replies.db, item, person_id=who.person_id, now=replies.now)
    except concerns.NotAllowed:
        replies.say("reviewer.not_yours", ref=item.ref)
    else:
        replies.say("reviewer.given_back", ref=item.ref)


def _hand_over(replies: Replies, who: Who) -> None:
    if not who.may(Right.REVIEW):
        refuse(replies, Right.REVIEW)
        return
    around = replies.around
    try:
        what = concerns.hand_over(
            replies.db,
            who.person_id,
            replies.now,
            calendar=around.calendar,
            clocks=around.settings.concerns.clocks(),
        )
    except concerns.NotAllowed:
        replies.say("reviewer.nobody_on_call")
        return
    replies.say(
        "reviewer.you_handed_over",
        red=what.red_waiting,
        unread=what.unread,
        to=what.to,
        at=f"{what.at.astimezone(LONDON):%H:%M}",
    )
