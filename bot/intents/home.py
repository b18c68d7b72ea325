"""The place that a platform keeps for us, the first hello, the surveys that wait, and plain help.

What stands there is their own: actions, surveys, settings; and what they may decide, by role.
"""

from dataclasses import replace

from sqlmodel import col, select

from bot.access import Right, who_acts
from bot.intents.invitation import invitation_title, is_wanted
from bot.intents.lead_parts import (
    described,
    form_button,
    labels,
    part,
    parted,
    short_buttons,
    titled,
)
from bot.intents.lead_settings import settings_text
from bot.messages import Button, Message, Part
from bot.tokens import button
from bot.wording import Intent, Writing
from reminders.recipients import actions_of
from storage.invitations import Campaign, CampaignKind, CampaignMember, MemberState
from storage.people import Person
from storage.surveys import Survey, SurveyState

_MOST_SHOWN = 10


def _home(writing: Writing) -> Message | None:
    person = writing.db.get(Person, writing.param("person"))
    if person is None or person.id is None:
        return None
    own = actions_of(writing.db, person.id, today=writing.around.today)
    surveys = _survey_parts(writing, person.id)
    named = labels(writing, own)
    mine = [
        part(writing, described(writing, view), *short_buttons(writing, view, named))
        for view in own[:_MOST_SHOWN]
    ]
    choices = part(
        writing,
        settings_text(writing, person),
        form_button(writing.say("settings.button_change"), "settings"),
    )
    made = parted(
        writing,
        writing.say("home.head", name=person.name, actions=len(own), shown=len(mine)),
        [*mine, *surveys, choices],
        foot=writing.say("home.foot"),
        title=writing.say("home.title"),
        own=_commands(writing, person.id),
    )
    return replace(made, home=True)


_COMMANDS = (
    (None, "actions"),
    (Right.DIGEST, "digest"),
    (Right.GROUP_ACTIONS, "waiting"),
    (Right.SETTLE_IMPORT, "review"),
    (Right.REVIEW, "concerns"),
    (None, "help"),
)


def _commands(writing: Writing, person_id: int) -> list[Button]:
    """What they may ask for, by what their roles allow."""
    who = who_acts(writing.db, person_id, writing.around)
    return [
        button(writing.say(f"home.button_{command}"), "do", command)
        for right, command in _COMMANDS
        if right is None or (who is not None and who.may(right))
    ]


def _welcome_staff(writing: Writing) -> Message | None:
    person = writing.db.get(Person, writing.param("person"))
    if person is None:
        return None
    text = writing.say(
        "home.welcome", name=person.name, partnership=writing.around.settings.partnership.name
    )
    settings = form_button(writing.say("settings.button_change"), "settings")
    message = writing.message(
        text,
        button(writing.say("lead.button_all"), "do", "actions"),
        *([settings] if writing.row.to.takes_forms else []),
        button(writing.say("home.button_help"), "do", "help"),
        button(writing.say("settings.button_stop"), "stop"),
    )
    return titled(writing, message, "home.title_welcome")


# surveys


def _surveys(writing: Writing) -> Message:
    parts = _survey_parts(writing, writing.param("person"))
    key = "home.surveys" if parts else "home.no_survey"
    title = writing.say("home.title_surveys")
    return parted(writing, writing.say(key, n=len(parts)), parts, title=title)


def _survey_parts(writing: Writing, person_id: int) -> list[Part]:
    """The surveys that somebody was asked to answer and, as far as is known, has not."""
    found = writing.db.exec(
        select(Campaign, Survey)
        .join(CampaignMember, col(CampaignMember.campaign_id) == col(Campaign.id))
        .join(Survey, col(Survey.id) == col(Campaign.survey_id))
        .where(
            CampaignMember.person_id == person_id,
            CampaignMember.state == MemberState.QUEUED,
            Campaign.kind == CampaignKind.INVITATION,
            col(Campaign.stopped_at).is_(None),
            Survey.state == SurveyState.OPEN,
        )
        .order_by(col(Campaign.id).desc())
    ).all()
    return [
        part(
            writing,
            writing.say("home.survey", title=invitation_title(writing, survey)),
            form_button(writing.say("invitation.begin"), "invited", campaign.id, "begin"),
        )
        for campaign, survey in found
        if is_wanted(writing, campaign, survey, person_id)
    ]


INTENTS: dict[str, Intent] = {
    "home": _home,
    "welcome_staff": _welcome_staff,
    "surveys": _surveys,
}
