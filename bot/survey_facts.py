"""What is so of a survey before the first question: who asks, how long, who can see it."""

from collections.abc import Callable
from typing import Any

from bot.settings import Settings
from surveys import suppression
from surveys.anonymous_rules import least_to_move
from surveys.definition import Mode, Survey
from surveys.printable import one_line
from surveys.suppression import threshold_for

Say = Callable[..., str]
"""A text of the bot's catalogue, by its key, in the language of whoever reads it."""

_MINUTES = 5
"""How long a survey takes whose author does not say."""


def facts(
    say: Say, settings: Settings, form: Survey, language: str, group: str = ""
) -> dict[str, Any]:
    """The parameters of the texts that tell it, from the survey's own settings: always so."""
    rules = settings.retention.rules()
    return {
        "asked_by": form.text(form.settings.asked_by, language) or settings.partnership.name,
        "why": form.text(form.settings.why, language),
        "questions": sum(question.kind.is_asked for question in form.questions),
        "minutes": form.settings.minutes or _MINUTES,
        "privacy": who_can_see(say, form, group),
        "link_days": str(rules.link_days),
        "words_months": str(rules.words_months(youth=form.settings.is_youth)),
        "least": least_to_move(form),
    }


def who_can_see(say: Say, form: Survey, group: str) -> str:
    """Who can see what somebody says."""
    who = "youth" if form.settings.is_youth else "practitioners"
    is_anonymous = form.settings.mode is Mode.ANONYMOUS
    return say(
        f"nameless.{who}" if is_anonymous else f"privacy.{who}_confidential",
        group=one_line(group),
        threshold=threshold_for(suppression.Audience.INTERNAL),
    )


def stays_when_deleted(form: Survey) -> str:
    """The text that says what does not go with the answers of somebody who deletes them."""
    if form.settings.mode is Mode.ANONYMOUS:
        return "nameless.delete_stays"
    youth = form.settings.is_youth
    return f"public.privacy.{'delete_stays' if youth else 'delete_stays_practitioners'}"
