"""Taking back what one has said: asked once more where nothing but a tap stands before it."""

from bot.receipts import is_held, take_back
from bot.replies import Replies
from storage.anonymous import PooledResponse
from storage.surveys import SessionState, SurveySession


def ask_to_delete(replies: Replies, row: SurveySession | PooledResponse | None) -> bool:
    """Says what stays before anything goes; False where there is nothing to delete."""
    if row is None or row.state == SessionState.DELETED:
        return False
    if say_if_held(replies, row):
        return True
    running = replies.standing.running
    replies.wait_for({"deleting": row.id}, session_id=running.id if running else None)
    replies.queue("delete_sure", s=row.id)
    return True


def answered(replies: Replies, session_id: str, answer: str) -> None:
    """Yes or no to that; an old button does nothing."""
    row = replies.db.get(SurveySession, session_id)
    is_own = row is not None and row.contact_id == replies.standing.contact_id
    if row is None or not is_own or (replies.standing.expecting or {}).get("deleting") != row.id:
        replies.say("stale")
    elif answer == "yes" and not say_if_held(replies, row):
        say_deleted(replies) if delete(replies, row) else replies.say("survey.delete_unknown")
    elif answer != "yes":
        running = replies.standing.running
        replies.wait_for(None, session_id=running.id if running else None)
        replies.say("survey.delete_kept")


def say_if_held(replies: Replies, row: SurveySession | PooledResponse | None) -> bool:
    """Tells them that it has to be kept for now, where a legal hold says so."""
    if row is None or not is_held(replies.db, row):
        return False
    replies.say("held.text", contact=replies.around.settings.partnership.contact)
    return True


def say_deleted(replies: Replies) -> None:
    """What went and what stays."""
    replies.say("nameless.deleted" if replies.leaves_nothing else "survey.deleted")


def delete(replies: Replies, row: SurveySession | PooledResponse) -> bool:
    """Deletes one session's answers; False where that was done before."""
    running = replies.standing.running
    is_here = not isinstance(row, PooledResponse) and (
        row.contact_id == replies.standing.contact_id
    )
    is_other = running is not None and running.id != row.id
    if not take_back(replies.db, row, now=replies.now):
        return False
    if is_here and not is_other:
        replies.wait_for(None)
    elif is_here:
        replies.wait_for(None, session_id=running.id if running else None)
    return True
