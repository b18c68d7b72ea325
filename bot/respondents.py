"""The survey side of the conversation: arriving, agreeing, stopping, care, hearing back.

DOMAIN (Young people's data, Concerns) says what must be told when; the words are in wording/.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.messages import Submitted
from bot.replies import Replies
from bot.review_queue import alert, last_running, mark_reply, queue_words
from bot.standing import Standing, after_the_form
from bot.tokens import FormPress, read_act
from storage.database import insert_new
from storage.forgetting import forget_session
from storage.mail import Outbox, outbox_row
from storage.surveys import Invite, SessionState, Survey, SurveySession
from storage.voice import TellContact
from surveys import invitations
from surveys.engine import resume_page
from surveys.sessions import Running, Step, advance, begin, page_step, store
from surveys.turns import Skipped, Typed, Withdrew

# arriving


def arrived(replies: Replies, token: str) -> None:
    """Somebody followed a link or a poster. Nothing starts until they say yes."""
    found = invitations.find(replies.db, token) if token else None
    survey = replies.db.get(Survey, found.survey_id) if found is not None else None
    if found is None or survey is None or survey.id is None:
        _no_way_in(replies, token)
    elif survey.state != "open" or not _is_in_time(replies, survey):
        replies.say("survey.not_open")
    elif (old := _earlier(replies, survey.id)) is not None:
        _again(replies, old)
    elif not invitations.is_good(found, replies.around.today):
        replies.say("survey.not_open")
    else:
        waiting = {"welcome": survey.id, "invite": found.id, "group": found.group_name}
        replies.wait_for(waiting)
        replies.queue("welcome", survey=survey.id, group=found.group_name)


def _is_in_time(replies: Replies, survey: Survey) -> bool:
    """Between the form's own opening and closing dates, where it has them."""
    assert survey.version_id is not None
    dates = replies.around.forms.of(replies.db, survey.version_id).settings
    today = replies.around.today
    return (dates.opens or today) <= today <= (dates.closes or today)


def _no_way_in(replies: Replies, token: str) -> None:
    is_staff = replies.standing.person_id is not None
    if is_staff and not token:
        replies.queue("help_staff")
        return
    replies.say("survey.unknown_link" if token else "survey.no_link")
    if not is_staff and not _LIKE_A_TOKEN.fullmatch(token) and queue_words(replies, token).care:
        care(replies)


_LIKE_A_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


def _earlier(replies: Replies, survey_id: int) -> SurveySession | None:
    return replies.db.exec(
        select(SurveySession)
        .where(
            col(SurveySession.contact_id) == replies.standing.contact_id,
            col(SurveySession.survey_id) == survey_id,
            col(SurveySession.state).in_([SessionState.OPEN, SessionState.COMPLETE]),
        )
        .order_by(col(SurveySession.started_at).desc())
    ).first()


def _again(replies: Replies, old: SurveySession) -> None:
    if old.state == SessionState.COMPLETE:
        replies.say("survey.already_answered")
        return
    replies.wait_for(None, session_id=old.id)
    replies.say("survey.welcome_back")
    replies.queue("ask", s=old.id, n=old.step)


def pressed(replies: Replies, token: str) -> bool:
    """A button of the welcome or of the offer to hear back; False if it is none of these."""
    act, args = read_act(token)
    if act == "welcome" and len(args) == 2:
        _welcome_answer(replies, args[0], args[1])
    elif act == "language" and len(args) == 2:
        welcome_language(replies, args[0], args[1])
    elif act == "tell" and len(args) == 2:
        _tell_back(replies, args[0], args[1])
    else:
        return False
    return True


def _waiting_for(replies: Replies, what: str, value: str) -> dict[str, Any] | None:
    expecting = dict(replies.standing.expecting or {})
    return expecting if str(expecting.get(what, "")) == value else None


def _welcome_answer(replies: Replies, survey_id: str, answer: str) -> None:
    waiting = _waiting_for(replies, "welcome", survey_id)
    survey = replies.db.get(Survey, int(survey_id)) if waiting is not None else None
    if waiting is None or survey is None:
        _welcomed_already(replies, survey_id, answer)
    elif answer == "more":
        replies.queue("welcome_more", survey=survey.id, group=waiting.get("group", ""))
    elif answer == "yes" and survey.state == "open":
        _start(replies, survey, waiting)
    else:
        replies.wait_for(None)
        replies.say("survey.not_now")


