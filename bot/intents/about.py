"""What is said of a survey in many places: who asks, who can see what, in which languages."""

from bot.messages import Button
from bot.tokens import button
from bot.wording import Writing
from storage.retention import RetentionRules
from storage.surveys import SessionState, SurveySession
from surveys import suppression
from surveys.definition import Mode, Survey, text_in
from surveys.sessions import running_of
from surveys.steps import Running
from surveys.suppression import threshold_for

TELEGRAM = "telegram"
"""Its company stores every chat, asks for an age, and lets a bot delete messages of two days."""

LANGUAGE_NAMES = {
    "en": "English",
    "pl": "Polski",
    "ur": "اردو",
    "ar": "العربية",
    "ro": "Română",
}
_KEPT = RetentionRules()


def about(writing: Writing, form: Survey) -> dict[str, str]:
    """Who asks and why, who can see it, and how long it is kept."""
    language, settings = writing.row.language, form.settings
    return {
        "asked_by": text_in(settings.asked_by, language)
        or writing.around.settings.partnership.name,
        "why": text_in(settings.why, language),
        "privacy": privacy(writing, form),
        "link_days": str(_KEPT.link_days),
        "words_months": str(_words_months(form)),
    }


def _words_months(form: Survey) -> int:
    youth = form.settings.is_youth
    return _KEPT.youth_words_months if youth else _KEPT.practitioner_months


def privacy(writing: Writing, form: Survey) -> str:
    """Who can see what, from the survey's own settings, so that it is always so."""
    youth = form.settings.is_youth
    assert form.settings.mode is Mode.CONFIDENTIAL, "other modes are refused when a survey opens"
    return writing.say(
        f"privacy.{'youth' if youth else 'practitioners'}_confidential",
        group=writing.param("group") or "",
        threshold=threshold_for(suppression.Audience.INTERNAL),
    )


def privacy_in_full(writing: Writing, form: Survey) -> str:
    """Everything about it; what goes for chats alone is not said on a page."""
    parts = [writing.say("privacy.more", **about(writing, form))]
    if not writing.row.to.is_paged:
        parts.append(writing.say("privacy.more_chat"))
    return "\n".join(parts)


def load_running(writing: Writing) -> tuple[SurveySession, Running] | None:
    """The session of an intent, with its form; None when it is gone."""
    row = writing.db.get(SurveySession, writing.param("s") or "")
    if row is None or row.state == SessionState.DELETED:
        return None
    return row, running_of(row, writing.around.forms.of(writing.db, row.version_id))


def other_languages(writing: Writing, form: Survey, survey_id: int | None) -> list[Button]:
    """A button for each language of the survey but the one that is spoken."""
    others = [code for code in form.languages if code != writing.row.language]
    return [button(LANGUAGE_NAMES.get(code, code), "language", survey_id, code) for code in others]
