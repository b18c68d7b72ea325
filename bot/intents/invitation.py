"""What invited people read: the invitation, the one reminder, a note after a course.

Looked at again when it is sent: whoever has begun, said no, or whose survey has closed meanwhile
gets nothing.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.intents.about import about
from bot.messages import Message
from bot.tokens import button
from bot.wording import Intent, Writing
from storage.invitations import (
    Campaign,
    CampaignMember,
    Course,
    MemberState,
)
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveyState
from surveys import round_rows
from surveys.definition import Mode, Survey, text_in
from surveys.invitations import find, personal_token


def _invitation(writing: Writing) -> Message | None:
    return _asking(writing, "ask")


def _reminder(writing: Writing) -> Message | None:
    return _asking(writing, "reminder")


def _asking(writing: Writing, wording: str) -> Message | None:
    campaign, survey = _campaign(writing), _survey(writing)
    if campaign is None or survey is None:
        return None
    if not is_wanted(writing, campaign, survey, writing.param("person")):
        return None
    assert survey.version_id is not None
    form = writing.around.forms.of(writing.db, survey.version_id)
    text = writing.say(f"invitation.{wording}", **_facts(writing, campaign, survey, form))
    buttons = [
        replace(
            button(writing.say(f"invitation.{label}"), "invited", campaign.id, answer),
            form=answer == "begin",
        )
        for label, answer in (("begin", "begin"), ("no", "no"))
    ]
    return writing.message(text, *buttons)


def _campaign(writing: Writing) -> Campaign | None:
    return writing.db.get(Campaign, writing.param("campaign"))


def _survey(writing: Writing) -> SurveyRow | None:
    campaign = _campaign(writing)
    return writing.db.get(SurveyRow, campaign.survey_id) if campaign is not None else None


def is_wanted(writing: Writing, campaign: Campaign, survey: SurveyRow, person_id: int) -> bool:
    """Whether this person is still to be asked, as things stand now."""
    is_on = survey.state == SurveyState.OPEN and survey.round == campaign.round
    member = writing.db.get(CampaignMember, (campaign.id, person_id))
    if not is_on or campaign.stopped_at is not None or member is None:
        return False
    if member.state != MemberState.QUEUED or survey.version_id is None:
        return False
    # Of an anonymous survey nothing is asked about one person's invitation.
    return survey.mode == Mode.ANONYMOUS or not _is_used(writing, campaign, person_id)


def _token(writing: Writing, campaign: Campaign, person_id: int) -> str:
    assert campaign.id is not None
    return personal_token(writing.around.keyring, campaign.id, person_id)


def _is_used(writing: Writing, campaign: Campaign, person_id: int) -> bool:
    found = find(writing.db, _token(writing, campaign, person_id))
    return found is None or found.uses > 0


def _facts(writing: Writing, campaign: Campaign, survey: SurveyRow, form: Survey) -> dict[str, Any]:
    links = writing.around.settings.links.made()
    return {
        **about(writing, form),
        "title": _title(writing, survey, form),
        "until": _until(writing, survey, form),
        "course": _course_name(writing, campaign),
        "link": links.best(_token(writing, campaign, writing.param("person"))),
    }


def invitation_title(writing: Writing, survey: SurveyRow) -> str:
    """What the survey is called in their language."""
    if survey.version_id is None:
        return survey.title
    return _title(writing, survey, writing.around.forms.of(writing.db, survey.version_id))


def _title(writing: Writing, survey: SurveyRow, form: Survey) -> str:
    return text_in(form.settings.titles, writing.row.language) or survey.title


def _until(writing: Writing, survey: SurveyRow, form: Survey) -> date | None:
    present = round_rows.current(writing.db, survey)
    return round_rows.last_day(present, form.settings, writing.around.calendar)


def _course_name(writing: Writing, campaign: Campaign) -> str:
    course = writing.db.get(Course, campaign.course_id) if campaign.course_id else None
    return course.name if course is not None else ""


def _note(writing: Writing) -> Message | None:
    """To somebody who had a place on a course and did not come; it asks for nothing."""
    campaign = _campaign(writing)
    course = writing.db.get(Course, campaign.course_id) if campaign and campaign.course_id else None
    if campaign is None or course is None or campaign.stopped_at is not None:
        return None
    member = writing.db.get(CampaignMember, (campaign.id, writing.param("person")))
    if member is None or member.state != MemberState.QUEUED:
        return None
    return writing.message(writing.say("invitation.note", course=course.name, day=course.held_on))


def _declined(writing: Writing) -> Message:
    never = button(writing.say("invitation.never"), "invited", writing.param("campaign"), "never")
    return writing.message(writing.say("invitation.declined"), never)


INTENTS: dict[str, Intent] = {
    "invitation": _invitation,
    "invitation_reminder": _reminder,
    "course_note": _note,
    "invitation_declined": _declined,
}
