"""Longer texts of the pages that are made from a survey's own settings, so that they are true."""

from bot.web.site import Site
from storage.language import steadied
from storage.retention import RetentionRules
from surveys import suppression
from surveys.definition import Mode, Survey
from surveys.suppression import threshold_for

_KEPT = RetentionRules()


def who_asks(site: Site, form: Survey, language: str) -> str:
    """Who asks, as the survey says it, else the partnership."""
    return form.text(form.settings.asked_by, language) or site.app.settings.partnership.name


def privacy_text(site: Site, form: Survey, language: str, group_name: str) -> str:
    """Who can see what."""
    assert form.settings.mode is Mode.CONFIDENTIAL, "other modes are refused when a survey opens"
    audience = "youth" if form.settings.is_youth else "practitioners"
    text = site.words.say(
        f"privacy.{audience}_confidential",
        language,
        group=group_name,
        threshold=threshold_for(suppression.Audience.INTERNAL),
    )
    return steadied(text.strip(), language)


def more_text(site: Site, form: Survey, language: str) -> str:
    """What is kept, and for how long."""
    is_youth = form.settings.is_youth
    months = _KEPT.youth_words_months if is_youth else _KEPT.practitioner_months
    text = site.words.say(
        "page.more", language, link_days=str(_KEPT.link_days), words_months=str(months)
    )
    return steadied(text.strip(), language)
