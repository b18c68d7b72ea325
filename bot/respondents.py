"""The survey side of the conversation: arriving, agreeing, stopping, care, hearing back.

DOMAIN (Young people's data, Concerns) says what must be told when; the words are in wording/.
"""

from dataclasses import replace
from typing import Any

from sqlmodel import col, select

from bot.messages import Submitted
from bot.replies import Replies
from bot.tokens import FormPress, read_act
from storage.audit import record
from storage.concerns import ReviewItem
from storage.database import insert_new
from storage.forgetting import forget_session
from storage.surveys import Invite, SessionState, Survey, SurveySession
from storage.voice import TellContact
from surveys import concerns, invitations
from surveys.concerns import review_row
from surveys.engine import resume_page
from surveys.screening import Screening, Tier, screen
from surveys.sessions import (
    Running,
    Step,
    advance,
    begin,
    page_step,
    queue_for_review,
    receipt_hash,
    review_words,
    running_of,
    store,
)
from surveys.turns import Changed, Skipped, Typed, Withdrew

# arriving


def arrived(replies: Replies, token: str) -> None:
    """Somebody followed a link or a poster. Nothing starts until they say yes."""
    found = invitations.find(replies.db, token) if token else None
    survey = replies.db.get(Survey, found.survey_id) if found is not None else None
    if found is None or survey is None or survey.id is None:
        replies.say("survey.unknown_link" if token else "survey.no_link")
    elif survey.state != "open" or not invitations.is_good(found, replies.around.today):
        replies.say("survey.not_open")
    elif (old := _earlier(replies, survey.id)) is not None:
        _again(replies, old)
    else:
        waiting = {"welcome": survey.id, "invite": found.id, "group": found.group_name}
        replies.wait_for(waiting)
        replies.queue("welcome", survey=survey.id, group=found.group_name)


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
        _welcome_language(replies, args[0], args[1])
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
        replies.say("stale")
    elif answer == "more":
        replies.queue("welcome_more", survey=survey.id, group=waiting.get("group", ""))
    elif answer == "yes" and survey.state == "open":
        _start(replies, survey, waiting)
    else:
        replies.wait_for(None)
        replies.say("survey.not_now")


def _welcome_language(replies: Replies, survey_id: str, language: str) -> None:
    waiting = _waiting_for(replies, "welcome", survey_id)
    if waiting is None:
        replies.say("stale")
        return
    _speak(replies, language)
    replies.wait_for(waiting)
    replies.queue("welcome", survey=int(survey_id), group=waiting.get("group", ""))


def _speak(replies: Replies, language: str) -> None:
    replies.standing = replace(replies.standing, language=language)


def _start(replies: Replies, survey: Survey, waiting: dict[str, Any]) -> None:
    found = replies.db.get(Invite, waiting.get("invite")) if waiting.get("invite") else None
    if found is not None:
        if not invitations.is_good(found, replies.around.today):
            replies.say("survey.not_open")
            return
        found.uses += 1
        replies.db.add(found)
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


# after an answer that ended the form, or that a person must read soon


def after_step(replies: Replies, step: Step) -> None:
    """Care first, then what comes next; the rows of the answer are written."""
    running = step.running
    alert(replies, step.reviews)
    ended = step.ended is not None
    if step.care:
        _mark_reply(replies, step.reviews, "care")
        replies.queue("care", s=running.id, n=running.at.step, ended=ended)
    if ended:
        _ending(replies, running)
    elif step.care:
        replies.wait_for({"care": running.id}, session_id=running.id)
    else:
        ask(replies, running)


def _ending(replies: Replies, running: Running) -> None:
    offers = running.is_youth and running.form.settings.tell_back
    replies.queue("ending", s=running.id)
    replies.wait_for({"tell": running.survey_id} if offers else None)


def _mark_reply(replies: Replies, rows: tuple[dict[str, Any], ...], reply: str) -> None:
    for row in rows:
        item = replies.db.exec(select(ReviewItem).where(ReviewItem.ref == row["ref"])).one()
        item.reply_sent = reply
        replies.db.add(item)


def alert(replies: Replies, rows: tuple[dict[str, Any], ...]) -> None:
    """Tells the survey's reviewer at once of red and amber."""
    for row in rows:
        if row["tier"] in (Tier.RED, Tier.AMBER):
            concerns.alert(replies.db, row["ref"], row["survey_id"], now=replies.now)


# buttons of an open form that are not answers, or of an older asking


def pressed_form(replies: Replies, press: FormPress) -> None:
    """Go on, stop, keep, delete, contact me; an old button shows where things stand."""
    running = replies.standing.running
    mine = running is not None and running.id == press.session_id
    if press.what == "contact" and _is_own_session(replies, press.session_id):
        replies.wait_for({"contact": press.session_id}, session_id=running.id if running else None)
        replies.say("young.contact_how")
    elif not mine or running is None:
        replies.say("stale")
    elif press.what == "stop":
        _ask_to_stop(replies, running)
    elif press.what in ("keep", "delete") and _waiting_for(replies, "stopping", running.id):
        _stop(replies, running, keep=press.what == "keep")
    else:
        replies.wait_for(None, session_id=running.id)
        ask(replies, running)


def _is_own_session(replies: Replies, session_id: str) -> bool:
    row = replies.db.get(SurveySession, session_id)
    return row is not None and row.contact_id == replies.standing.contact_id


def _ask_to_stop(replies: Replies, running: Running) -> None:
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


# words


