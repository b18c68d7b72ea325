"""A poster or a sheet of cards that invites people to a survey, with its promises made from it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from typing import Any

from storage.language import Catalogue, direction
from surveys import suppression
from surveys.definition import Audience, Mode, Settings, Survey, Texts
from surveys.poster.view import Help, HelpLine, Layout, Occasion, Panel, Poster, Way
from surveys.printable import apart, one_line, plain, unbroken
from surveys.suppression import threshold_for
from surveys.typesetting import typeset

EMERGENCY, CHILDLINE = "999", "0800 1111"
TELEGRAM_AGE = 16

_BETWEEN = re.compile(r"(\d+)\s*[-–]\s*(\d+)")
_FROM = re.compile(r"(\d+)\s*\+")


class CannotInvite(ValueError):
    """A poster of this survey would not be true or lead nowhere; the message says what to do."""


def languages() -> tuple[str, ...]:
    """Those that a poster's own words are in."""
    return Catalogue.load("surveys").languages


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
    _may_invite(form, language, occasion)
    writing = _Writing(form, language, occasion)
    way, second = _ways(writing)
    title = writing.text(form.settings.titles) or one_line(form.settings.form_id)
    group = writing.group
    return Poster(
        language=language,
        direction=direction(language),
        document_title=plain(writing.say("document_title", title=title, group=group)),
        hello=writing.for_audience("hello"),
        title=title,
        invited_by=writing.say("invited_by", group=group) if group else "",
        about=tuple(_about(writing, asked_by)),
        facts=tuple(_facts(writing)),
        how=Panel(writing.say("how"), _how(writing)),
        way=way,
        second_way=second,
        choice=Panel(writing.say("choice.title"), tuple(_choice(writing))),
        privacy=Panel(writing.say("privacy.title"), tuple(_privacy(writing))),
        help=Panel(writing.say(f"help.{writing.who}_title"), (writing.say("help.not_watched"),)),
        emergency=(writing.say(f"help.{writing.who}_now"), EMERGENCY),
        talk=writing.say(f"help.{writing.who}_talk"),
        help_lines=tuple(_help(writing, help_lines)),
    )


def draw(poster: Poster, *, dated: date, layout: Layout = Layout.POSTER) -> bytes:
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


@dataclass(frozen=True, slots=True)
class _Writing:
    form: Survey
    language: str
    occasion: Occasion

    @property
    def settings(self) -> Settings:
        return self.form.settings

    @property
    def is_youth(self) -> bool:
        return self.settings.audience is Audience.YOUTH

    @property
    def who(self) -> str:
        return "youth" if self.is_youth else "practitioners"

    @property
    def group(self) -> str:
        return apart(one_line(self.occasion.group), self.language)

    def say(self, key: str, **params: Any) -> str:
        return Catalogue.load("surveys").say(f"poster.{key}", self.language, **params).strip()

    def for_audience(self, key: str) -> str:
        return self.say(f"{self.who}_{key}")

    def text(self, texts: Texts) -> str:
        """The author's text; one that had to come from another language is set apart."""
        text = one_line(self.form.text(texts, self.language))
        is_own = _is_among(self.language, [code for code in texts if texts[code]])
        return text if is_own else apart(text, self.language)


def _may_invite(form: Survey, language: str, occasion: Occasion) -> None:
    settings = form.settings
    if settings.mode is not Mode.CONFIDENTIAL:
        raise CannotInvite(
            "a poster cannot say truthfully who sees what in an anonymous survey, because its "
            "promise cannot be kept yet; set loop_mode to confidential"
        )
    if settings.audience is Audience.LEADS:
        raise CannotInvite(
            "this survey is for leads, who are asked by the bot; posters are for young people "
            "and practitioners"
        )
    if not occasion.web and not occasion.telegram:
        raise CannotInvite(
            "there is no link to print; set `web` in the section [links] of the settings to the "
            "address where your survey pages are"
        )
    if not _is_among(language, form.languages):
        raise CannotInvite(
            f"the survey has no texts in '{language}'; it has {', '.join(form.languages)}"
        )
    if not _is_among(language, languages()):
        raise CannotInvite(
            f"posters have no words of their own in '{language}'; they have "
            f"{', '.join(languages())}. Print one of these, or add surveys/wording/{language}.toml"
        )


