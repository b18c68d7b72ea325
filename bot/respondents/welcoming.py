"""The welcome: whether a link opens its survey now, agreeing to begin, and beginning."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select, true

from bot.replies import Replies
from bot.respondents.asking import ask, is_double_tap, speak
from storage.invitations import Campaign, CampaignMember
from storage.surveys import Invite, SessionState, Survey, SurveySession, SurveyState
from surveys import anonymous, campaigns, invitations, round_rows
from surveys.definition import Mode
from surveys.sessions import begin, running_of


def welcome(replies: Replies, survey: Survey, waiting: Mapping[str, Any]) -> None:
    """Tells who asks and why, and waits for a yes; `waiting` says by which way they came."""
    replies.is_nameless = survey.mode == Mode.ANONYMOUS
    replies.wait_for({"welcome": survey.id, **waiting})
    replies.queue("welcome", survey=survey.id, group=waiting.get("group", ""))


def may_come_in(replies: Replies, found: Invite, survey: Survey) -> bool:
    """Whether this invitation opens its survey to this contact now; says so where it does not."""
    if survey.mode == Mode.ANONYMOUS:
        replies.is_nameless = True
        if replies.standing.person_id is not None or replies.standing.address.is_staffed:
            replies.say("staff.anonymous_survey")
            return False
    if survey.state == SurveyState.PAUSED:
        replies.say("pause.newcomer")
    elif survey.state != SurveyState.OPEN or not _is_in_time(replies, survey):
        is_known = replies.standing.person_id is not None
        replies.say("invitation.closed" if is_known else "survey.not_open")
    elif _has_finished_anonymously(replies, survey):
        replies.say("nameless.already_answered")
    elif (old := _earlier(replies, survey, found)) is not None:
        _again(replies, old)
    elif found.most_uses is not None and found.uses >= found.most_uses:
        replies.say("invitation.used")
    elif not _is_good(replies, found, survey):
        replies.say("invitation.over")
    else:
        return True
    return False


def _has_finished_anonymously(replies: Replies, survey: Survey) -> bool:
    """In this round; what was said there, nobody can find out."""
    if survey.mode != Mode.ANONYMOUS or survey.id is None:
        return False
    contact_id = replies.standing.contact_id
    return anonymous.has_finished(replies.db, contact_id, survey.id, survey.round)


def _is_good(replies: Replies, found: Invite, survey: Survey) -> bool:
    """In time, and, where it was made for one round of a survey, of the present one."""
    campaign = replies.db.get(Campaign, found.campaign_id) if found.campaign_id else None
    is_of_now = campaign is None or campaign.round == survey.round
    return is_of_now and invitations.is_good(found, replies.around.today)


def _is_in_time(replies: Replies, survey: Survey) -> bool:
    """Between the opening day of the form and the last day of the round, where it has them."""
    assert survey.version_id is not None
    settings = replies.around.forms.of(replies.db, survey.version_id).settings
    today, present = replies.around.today, round_rows.current(replies.db, survey)
    last = round_rows.last_day(present, settings, replies.around.calendar)
    return (settings.opens or today) <= today <= (last or today)


def _earlier(replies: Replies, survey: Survey, found: Invite) -> SurveySession | None:
    """What this contact said before in this round; a course is asked about by itself."""
    is_course = found.campaign_id is not None and found.group_name != ""
    same_course = col(SurveySession.group_name) == found.group_name
    return replies.db.exec(
        select(SurveySession)
        .where(
            col(SurveySession.contact_id) == replies.standing.contact_id,
            col(SurveySession.survey_id) == survey.id,
            col(SurveySession.round) == survey.round,
            col(SurveySession.state).in_([SessionState.OPEN, SessionState.COMPLETE]),
            same_course if is_course else true(),
        )
        .order_by(col(SurveySession.started_at).desc())
    ).first()


def has_finished(replies: Replies, survey_id: str) -> bool:
    """Whether this contact answered the survey to its end, in any round."""
    if not survey_id.isdigit():
        return False
    query = select(SurveySession.id).where(
        col(SurveySession.contact_id) == replies.standing.contact_id,
        col(SurveySession.survey_id) == int(survey_id),
        col(SurveySession.state) == SessionState.COMPLETE,
    )
    if replies.db.exec(query).first() is not None:
        return True
    return anonymous.has_finished(replies.db, replies.standing.contact_id, int(survey_id))


def _again(replies: Replies, old: SurveySession) -> None:
    if old.state == SessionState.COMPLETE:
        replies.say("survey.already_answered")
        return
    replies.wait_for(None, session_id=old.id)
    replies.say("survey.welcome_back")
    ask(replies, running_of(old, replies.around.forms.of(replies.db, old.version_id)))


# an invitation that came here by name: it said already what the welcome says


def invited(replies: Replies, campaign_id: int, answer: str) -> None:
    """What somebody pressed who was invited by name: begin, or no thanks."""
    campaign, person_id = replies.db.get(Campaign, campaign_id), replies.standing.person_id
    survey = replies.db.get(Survey, campaign.survey_id) if campaign is not None else None
    if person_id is None or survey is None or not _is_member(replies, campaign_id, person_id):
        replies.say("stale")
    elif answer == "begin":
        _begin(replies, campaign_id, person_id, survey)
    else:
        every = answer == "never"
        survey_id = None if every else survey.id
        campaigns.decline(
            replies.db, person_id=person_id, survey_id=survey_id, today=replies.around.today
        )
        if every:
            replies.say("invitation.never_noted")
        else:
            replies.queue("invitation_declined", campaign=campaign_id)


def _is_member(replies: Replies, campaign_id: int, person_id: int) -> bool:
    return replies.db.get(CampaignMember, (campaign_id, person_id)) is not None


def _begin(replies: Replies, campaign_id: int, person_id: int, survey: Survey) -> None:
    """The person's own token, made again for this moment: it works once."""
    token = invitations.personal_token(replies.around.keyring, campaign_id, person_id)
    found = invitations.find(replies.db, token)
    running = replies.standing.running
    if found is None or survey.id is None:
        replies.say("stale")
    elif running is not None and running.survey_id == survey.id:
        if not is_double_tap(replies, running):
            replies.wait_for(None, session_id=running.id)
            ask(replies, running)
    elif may_come_in(replies, found, survey):
        campaigns.welcome_back(replies.db, person_id=person_id, survey_id=survey.id)
        _start(replies, survey, {"invite": found.id, "group": found.group_name})