def said(replies: Replies, text: str, *, edited: bool = False) -> None:
    """Somebody without a role here: a command, an awaited answer, or words for the queue."""
    if not edited and (form_command(replies, text) or _awaited(replies, text)):
        return
    care = queue_words(replies, text)
    running = replies.standing.running
    if care:
        session_id = running.id if running else ""
        replies.queue("care", s=session_id, n=running.at.step if running else 0, ended=not running)
        if running is not None:
            replies.wait_for({"care": running.id}, session_id=running.id)
    elif running is not None and not edited:
        replies.say("young.read_later")
        replies.queue("ask", s=running.id, n=running.at.step)
    else:
        replies.say("young.read_later_edited" if edited else "young.read_later")


def queue_words(replies: Replies, text: str, *, unsure: bool = False) -> bool:
    """Stores, screens and queues words that answer no question; whether they ask for care."""
    running = replies.standing.running or _last_running(replies)
    moment = replies.around.moment
    if running is not None:
        screening, rows = review_words(running, text, moment)
    else:
        screening = screen(text, replies.standing.language)
        rows = (_row_without_survey(replies, text),) if text.strip() else ()
    if unsure:
        rows = tuple({**row, "tier": Tier.UNSURE} if row["tier"] == "none" else row for row in rows)
    queue_for_review(replies.db, rows)
    alert(replies, rows)
    return screening.tier in (Tier.RED, Tier.AMBER)


def _row_without_survey(replies: Replies, text: str) -> dict[str, Any]:
    return review_row(
        survey_id=None,
        pseudonym=None,
        question="",
        words=text,
        screening=screen(text, replies.standing.language),
        language=replies.standing.language,
        group_name="",
        now=replies.now,
        calendar=replies.around.calendar,
    )


def _last_running(replies: Replies) -> Running | None:
    if replies.standing.last_session_id is None:
        return None
    row = replies.db.get(SurveySession, replies.standing.last_session_id)
    if row is None or row.state == SessionState.DELETED:
        return None
    return running_of(row, replies.around.forms.of(replies.db, row.version_id))


def _awaited(replies: Replies, text: str) -> bool:
    """What we asked for outside a form: how to reach somebody."""
    expecting = replies.standing.expecting or {}
    if "contact" not in expecting:
        return False
    running = replies.standing.running or _last_running(replies)
    row = review_row(
        survey_id=running.survey_id if running else None,
        pseudonym=running.pseudonym if running else None,
        question="contact details",
        words=text,
        screening=_ASKED_FOR_CONTACT,
        language=replies.standing.language,
        group_name=running.group_name if running else "",
        now=replies.now,
        calendar=replies.around.calendar,
    )
    queue_for_review(replies.db, [row])
    alert(replies, (row,))
    open_form = replies.standing.running
    replies.wait_for(None, session_id=open_form.id if open_form else None)
    replies.say("young.contact_noted")
    if open_form is not None:
        ask(replies, open_form)
    return True


_ASKED_FOR_CONTACT = Screening(Tier.RED, ("asked_for_contact",), ("asked for contact",), "")


# commands that always work


def form_command(replies: Replies, text: str) -> bool:
    """/stop, /help, /privacy, /delete, /language, /safe, /clear, /start; False if it is none."""
    words = text.strip().split()
    command = words[0].casefold().lstrip("/") if words else ""
    is_slash = text.strip().startswith("/")
    if not is_slash and (len(words) > 1 or command != "stop"):
        return False
    rest = " ".join(words[1:])
    running = replies.standing.running
    if command == "stop" and running is not None:
        _ask_to_stop(replies, running)
    elif command == "delete":
        _delete(replies, rest)
    elif command == "language" and running is not None:
        _change_language(replies, running, rest)
    elif command in ("privacy", "safe", "clear"):
        replies.queue(command, s=running.id if running else "")
        if running is not None:
            ask(replies, running)
    elif command == "start":
        arrived(replies, rest)
    elif replies.standing.person_id is None and is_slash:
        replies.queue("help_young", s=running.id if running else "")
    else:
        return False
    return True


def _delete(replies: Replies, code: str) -> None:
    standing = replies.standing
    own = standing.running.id if standing.running else standing.last_session_id
    wanted = receipt_hash(replies.around.keyring, code) if code.strip() else None
    row = _session_of(replies, wanted) if wanted else replies.db.get(SurveySession, own or "")
    if row is None or row.state == SessionState.DELETED:
        replies.say("survey.delete_unknown")
        return
    forget_session(replies.db, session_id=row.id, now=replies.now)
    record(replies.db, at=replies.now, act="answers deleted by their author", actor="respondent")
    if standing.running is not None and standing.running.id == row.id:
        replies.wait_for(None)
    replies.say("survey.deleted")


def _session_of(replies: Replies, receipt: str) -> SurveySession | None:
    return replies.db.exec(
        select(SurveySession).where(col(SurveySession.receipt_hash) == receipt)
    ).first()


def _change_language(replies: Replies, running: Running, language: str) -> None:
    if not language:
        replies.queue("languages", s=running.id)
        return
    moment = replies.around.moment
    step = advance(running, Changed(language.casefold()), moment)
    store(replies.db, [step], moment)
    if step.rejected is not None:
        replies.queue("languages", s=running.id)
        return
    _speak(replies, step.running.at.language)
    replies.wait_for(None, session_id=running.id)
    ask(replies, step.running)


def _tell_back(replies: Replies, survey_id: str, answer: str) -> None:
    if _waiting_for(replies, "tell", survey_id) is None:
        replies.say("stale")
        return
    if answer == "yes":
        row = {
            "survey_id": int(survey_id),
            "contact_id": replies.standing.contact_id,
            "agreed_on": replies.around.today,
        }
        insert_new(replies.db, TellContact, [row], TellContact.survey_id)
    replies.wait_for(None)
    replies.say("survey.tell_yes" if answer == "yes" else "survey.tell_no")


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