def _is_among(language: str, codes: Sequence[str]) -> bool:
    return language in codes or language.partition("-")[0] in codes


def _about(writing: _Writing, asked_by: str) -> Iterator[tuple[str, str]]:
    settings = writing.settings
    named = apart(one_line(asked_by), writing.language)
    yield writing.say("who"), writing.text(settings.asked_by) or named
    if why := writing.text(settings.why):
        yield writing.say("why"), why


def _facts(writing: _Writing) -> Iterator[str]:
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


def _ages(writing: _Writing, ages: str) -> str:
    if between := _BETWEEN.fullmatch(ages):
        return writing.say("ages_between", low=between[1], high=between[2])
    if least := _FROM.fullmatch(ages):
        return writing.say("ages_from", low=least[1])
    return writing.say("ages_as_written", ages=ages)


def _ways(writing: _Writing) -> tuple[Way, Way | None]:
    """The web first. Telegram's own terms ask for 16 years, so nobody younger is sent there."""
    web, telegram = writing.occasion.web, writing.occasion.telegram
    if not web and _all_are_younger(writing):
        raise CannotInvite(
            f"this survey is for ages {writing.settings.ages}, and Telegram is for people of "
            f"{TELEGRAM_AGE} or over; set `web` in the section [links] of the settings"
        )
    if not web:
        return _way(writing, telegram, writing.for_audience("telegram_only")), None
    first = _way(writing, web, writing.say("type"))
    if not telegram or _all_are_younger(writing):
        return first, None
    return first, _way(writing, telegram, writing.for_audience("telegram"))


def _all_are_younger(writing: _Writing) -> bool:
    between = _BETWEEN.fullmatch(writing.settings.ages.strip())
    return writing.is_youth and between is not None and int(between[2]) < TELEGRAM_AGE


def _way(writing: _Writing, link: str, words: str) -> Way:
    shown = re.sub(r"^https?://", "", link)
    return Way(link, shown, writing.say("link_alt", link=shown), words)


def _how(writing: _Writing) -> tuple[str, ...]:
    return tuple(writing.say(f"scan_{step}") for step in ("open", "hold", "tap"))


def _choice(writing: _Writing) -> Iterator[str]:
    settings = writing.settings
    yield writing.say(f"choice.{writing.who}")
    yield writing.say("choice.delete")
    if settings.tell_back and settings.hear_back_by is not None:
        yield writing.say("choice.hear_back", day=settings.hear_back_by)


def _privacy(writing: _Writing) -> Iterator[str]:
    say, group = writing.say, writing.group
    if writing.is_youth:
        yield say("privacy.kept")
        yield say("privacy.read", group=group)
        yield say("privacy.sorted")
        yield say("privacy.shared")
    else:
        least = threshold_for(suppression.Audience.INTERNAL)
        yield say("privacy.practitioners_kept")
        yield say("privacy.practitioners_totals", threshold=least)
        yield say("privacy.practitioners_read", group=group)
    if writing.occasion.telegram and not _all_are_younger(writing):
        yield say("privacy.app")
    yield say("privacy.more")


def _help(writing: _Writing, lines: Sequence[HelpLine]) -> Iterator[Help]:
    """999 stands above by itself; Childline is on every young people's poster."""
    numbers = {_digits(line.number) for line in lines}
    if writing.is_youth and _digits(CHILDLINE) not in numbers:
        yield Help("Childline", unbroken(CHILDLINE), writing.say("note.08001111"))
    for line in lines:
        if _digits(line.number) != EMERGENCY:
            yield Help(
                apart(one_line(line.name), writing.language),
                unbroken(one_line(line.number)),
                ", ".join(_notes(writing, line)),
            )


def _notes(writing: _Writing, line: HelpLine) -> Iterator[str]:
    if line.note:
        yield _known_note(writing, line) or apart(one_line(line.note), writing.language)
    if line.opens is not None and line.closes is not None:
        yield writing.say("help.hours", opens=f"{line.opens:%H:%M}", closes=f"{line.closes:%H:%M}")


def _known_note(writing: _Writing, line: HelpLine) -> str:
    """The note in the poster's language, where it is the one that the settings begin with."""
    key = f"note.{_digits(line.number)}"
    english = Catalogue.load("surveys").texts["en"].get(f"poster.{key}")
    return writing.say(key) if one_line(line.note) == english else ""


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
