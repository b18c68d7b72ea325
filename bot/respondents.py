"""The survey side of the conversation: an open form, stopping, care, hearing back.

DOMAIN (Young people's data, Concerns) says what must be told when; the words are in wording/.
"""

from datetime import datetime
from typing import Any

from bot.arriving import arrived as arrived
from bot.arriving import has_finished, waiting_for
from bot.arriving import pressed as pressed_on_arrival
from bot.arriving import welcome_language as welcome_language
from bot.asking import ask as ask
from bot.asking import care as care
from bot.asking import is_asked_just_now
from bot.asking import speak as speak
from bot.messages import Submitted
from bot.replies import Replies
from bot.review_queue import alert, last_running, mark_reply
from bot.standing import Standing, after_the_form
from bot.tokens import FormPress, read_act
from storage.database import insert_new
from storage.forgetting import forget_session
from storage.mail import outbox_row
from storage.surveys import SurveySession
from storage.voice import TellContact
from surveys.engine import resume_page
from surveys.sessions import Running, Step, advance, page_step, store
from surveys.turns import Skipped, Typed, Withdrew


def pressed(replies: Replies, token: str) -> bool:
    """A button of an invitation, the welcome or the offer to hear back; False if none of these."""
    act, args = read_act(token)
    if act == "tell" and len(args) == 2:
        _tell_back(replies, args[0], args[1])
        return True
    return pressed_on_arrival(replies, token)


# after an answer that ended the form, or that a person must read soon


def after_step(replies: Replies, step: Step) -> None:
    """Care first, then what comes next; the rows of the answer are written."""
    running = step.running
    alert(replies, step.reviews)
    ended = step.ended is not None
    if step.asks_confidentiality and (ended or step.care):
        replies.say("young.confidential_answer")
    if step.care:
        mark_reply(replies, step.reviews, "care")
        replies.queue("care", s=running.id, n=running.at.step, ended=ended)
        open_id = None if ended else running.id
        replies.wait_for({"care": running.id, "ended": ended}, session_id=open_id)
    elif ended:
        ending(replies, running)
    else:
        ask(replies, running)


def ending(replies: Replies, running: Running) -> None:
    """Thanks, help for everyone, the code, and the offer to hear back."""
    replies.queue("ending", s=running.id)
    replies.wait_for(_offer(running))


def plain_ending(
    standing: Standing, step: Step, now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same as `ending`, as rows for writers that write many: the outbox's, the conversation's.

    Nearly every form ends so; one by one they took as long as all other answers together.
    """
    running = step.running
    said = outbox_row(
        key=f"ending:{running.id}",
        intent="ending",
        contact_id=standing.contact_id,
        now=now,
        params={"s": running.id},
    )
    return said, after_the_form(standing, now, _offer(running))


def _offer(running: Running) -> dict[str, Any] | None:
    offers = running.is_youth and running.form.settings.tell_back
    return {"tell": running.survey_id} if offers else None


# buttons of an open form that are not answers, or of an older asking


def pressed_form(replies: Replies, press: FormPress) -> None:
    """Go on, stop, keep, delete, contact me; an old button shows where things stand."""
    running = replies.standing.running
    mine = running is not None and running.id == press.session_id
    if press.what == "contact" and _is_own_session(replies, press.session_id):
        ended = bool((replies.standing.expecting or {}).get("ended"))
        waiting = {"contact": press.session_id, "ended": ended}
        replies.wait_for(waiting, session_id=running.id if running else None)
        replies.say("young.contact_how")
    elif not mine or running is None:
        _after_the_end(replies, press)
    elif press.what == "stop":
        ask_to_stop(replies, running)
    elif press.what in ("keep", "delete") and waiting_for(replies, "stopping", running.id):
        _stop(replies, running, keep=press.what == "keep")
    elif not is_asked_just_now(replies, running):
        replies.wait_for(None, session_id=running.id)
        ask(replies, running)


def _after_the_end(replies: Replies, press: FormPress) -> None:
    """ "Finish" under the care that ended a form; any other old button is stale."""
    last = last_running(replies)
    caring = waiting_for(replies, "care", press.session_id) is not None
    if press.what == "go" and caring and last is not None:
        ending(replies, last)
    else:
        replies.say("stale")


def _is_own_session(replies: Replies, session_id: str) -> bool:
    row = replies.db.get(SurveySession, session_id)
    return row is not None and row.contact_id == replies.standing.contact_id


def ask_to_stop(replies: Replies, running: Running) -> None:
    """Keep or delete what was said so far? A lead's tap counts already; the lines are left out."""
    if running.is_about_action:
        replies.wait_for(None)
        replies.say("lead.form_left")
        return
    replies.wait_for({"stopping": running.id}, session_id=running.id)
    replies.queue("stopping", s=running.id, n=running.at.step)


def _stop(replies: Replies, running: Running, *, keep: bool) -> None:
    moment = replies.around.moment
    if keep:
        store(replies.db, [advance(running, Withdrew(), moment)], moment)
        replies.say("survey.stopped_kept")
    else:
        forget_session(replies.db, session_id=running.id, now=moment.now)
        replies.say("survey.stopped_deleted")
    replies.wait_for(None)


# hearing back, and whole pages


def _tell_back(replies: Replies, survey_id: str, answer: str) -> None:
    waiting = waiting_for(replies, "tell", survey_id)
    if waiting is None and not has_finished(replies, survey_id):
        replies.say("stale")
        return
    if answer == "yes":
        row = {
            "survey_id": int(survey_id),
            "contact_id": replies.standing.contact_id,
            "agreed_on": replies.around.today,
        }
        insert_new(replies.db, TellContact, [row], TellContact.survey_id)
    elif (told := replies.db.get(TellContact, _tell_key(replies, survey_id))) is not None:
        replies.db.delete(told)
    if waiting is not None:
        replies.wait_for(None)
    replies.say("survey.tell_yes" if answer == "yes" else "survey.tell_no")


def _tell_key(replies: Replies, survey_id: str) -> tuple[int, int]:
    return int(survey_id), replies.standing.contact_id


def page_submitted(replies: Replies, running: Running, content: Submitted) -> None:
    """A whole page at once; what fits is kept even where something else does not."""
    moment = replies.around.moment
    given = {
        name: Typed(value) if value.strip() else Skipped() for name, value in content.values.items()
    }
    turn = resume_page(running.form, running.at, given, now=moment.now)
    step = page_step(running, turn, given, moment)
    store(replies.db, [step], moment)
    after_step(replies, step)
