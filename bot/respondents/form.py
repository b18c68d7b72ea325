"""The survey side of the conversation: an open form, stopping, care, hearing back.

DOMAIN (Young people's data, Concerns) says what must be told when; the words are in wording/.
"""

from datetime import date, datetime
from typing import Any

from bot.messages import Incoming
from bot.replies import Replies, thread_of
from bot.respondents import deleting, judging
from bot.respondents.arriving import pressed as pressed_on_arrival
from bot.respondents.asking import ask, is_asked_just_now
from bot.respondents.languages import speak_from_now
from bot.respondents.welcoming import has_finished, waiting_for
from bot.review_queue import alert, last_running, mark_reply
from bot.standing import Standing, after_the_form
from bot.tokens import AGAIN, FormPress, read_act
from digests.delivery import is_on_list
from storage.database import insert_new
from storage.forgetting import forget_session
from storage.mail import Trace, outbox_row
from storage.surveys import SessionState, Survey, SurveySession
from storage.voice import Publication, TellContact
from surveys.anonymous import Finished, finish
from surveys.definition import Mode
from surveys.definition import Survey as Form
from surveys.sessions import new_id, store
from surveys.steps import Running, Step, advance
from surveys.turns import Withdrew


def pressed(replies: Replies, token: str) -> bool:
    """A button of the way in, of a language, or of hearing back; False if none of these."""
    act, args = read_act(token)
    if act == "tell" and len(args) == 2:
        _tell_back(replies, args[0], args[1])
    elif act == "told" and len(args) == 2 and args[0].isdigit():
        _told(replies, int(args[0]), args[1])
    elif act == "verdict" and len(args) == 2 and args[0].isdigit():
        judging.pressed(replies, int(args[0]), args[1])
    elif act == "delete" and len(args) == 2:
        deleting.answered(replies, args[0], args[1])
    elif act == "speak" and len(args) == 1:
        speak_from_now(replies, args[0])
    else:
        return pressed_on_arrival(replies, token)
    return True


# after an answer that ended the form, or that a person must read soon


def after_step(replies: Replies, step: Step) -> None:
    """Care first, then what comes next; the rows of the answer are written."""
    running = step.running
    alert(replies, step.reviews)
    ended = step.ended is not None
    # In a chat it stands above the next question.
    alone = ended or step.care or replies.standing.address.is_paged
    if step.asks_confidentiality and alone:
        replies.say("young.confidential_answer")
    if step.care:
        mark_reply(replies, step.reviews, "care")
        # An anonymous session is gone once it has ended: the offer has a number of its own.
        session = new_id() if ended and running.is_anonymous else running.id
        replies.queue("care", s=session, n=running.at.step, ended=ended)
        waiting = {"care": session, "ended": ended, **_over(running, ended=ended)}
        replies.wait_for(waiting, session_id=None if ended else running.id)
    elif ended:
        ending(replies, running)
    else:
        ask(replies, running)


def ending(replies: Replies, running: Running) -> None:
    """Thanks, help for everyone, the code, and the offer to hear back."""
    replies.queue("ending", **_said_of(running))
    replies.wait_for(_offer(replies.standing, running))


def ending_without(replies: Replies) -> bool:
    """The same after an anonymous session, which is gone; False where none was waited for."""
    survey = replies.db.get(Survey, (replies.standing.expecting or {}).get("over", 0))
    if survey is None or survey.version_id is None or survey.id is None:
        return False
    form = replies.around.forms.of(replies.db, survey.version_id)
    replies.queue("ending", survey=survey.id, v=survey.version_id)
    replies.wait_for(_offer_of(replies.standing, survey.id, form))
    return True


def _over(running: Running, *, ended: bool) -> dict[str, Any]:
    """Of which survey the ending is still to be said, where no session says it any more."""
    return {"over": running.survey_id} if ended and running.is_anonymous else {}


def _said_of(running: Running) -> dict[str, Any]:
    """What an ending is about: the session, or the survey alone where nothing may lead to it."""
    if running.is_anonymous:
        return {"survey": running.survey_id, "v": running.version_id}
    return {"s": running.id}


