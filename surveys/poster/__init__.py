"""A poster or a sheet of cards that invites people to a survey, with its promises made from it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from io import BytesIO
from typing import Any

from storage.language import direction
from surveys.definition import Survey
from surveys.poster.view import HelpLine, Layout, Occasion, Panel, Poster, Way, WorkerCard
from surveys.poster.writing import (
    BETWEEN,
    EMERGENCY,
    TELEGRAM_AGE,
    Writing,
    all_are_younger,
    may_invite,
    numbers,
    promises,
)
from surveys.poster.writing import CannotInvite as CannotInvite
from surveys.poster.writing import languages as languages
from surveys.printable import apart, one_line
from surveys.typesetting import typeset

_FROM = re.compile(r"(\d+)\s*\+")


def gather(
    form: Survey,
    language: str,
    occasion: Occasion,
    *,
    asked_by: str,
    help_lines: Sequence[HelpLine],
) -> Poster:
    """What the poster says. `asked_by` is named where the survey does not say who asks.

    Raises CannotInvite where something on it would not be so.
    """
    may_invite(form, language, occasion)
    writing = Writing(form, language, occasion)
    way, second = _ways(writing)
    return Poster(
        language=language,
        direction=direction(language),
        document_title=writing.document_title(),
        hello=writing.for_audience("hello"),
        title=writing.title,
        invited_by=writing.invited_by,
        about=tuple(_about(writing, asked_by)),
        facts=tuple(_facts(writing)),
        how=Panel(writing.say("how"), _how(writing)),
        way=way,
        second_way=second,
        choice=Panel(writing.say("choice.title"), tuple(_choice(writing))),
        privacy=Panel(writing.say("privacy.title"), tuple(promises(writing))),
        help=Panel(writing.say(f"help.{writing.who}_title"), (writing.say("help.not_watched"),)),
        emergency=(writing.say(f"help.{writing.who}_now"), EMERGENCY),
        talk=writing.say(f"help.{writing.who}_talk"),
        help_lines=tuple(numbers(writing, help_lines)),
    )


def draw(poster: Poster | WorkerCard, *, dated: date, layout: Layout = Layout.POSTER) -> bytes:
    """The PDF. Raises CannotTypeset where a text cannot be printed."""
    data: dict[str, Any] = {
        **asdict(poster),
        "day": [dated.year, dated.month, dated.day],
        "codes": {link: qr_code(link) for link in poster.links},
    }
    return typeset("surveys", f"{layout}.typ", data, dated=dated)


def qr_code(link: str) -> str:
    """The link as an SVG that a phone can read across a corridor, with its quiet zone."""
    import segno

    drawn = BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=4, xmldecl=False)
    return drawn.getvalue().decode()


def _about(writing: Writing, asked_by: str) -> Iterator[tuple[str, str]]:
    settings = writing.settings
    named = apart(one_line(asked_by), writing.language)
    yield writing.say("who"), writing.text(settings.asked_by) or named
    if why := writing.text(settings.why):
        yield writing.say("why"), why


def _facts(writing: Writing) -> Iterator[str]:
    settings, say = writing.settings, writing.say
    if settings.minutes:
        yield say("minutes", n=settings.minutes, minutes=settings.minutes)
    if asked := sum(question.kind.is_asked for question in writing.form.questions):
        yield say("questions", n=asked, questions=asked)
    if settings.ages:
        yield _ages(writing, one_line(settings.ages))
    days = [day for day in (settings.closes, writing.occasion.until) if day is not None]
    if days:
        yield say("until", day=min(days))


def _ages(writing: Writing, ages: str) -> str:
    if between := BETWEEN.fullmatch(ages):
        return writing.say("ages_between", low=between[1], high=between[2])
    if least := _FROM.fullmatch(ages):
        return writing.say("ages_from", low=least[1])
    return writing.say("ages_as_written", ages=ages)


def _ways(writing: Writing) -> tuple[Way, Way | None]:
    """The web first. Telegram's own terms ask for 16 years, so nobody younger is sent there."""
    web, telegram = writing.occasion.web, writing.occasion.telegram
    if not web and all_are_younger(writing):
        raise CannotInvite(
            f"this survey is for ages {writing.settings.ages}, and Telegram is for people of "
            f"{TELEGRAM_AGE} or over; set `web` in the section [links] of the settings"
        )
    if not web:
        return writing.way(telegram, writing.for_audience("telegram_only")), None
    first = writing.way(web, writing.say("type"))
    if not telegram or all_are_younger(writing):
        return first, None
    return first, writing.way(telegram, writing.for_audience("telegram"))


def _how(writing: Writing) -> tuple[str, ...]:
    return tuple(writing.say(f"scan_{step}") for step in ("open", "hold", "tap"))


def _choice(writing: Writing) -> Iterator[str]:
    settings = writing.settings
    yield writing.say(f"choice.{writing.who}")
    yield writing.say("choice.delete")
    if settings.tell_back and settings.hear_back_by is not None:
        yield writing.say("choice.hear_back", day=settings.hear_back_by)
