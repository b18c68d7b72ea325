"""Going on in another place: an open session moves to whoever types its come-back code.

It goes on with the next question and never shows an earlier answer.
"""

import secrets
from dataclasses import replace

from sqlmodel import col, select

from bot.replies import Replies
from bot.respondents.asking import ask, speak
from bot.respondents.codes import may_try, note_wrong
from storage.forgetting import leave_place
from storage.mail import Trace, queue
from storage.people import Contact
from storage.surveys import SessionState, SurveySession
from surveys.anonymous import note_begun
from surveys.receipts import come_back_hash, is_like_a_come_back_code
from surveys.sessions import running_of
from surveys.steps import Running


def is_surely_a_code(text: str) -> bool:
    """Written as only a code is written: with a figure, or in two halves with a hyphen.

    Eight letters in one piece may be a word as well.
    """
    has_figure = any(letter.isdigit() for letter in text)
    return is_like_a_come_back_code(text) and (has_figure or "-" in text)


def find(replies: Replies, text: str) -> SurveySession | None:
    """The session of this code, whatever became of it; wrong ones are counted."""
    if not is_like_a_come_back_code(text):
        return None
    wanted = come_back_hash(replies.around.keyring, text)
    query = select(SurveySession).where(
        col(SurveySession.comeback_hash) == wanted, col(SurveySession.about_action_id).is_(None)
    )
    found = replies.db.exec(query).first()
    if found is None:
        note_wrong(replies)
    return found


def unknown(replies: Replies) -> None:
    """Nothing opens with it, or it was tried too often to say."""
    replies.say("comeback.unknown" if may_try(replies) else "comeback.wait")


def go_on_here(replies: Replies, row: SurveySession) -> None:
    """Moves an open session here and asks its next question; says so where it is finished."""
    _hold(replies, row)
    if row.state != SessionState.OPEN or not row.progress:
        replies.say("comeback.finished")
        return
    here, before = replies.standing.contact_id, row.contact_id
    if before is not None and before != here:
        leave_place(replies.db, row.id)
        _say_where(replies, before)
        row.contact_id = here
        replies.db.add(row)
        replies.db.flush()
        if replies.is_nameless:
            note_begun(replies.db, row.survey_id, row.round, here)
    running = _without_marks(running_of(row, replies.around.forms.of(replies.db, row.version_id)))
    row.progress = running.at.to_json()
    replies.db.add(row)
    speak(replies, running.at.language)
    replies.wait_for(None, session_id=row.id)
    replies.say("survey.welcome_back")
    ask(replies, running)


def _without_marks(running: Running) -> Running:
    """What was marked and not yet sent is not shown to whoever has the code."""
    return replace(running, at=replace(running.at, ticked=()))


def _hold(replies: Replies, row: SurveySession) -> None:
    """Against an answer that arrives in the other place at the same time."""
    if row.contact_id is not None:
        replies.db.exec(
            select(Contact.id).where(col(Contact.id) == row.contact_id).with_for_update()
        )
        replies.db.refresh(row)


def _say_where(replies: Replies, contact_id: int) -> None:
    """Tells the place before; its key names neither the session nor the new place."""
    queue(
        replies.db,
        key=f"went-on:{secrets.token_hex(8)}",
        intent="say",
        contact_id=contact_id,
        now=replies.now,
        params={"wording": "comeback.elsewhere"},
        trace=Trace.NONE if replies.is_nameless else Trace.KEPT,
    )