def plain_ending(
    standing: Standing, step: Step, message: Incoming, now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same as `ending`, as rows for writers that write many: the outbox's, the conversation's.

    Nearly every form ends so; one by one they took as long as all other answers together.
    """
    running = step.running
    said = outbox_row(
        key=f"ending:{new_id() if running.is_anonymous else running.id}",
        intent="ending",
        contact_id=standing.contact_id,
        now=now,
        params={**_said_of(running), **thread_of(message, "ending")},
        trace=Trace.NONE if running.is_anonymous else Trace.KEPT,
    )
    return said, after_the_form(standing, now, _offer(standing, running))


def _offer(standing: Standing, running: Running) -> dict[str, Any] | None:
    """To be told; who has only a page cannot be written to, and looks there."""
    if running.is_anonymous:
        return _offer_of(standing, running.survey_id, running.form)
    offers = running.is_youth and running.form.settings.tell_back and not standing.address.is_paged
    return {"tell": running.survey_id} if offers else None


def _offer_of(standing: Standing, survey_id: int, form: Form) -> dict[str, Any] | None:
    """The same after an anonymous survey; a page has nothing else to draw its ending from."""
    if standing.address.is_paged:
        return {"over": survey_id, "how": SessionState.COMPLETE.value}
    offers = form.settings.is_youth and form.settings.tell_back
    return {"tell": survey_id} if offers else None


# buttons of an open form that are not answers, or of an older asking


def pressed_form(replies: Replies, press: FormPress) -> None:
    """Go on, stop, keep, delete, contact me; an old button shows where things stand."""
    running = replies.standing.running
    mine = running is not None and running.id == press.session_id
    if press.what == "contact" and _is_own_session(replies, press.session_id):
        before = dict(replies.standing.expecting or {})
        kept = {name: before[name] for name in ("over", "tell") if name in before}
        waiting: dict[str, Any] = kept | {"contact": press.session_id}
        waiting["ended"] = bool(before.get("ended"))
        replies.wait_for(waiting, session_id=running.id if running else None)
        replies.say("nameless.contact_how" if replies.leaves_nothing else "young.contact_how")
    elif not mine or running is None:
        _after_the_end(replies, press)
    elif press.what == "stop":
        ask_to_stop(replies, running)
    elif press.what in ("keep", "delete") and waiting_for(replies, "stopping", running.id):
        _stop(replies, running, keep=press.what == "keep")
    elif _goes_on(replies, running, press) or not is_asked_just_now(replies, running):
        replies.wait_for(None, session_id=running.id)
        ask(replies, running)


def _goes_on(replies: Replies, running: Running, press: FormPress) -> bool:
    """Whether this was asked for in words of ours after the question: then it is no double tap."""
    awaited = ("stopping", "care", "contact")
    asked = any(waiting_for(replies, what, running.id) is not None for what in awaited)
    return press.what == AGAIN or (press.what == "go" and asked)


def _after_the_end(replies: Replies, press: FormPress) -> None:
    """ "Finish" under the care that ended a form; any other old button is stale."""
    last = last_running(replies)
    awaited = ("care", "contact")
    caring = any(waiting_for(replies, what, press.session_id) is not None for what in awaited)
    if press.what == "go" and caring and last is not None:
        ending(replies, last)
    elif not (press.what == "go" and caring and ending_without(replies)):
        replies.say("stale")


def _is_own_session(replies: Replies, session_id: str) -> bool:
    """Or, where no session is left to ask, an offer that was made to them just now."""
    row = replies.db.get(SurveySession, session_id)
    if row is None:
        return replies.leaves_nothing and waiting_for(replies, "care", session_id) is not None
    return row.contact_id == replies.standing.contact_id


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
    waiting = None
    row = replies.db.get(SurveySession, running.id)
    is_held = not keep and deleting.say_if_held(replies, row)
    if keep or is_held:
        store(replies.db, [advance(running, Withdrew(), moment)], moment)
        if running.is_anonymous and replies.standing.address.is_paged:
            waiting = {"over": running.survey_id, "how": SessionState.WITHDRAWN.value}
        if not is_held:
            replies.say("nameless.stopped_kept" if running.is_anonymous else "survey.stopped_kept")
    elif running.is_anonymous:
        finish(replies.db, [Finished(running, SessionState.DELETED)])
        replies.say("nameless.stopped_deleted")
    else:
        forget_session(replies.db, session_id=running.id, now=moment.now)
        replies.say("survey.stopped_deleted")
    replies.wait_for(waiting)


# hearing back


def _tell_back(replies: Replies, survey_id: str, answer: str) -> None:
    waiting = waiting_for(replies, "tell", survey_id)
    if waiting is None and not has_finished(replies, survey_id):
        replies.say("stale")
        return
    if answer == "yes":
        row = {
            "survey_id": int(survey_id),
            "contact_id": replies.standing.contact_id,
            "agreed_on": _agreed_on(replies, int(survey_id)),
        }
        insert_new(replies.db, TellContact, [row], TellContact.survey_id)
    elif (told := replies.db.get(TellContact, _tell_key(replies, survey_id))) is not None:
        replies.db.delete(told)
    if waiting is not None:
        replies.wait_for(None)
    yes = "nameless.tell_yes" if replies.leaves_nothing else "survey.tell_yes"
    replies.say(yes if answer == "yes" else "survey.tell_no")


def _agreed_on(replies: Replies, survey_id: int) -> date:
    """The day; of an anonymous survey that of its opening, which is the same for everyone."""
    survey = replies.db.get(Survey, survey_id)
    if survey is None or survey.mode != Mode.ANONYMOUS:
        return replies.around.today
    return (survey.opened_at or survey.added_at).date()


def _told(replies: Replies, publication_id: int, answer: str) -> None:
    """What came of it, in place of the line that said only that there is something."""
    found = replies.db.get(Publication, publication_id)
    survey_id = found.survey_id if found is not None else None
    contact_id = replies.standing.contact_id
    if survey_id is None or not is_on_list(replies.db, survey_id, contact_id):
        replies.say("stale")
    elif answer == "show":
        at = replies.message.message_id
        replies.queue("told_text", publication=publication_id, at=at)
    else:
        replies.say("young.told_kept")


def _tell_key(replies: Replies, survey_id: str | int) -> tuple[int, int]:
    return int(survey_id), replies.standing.contact_id