# the welcome


def waiting_for(replies: Replies, what: str, value: str) -> dict[str, Any] | None:
    """What the conversation waits for, where it is this."""
    expecting = dict(replies.standing.expecting or {})
    return expecting if value and str(expecting.get(what, "")) == value else None


def welcome_answer(replies: Replies, survey_id: str, answer: str) -> None:
    """Yes, no, or "tell me more"; only a yes begins anything."""
    waiting = waiting_for(replies, "welcome", survey_id)
    survey = replies.db.get(Survey, int(survey_id)) if waiting is not None else None
    replies.is_nameless = survey is not None and survey.mode == Mode.ANONYMOUS
    if waiting is None or survey is None:
        welcomed_already(replies, survey_id, answer)
    elif answer == "more":
        replies.queue("welcome_more", survey=survey.id, group=waiting.get("group", ""))
    elif answer == "yes":
        _agreed(replies, survey, waiting)
    else:
        replies.wait_for(None)
        replies.say("survey.not_now")


def _agreed(replies: Replies, survey: Survey, waiting: dict[str, Any]) -> None:
    """Looks at the link again: between the welcome and the yes may lie weeks."""
    replies.wait_for(None)
    found = replies.db.get(Invite, waiting["invite"]) if waiting.get("invite") else None
    if found is None:
        replies.say("survey.not_open")
    elif may_come_in(replies, found, survey):
        _start(replies, survey, waiting)


def welcomed_already(replies: Replies, survey_id: str, answer: str) -> None:
    """The welcome's button again: whoever is on the way already sees where they are."""
    running = replies.standing.running
    if running is None or str(running.survey_id) != survey_id or answer != "yes":
        replies.say("stale")
    elif not is_double_tap(replies, running):
        replies.wait_for(None, session_id=running.id)
        ask(replies, running)


def welcome_language(replies: Replies, survey_id: str, language: str) -> bool:
    """The welcome, or the question before it, in another language.

    False where the survey does not have it.
    """
    what = "welcome" if waiting_for(replies, "welcome", survey_id) else "age"
    waiting = waiting_for(replies, what, survey_id)
    survey = replies.db.get(Survey, int(survey_id)) if waiting is not None else None
    if waiting is None or survey is None or survey.version_id is None:
        replies.say("stale")
        return False
    replies.is_nameless = survey.mode == Mode.ANONYMOUS
    is_known = language in replies.around.forms.of(replies.db, survey.version_id).languages
    if is_known:
        speak(replies, language)
    replies.wait_for(waiting)
    put_again(replies, waiting)
    return is_known


def put_again(replies: Replies, waiting: Mapping[str, Any]) -> bool:
    """The welcome or the age question once more; False where neither is waited for."""
    if "age" in waiting:
        replies.queue("age_question", survey=waiting["age"])
    elif "welcome" in waiting:
        replies.queue("welcome", survey=waiting["welcome"], group=waiting.get("group", ""))
    else:
        return False
    return True


def _start(replies: Replies, survey: Survey, waiting: dict[str, Any]) -> None:
    found = replies.db.get(Invite, waiting.get("invite")) if waiting.get("invite") else None
    if found is not None and not invitations.use(replies.db, found, replies.around.today):
        replies.wait_for(None)
        replies.say("invitation.used" if found.most_uses is not None else "survey.not_open")
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
