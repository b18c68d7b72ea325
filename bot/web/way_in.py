"""What a link opens, looked at without touching anything: mail scanners open links too."""

from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session as Db

from bot.circumstances import Circumstances
from storage.invitations import Campaign
from storage.surveys import Invite, SurveyState
from storage.surveys import Survey as SurveyRow
from surveys import invitations, round_rows
from surveys.definition import Audience, Survey


@dataclass(frozen=True, slots=True)
class WayIn:
    """The survey that a link opens, and the group it was given to."""

    survey_id: int
    slug: str
    group_name: str
    form: Survey = field(repr=False)
    is_used_up: bool = False


@dataclass(frozen=True, slots=True)
class NoWayIn:
    """Why a link opens nothing: the key of the text that says so, and the status of the page."""

    wording: str
    status: int = 410


def look(db: Db, around: Circumstances, token: str) -> WayIn | NoWayIn:
    """Whether the token opens its survey today. Coming in looks at it again and counts it."""
    found = invitations.find(db, token)
    survey = db.get(SurveyRow, found.survey_id) if found is not None else None
    if found is None or survey is None or survey.id is None or survey.version_id is None:
        return NoWayIn("survey.unknown_link", 404)
    form = around.forms.of(db, survey.version_id)
    if form.settings.audience is Audience.LEADS:
        return NoWayIn("survey.unknown_link", 404)
    if survey.state == SurveyState.PAUSED:
        return NoWayIn("pause.newcomer")
    if survey.state != SurveyState.OPEN or not _is_in_time(db, around, survey, form):
        return NoWayIn("survey.not_open")
    if not _is_of_now(db, found, survey, around.today):
        return NoWayIn("invitation.over")
    is_used_up = found.most_uses is not None and found.uses >= found.most_uses
    return WayIn(survey.id, survey.slug, found.group_name, form, is_used_up)


def _is_in_time(db: Db, around: Circumstances, survey: SurveyRow, form: Survey) -> bool:
    last = round_rows.last_day(round_rows.current(db, survey), form.settings, around.calendar)
    today = around.today
    return (form.settings.opens or today) <= today <= (last or today)


def _is_of_now(db: Db, found: Invite, survey: SurveyRow, today: date) -> bool:
    """In time and, where it was made for one round of a survey, of the present one."""
    campaign = db.get(Campaign, found.campaign_id) if found.campaign_id else None
    is_in_round = campaign is None or campaign.round == survey.round
    return is_in_round and (found.expires_on is None or today <= found.expires_on)
