"""Taking back what one has said: asked once more where nothing but a tap stands before it."""

from bot.receipts import take_back
from bot.replies import Replies
from storage.surveys import SessionState, SurveySession


def ask_to_delete(replies: Replies, row: SurveySession | None) -> bool:
    """Says what stays before anything goes; False where there is nothing to delete."""
    if row is None or row.state == SessionState.DELETED:
        return False
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
    elif answer == "yes":
        replies.say("survey.deleted" if delete(replies, row) else "survey.delete_unknown")
    else:
        running = replies.standing.running
        replies.wait_for(None, session_id=running.id if running else None)
        replies.say("survey.delete_kept")


def delete(replies: Replies, row: SurveySession) -> bool:
    """Deletes one session's answers; False where that was done before."""
    is_here = row.contact_id == replies.standing.contact_id
    if not take_back(replies.db, row, now=replies.now):
        return False
    running = replies.standing.running
    is_other = running is not None and running.id != row.id
    if is_here and not is_other:
        replies.wait_for(None)
    elif is_here:
        replies.wait_for(None, session_id=running.id if running else None)
    return True
