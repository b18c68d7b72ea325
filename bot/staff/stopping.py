"""No more reminders, and reminders again: one word each, and nobody is asked why."""

from bot.access import Who
from bot.replies import Replies
from reminders import wishes
from storage.people import Role

_WORDS = ("stop", "start")


def pressed(replies: Replies, who: Who, act: str) -> bool:
    """The button, or the link at the foot of an e-mail; False if it is neither."""
    if act not in _WORDS:
        return False
    if act == "stop":
        stop(replies, who)
    else:
        start(replies, who)
    return True


def said(replies: Replies, who: Who, text: str) -> bool:
    """ "stop" and "start", also as commands; False if it is neither."""
    return pressed(replies, who, text.strip().casefold().removeprefix("/"))


def stop(replies: Replies, who: Who) -> None:
    """At once; the manager hears of it once, so that nobody waits for them."""
    today = replies.around.today
    if not wishes.stop(replies.db, person_id=who.person_id, now=replies.now, today=today):
        replies.say("settings.stopped_already")
        return
    replies.tell_role(
        Role.MANAGER,
        "stopped_reminders",
        key=f"stopped:{who.person_id}:{today}",
        person=who.person_id,
    )
    replies.wait_for(None)
    replies.say("settings.stopped")


def start(replies: Replies, who: Who) -> None:
    """As it was before; also the end of a quiet time."""
    began = wishes.start_again(replies.db, person_id=who.person_id)
    replies.say("settings.started" if began else "settings.started_already")
