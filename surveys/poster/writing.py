"""What every printed page of a survey says in the same words: its promises, and where help is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from storage.language import Catalogue
from surveys import suppression
from surveys.anonymous_rules import why_not
from surveys.definition import Audience, Mode, Settings, Survey, Texts
from surveys.help_lines import digits, known
from surveys.poster.view import Help, HelpLine, Occasion, Way
from surveys.printable import apart, one_line, plain, unbroken
from surveys.suppression import threshold_for

EMERGENCY, CHILDLINE = "999", "0800 1111"
TELEGRAM_AGE = 16
BETWEEN = re.compile(r"(\d+)\s*[-–]\s*(\d+)")


class CannotInvite(ValueError):
    """A poster of this survey would not be true or lead nowhere; the message says what to do."""


def languages() -> tuple[str, ...]:
    """Those that a poster's own words are in."""
    return Catalogue.load("surveys").languages


@dataclass(frozen=True, slots=True)
class Writing:
    """A form, the language and the occasion of a page; says its texts."""

    form: Survey
    language: str
    occasion: Occasion

    @property
    def settings(self) -> Settings:
        return self.form.settings

    @property
    def is_youth(self) -> bool:
        return self.settings.is_youth

    @property
    def who(self) -> str:
        return "youth" if self.is_youth else "practitioners"

    @property
    def group(self) -> str:
        return apart(one_line(self.occasion.group), self.language)

    @property
    def title(self) -> str:
        """What the survey is called; its id where it has no title."""
        return self.text(self.settings.titles) or one_line(self.settings.form_id)

    def document_title(self, part: str = "poster") -> str:
        """What the file calls itself."""
        return plain(self.say("document_title", part=part, title=self.title, group=self.group))

    @property
    def invited_by(self) -> str:
        """Which group invites; empty where none does."""
        return self.say("invited_by", group=self.group) if self.group else ""

    def way(self, link: str, words: str) -> Way:
        """A link to scan or to type, and what is said beside it."""
        shown = shown_of(link)
        return Way(link, shown, self.say("link_alt", link=shown), words)

    def say(self, key: str, *, part: str = "poster", **params: Any) -> str:
        return Catalogue.load("surveys").say(f"{part}.{key}", self.language, **params).strip()

    def for_audience(self, key: str) -> str:
        return self.say(f"youth_{key}" if self.is_youth else f"practitioners_{key}")

    def text(self, texts: Texts) -> str:
        """The author's text; one that had to come from another language is set apart."""
        text = one_line(self.form.text(texts, self.language))
        is_own = is_among(self.language, [code for code in texts if texts[code]])
        return text if is_own else apart(text, self.language)


def may_invite(form: Survey, language: str, occasion: Occasion) -> None:
    """Raises CannotInvite where nothing true can be printed of this survey."""
    settings = form.settings
    if reason := why_not(form):
        raise CannotInvite(f"this survey cannot be opened: {reason}")
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
    if not is_among(language, form.languages):
        raise CannotInvite(
            f"the survey has no texts in '{language}'; it has {', '.join(form.languages)}"
        )
    if not is_among(language, languages()):
        raise CannotInvite(
            f"posters have no words of their own in '{language}'; they have "
            f"{', '.join(languages())}. Print one of these, or add surveys/wording/{language}.toml"
        )


def is_among(language: str, codes: Sequence[str]) -> bool:
    """Whether a language, or the one that it is a kind of, is one of these."""
    return language in codes or language.partition("-")[0] in codes


def all_are_younger(writing: Writing) -> bool:
    """Whether nobody who is asked is old enough for Telegram."""
    between = BETWEEN.fullmatch(writing.settings.ages.strip())
    return writing.is_youth and between is not None and int(between[2]) < TELEGRAM_AGE


def promises(writing: Writing) -> Iterator[str]:
    """Who can see what."""
    say, group = writing.say, writing.group
    is_anonymous = writing.settings.mode is Mode.ANONYMOUS
    if writing.is_youth:
        yield say("nameless.kept" if is_anonymous else "privacy.kept")
        yield say("privacy.read", group=group)
        yield say("privacy.sorted")
        yield say("nameless.shared" if is_anonymous else "privacy.shared")
    else:
        least = threshold_for(suppression.Audience.INTERNAL)
        yield say("nameless.kept" if is_anonymous else "privacy.practitioners_kept")
        yield say("privacy.practitioners_totals", threshold=least)
        yield say("privacy.practitioners_read", group=group)
    if writing.occasion.telegram and not all_are_younger(writing):
        yield say("privacy.app")
    yield say("privacy.more")


def numbers(writing: Writing, lines: Sequence[HelpLine]) -> Iterator[Help]:
    """999 stands above by itself; Childline is on every young people's poster."""
    numbers = {digits(line.number) for line in lines}
    if writing.is_youth and digits(CHILDLINE) not in numbers:
        yield Help("Childline", unbroken(CHILDLINE), _childline_note(writing.language))
    for line in lines:
        if digits(line.number) != EMERGENCY:
            yield Help(
                _part(writing, "name", line),
                unbroken(one_line(line.number)),
                ", ".join(_notes(writing, line)),
            )


def _childline_note(language: str) -> str:
    return Catalogue.load("surveys").say(f"help_lines.note.{digits(CHILDLINE)}", language).strip()


def _notes(writing: Writing, line: HelpLine) -> Iterator[str]:
    if line.note:
        yield _part(writing, "note", line)
    if line.opens is not None and line.closes is not None:
        yield writing.say("help.hours", opens=f"{line.opens:%H:%M}", closes=f"{line.closes:%H:%M}")


def _part(writing: Writing, part: str, line: HelpLine) -> str:
    """In the poster's language where it is well known, else as written and set apart."""
    written = apart(one_line(getattr(line, part)), writing.language)
    return known(part, line, writing.language) or written


def shown_of(link: str) -> str:
    """What is printed of an address: without what every browser puts before it."""
    return re.sub(r"^https?://", "", link)
