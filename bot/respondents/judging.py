"""“Did we get that right?”: one tap, and a line of words for whoever wants to say more."""

from bot.replies import Replies
from digests.reading import ABOUT_OUR_ANSWER as ABOUT_OUR_ANSWER
from digests.verdicts import BEHIND_CONTACT, give, mark_of
from storage.voice import Verdict


def pressed(replies: Replies, publication_id: int, answer: str) -> None:
    """A tap: the last one counts. What they write then is read like any other words of theirs."""
    if answer not in set(Verdict):
        replies.say("stale")
        return
    mark = mark_of(
        replies.around.keyring, publication_id, BEHIND_CONTACT, str(replies.standing.contact_id)
    )
    verdict = Verdict(answer)
    if not give(replies.db, publication_id, mark, verdict, today=replies.around.today):
        replies.say("stale")
        return
    may_write = verdict is not Verdict.RIGHT and replies.standing.person_id is None
    running = replies.standing.running
    if running is None:
        replies.wait_for({"judged": publication_id} if may_write else None)
    replies.say("verdict.more" if may_write else "verdict.thanks")


def judged(replies: Replies) -> str:
    """What the words that come now answer, where we asked for them; empty otherwise."""
    waits = "judged" in (replies.standing.expecting or {})
    if waits:
        replies.wait_for(None)
    return ABOUT_OUR_ANSWER if waits else ""
