"""What several intents say of a survey, and the session that they say it of."""

from typing import Any

from bot.messages import Button
from bot.survey_facts import facts
from bot.tokens import button
from bot.wording import Writing
from storage.language import language_name
from storage.surveys import SessionState, SurveySession
from surveys.definition import Mode, Survey
from surveys.sessions import running_of
from surveys.steps import Running


def about(writing: Writing, form: Survey, group: str = "") -> dict[str, Any]:
    """Who asks and why, who can see it, and how long it is kept."""
    settings, group = writing.around.settings, group or writing.param("group") or ""
    return facts(writing.say, settings, form, writing.row.language, group)


def privacy_in_full(writing: Writing, form: Survey, group: str = "") -> str:
    """Everything about it; what goes for chats alone is not said on a page."""
    known = about(writing, form, group)
    if form.settings.mode is Mode.ANONYMOUS:
        keeps = writing.say("nameless.keeps", **known)
        parts = [writing.say("nameless.more", keeps=keeps, **known)]
    else:
        parts = [writing.say("privacy.more", **known)]
    if not writing.row.to.is_paged:
        parts.append(writing.say("privacy.more_chat"))
    return "\n\n".join(parts)


def load_running(writing: Writing) -> tuple[SurveySession, Running] | None:
    """The session of an intent, with its form; None when it is gone."""
    row = writing.db.get(SurveySession, writing.param("s") or "")
    if row is None or row.state == SessionState.DELETED:
        return None
    return row, running_of(row, writing.around.forms.of(writing.db, row.version_id))


def other_languages(writing: Writing, form: Survey, survey_id: int | None) -> list[Button]:
    """A button for each language of the survey but the one that is spoken."""
    others = [code for code in form.languages if code != writing.row.language]
    return [button(language_name(code), "language", survey_id, code) for code in others]
