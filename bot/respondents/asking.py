"""Putting the present question, and care; what arriving and answering both need."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from bot.form_pages import page_of
from bot.messages import OpenForm
from bot.replies import Replies
from storage.mail import Outbox
from storage.surveys import SurveySession
from surveys.sessions import new_id
from surveys.steps import Running

DOUBLE_TAP = timedelta(seconds=3)


def ask(replies: Replies, running: Running) -> None:
    """The present question, again if need be; a page of them where one can be opened."""
    if replies.can_open and running.at.asking is not None:
        replies.shown = OpenForm(page_of(running.form, running.at, replies.text, id=running.id))
        replies.wait_for({"page": running.id}, session_id=running.id)
        return
    replies.queue("ask", s=running.id, n=running.at.step)


def is_double_tap(replies: Replies, running: Running) -> bool:
    """Whether the first tap began this just now: then the question is on its way already."""
    started = running.at.started
    return running.at.step == 1 and replies.now - started < DOUBLE_TAP


def is_asked_just_now(replies: Replies, running: Running) -> bool:
    """Whether a tap on the question before put this question: the second tap asks nothing."""
    if running.is_anonymous:
        moved = select(SurveySession.moved_at).where(col(SurveySession.id) == running.id)
        return replies.now - replies.db.exec(moved).one() < DOUBLE_TAP
    key = f"ask:{running.id}:{running.at.step}"
    asked = replies.db.exec(select(Outbox.created_at).where(Outbox.dedupe_key == key)).first()
    return asked is not None and replies.now - asked < DOUBLE_TAP


def speak(replies: Replies, language: str) -> None:
    """From now on in this language."""
    replies.standing = replace(replies.standing, language=language)


def care(replies: Replies) -> None:
    """Thanks, help, and what they may want next; nothing that asks what happened."""
    running, standing = replies.standing.running, replies.standing
    if running is not None:
        replies.queue("care", s=running.id, n=running.at.step, ended=False)
        replies.wait_for({"care": running.id}, session_id=running.id)
        return
    waiting = dict(standing.expecting or {})
    session = standing.last_session_id or ""
    if replies.leaves_nothing and not standing.address.is_paged:
        session = new_id()  # a number for this offer alone
        replies.wait_for({**waiting, "care": session})
    replies.queue("care", s=session, n=0, ended=True, over=not waiting.get("ended"))