def _welcomed_already(replies: Replies, survey_id: str, answer: str) -> None:
    """The welcome's button again: whoever is on the way already sees where they are."""
    running = replies.standing.running
    if running is None or str(running.survey_id) != survey_id or answer != "yes":
        replies.say("stale")
    elif not _is_double_tap(replies, running):
        replies.wait_for(None, session_id=running.id)
        ask(replies, running)


def welcome_language(replies: Replies, survey_id: str, language: str) -> bool:
    """The welcome in another language; False where the survey does not have it."""
    waiting = _waiting_for(replies, "welcome", survey_id)
    survey = replies.db.get(Survey, int(survey_id)) if waiting is not None else None
    if waiting is None or survey is None or survey.version_id is None:
        replies.say("stale")
        return False
    is_known = language in replies.around.forms.of(replies.db, survey.version_id).languages
    if is_known:
        speak(replies, language)
    replies.wait_for(waiting)
    replies.queue("welcome", survey=survey.id, group=waiting.get("group", ""))
    return is_known


def speak(replies: Replies, language: str) -> None:
    """From now on in this language."""
    replies.standing = replace(replies.standing, language=language)


def _start(replies: Replies, survey: Survey, waiting: dict[str, Any]) -> None:
    found = replies.db.get(Invite, waiting.get("invite")) if waiting.get("invite") else None
    if found is not None and not invitations.use(replies.db, found, replies.around.today):
        replies.wait_for(None)
        replies.say("survey.not_open")
        return
    assert survey.version_id is not None
    running, _ = begin(
        replies.db,
        survey,
        replies.around.forms.of(replies.db, survey.version_id),
        contact_id=replies.standing.contact_id,
        language=replies.standing.language,
        moment=replies.around.moment,
        group_name=str(waiting.get("group", "")),
    )
    replies.wait_for(None, session_id=running.id)
    ask(replies, running)


def ask(replies: Replies, running: Running) -> None:
    """The present question, again if need be."""
    replies.queue("ask", s=running.id, n=running.at.step)


DOUBLE_TAP = timedelta(seconds=3)


def _is_double_tap(replies: Replies, running: Running) -> bool:
    """Whether the first tap began this just now: then the question is on its way already."""
    started = running.at.started
    return running.at.step == 1 and replies.now - started < DOUBLE_TAP


def _is_asked_just_now(replies: Replies, running: Running) -> bool:
    """Whether a tap on the question before put this question: the second tap asks nothing."""
    key = f"ask:{running.id}:{running.at.step}"
    asked = replies.db.exec(select(Outbox.created_at).where(Outbox.dedupe_key == key)).first()
    return asked is not None and replies.now - asked < DOUBLE_TAP


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


def care(replies: Replies) -> None:
    """Thanks, help, and what they may want next; nothing that asks what happened."""
    running, standing = replies.standing.running, replies.standing
    if running is not None:
        replies.queue("care", s=running.id, n=running.at.step, ended=False)
        replies.wait_for({"care": running.id}, session_id=running.id)
        return
    owed = bool((standing.expecting or {}).get("ended"))
    replies.queue("care", s=standing.last_session_id or "", n=0, ended=True, over=not owed)


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
    elif press.what in ("keep", "delete") and _waiting_for(replies, "stopping", running.id):
        _stop(replies, running, keep=press.what == "keep")
    elif not _is_asked_just_now(replies, running):
        replies.wait_for(None, session_id=running.id)
        ask(replies, running)


def _after_the_end(replies: Replies, press: FormPress) -> None:
    """ "Finish" under the care that ended a form; any other old button is stale."""
    last = last_running(replies)
    caring = _waiting_for(replies, "care", press.session_id) is not None
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
    waiting = _waiting_for(replies, "tell", survey_id)
    if waiting is None and not _has_finished(replies, survey_id):
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


def _has_finished(replies: Replies, survey_id: str) -> bool:
    earlier = _earlier(replies, int(survey_id)) if survey_id.isdigit() else None
    return earlier is not None and earlier.state == SessionState.COMPLETE


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
