"""What is so about somebody's words, said from the settings of the survey and of the program.

First what a young person needs to know, then the exact facts. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.settings import Settings
from bot.survey_facts import stays_when_deleted
from bot.web.public.parts import Chapter, Part, Say, Table
from storage.retention_rules import RetentionRules
from surveys import suppression
from surveys.anonymous_rules import least_to_move
from surveys.definition import Audience, Mode, Survey
from surveys.printable import one_line
from surveys.suppression import threshold_for


@dataclass(frozen=True, slots=True)
class Asked:
    """A survey as the page needs it; `closed_on` is the day on which it was closed, if it was."""

    form: Survey
    closed_on: date | None = None

    @property
    def is_youth(self) -> bool:
        return self.form.settings.is_youth

    @property
    def is_anonymous(self) -> bool:
        return self.form.settings.mode is Mode.ANONYMOUS


@dataclass(frozen=True, slots=True)
class Promises:
    """What the page is made of: the words, their language, the settings, how long things stay."""

    say: Say
    language: str
    settings: Settings
    rules: RetentionRules

    def time(self, unit: str, n: int) -> str:
        return self.say(f"public.time.{unit}", n=n)


def may_be_told(form: Survey) -> bool:
    """Whether this is a survey that has such a page: leads answer for their actions by name."""
    return form.settings.audience is not Audience.LEADS


def of_survey(asked: Asked, promises: Promises) -> tuple[Chapter, ...]:
    """The whole page of one survey."""
    short = tuple(_short(asked, promises))
    return Chapter(short), _facts(asked, promises)


def of_pages(promises: Promises) -> tuple[Chapter, ...]:
    """What is so of all pages, whichever survey somebody came for."""
    say = promises.say
    return (
        Chapter(
            (
                _pages(promises),
                Part(say("public.privacy.delete_title"), link=_receipt(say)),
                _responsible(promises),
                _complaints(promises, say("public.facts.complaints_title")),
            ),
            sentences=(say("public.privacy.general_each"),),
        ),
    )


def _short(asked: Asked, promises: Promises) -> Iterator[Part]:
    say, youth = promises.say, asked.is_youth
    who = "youth" if youth else "practitioners"
    yield Part(say("public.privacy.who_title"), tuple(_who(asked, promises)))
    yield Part(say("public.privacy.choice_title"), (say(f"public.privacy.choice_{who}"),))
    yield Part(say("public.privacy.seen_title"), tuple(_seen(asked, promises)))
    yield Part(say("public.privacy.keep_title"), (_kept(asked, promises),))
    code = "nameless.delete_code" if asked.is_anonymous else "public.privacy.delete_code"
    yield Part(
        say("public.privacy.delete_title"),
        (say(code), say(stays_when_deleted(asked.form))),
        link=_receipt(say),
    )
    yield _pages(promises)
    if promises.settings.telegram.is_on:
        yield Part(
            say("public.privacy.telegram_title"),
            (say("public.privacy.telegram"), say("public.privacy.telegram_clear")),
        )
    yield _complaints(promises, say("public.privacy.unhappy_title"))


def _who(asked: Asked, promises: Promises) -> Iterator[str]:
    form, say = asked.form, promises.say
    asked_by = one_line(form.text(form.settings.asked_by, promises.language))
    yield say("public.privacy.who", asked_by=asked_by or promises.settings.partnership.name)
    if why := one_line(form.text(form.settings.why, promises.language)):
        yield why
    if asked.closed_on is not None:
        yield say("public.privacy.closed", day=asked.closed_on)


def _seen(asked: Asked, promises: Promises) -> Iterator[str]:
    """The same words as in the first message, so that the two can never part."""
    say, youth = promises.say, asked.is_youth
    who = "youth" if youth else "practitioners"
    said = say(
        f"nameless.{who}" if asked.is_anonymous else f"privacy.{who}_confidential",
        group="",
        threshold=_internal(asked.form),
    )
    yield from (paragraph.strip() for paragraph in said.split("\n\n"))
    if youth:
        yield say("public.privacy.seen_group")
        yield say("public.privacy.seen_parents")
        yield say("public.privacy.seen_totals", threshold=_public(asked.form))


def _kept(asked: Asked, promises: Promises) -> str:
    rules, time = promises.rules, promises.time
    if asked.is_anonymous:
        words = time("months", rules.words_months(youth=asked.is_youth))
        return promises.say("nameless.kept", words=words, least=least_to_move(asked.form))
    if asked.is_youth:
        return promises.say(
            "public.privacy.keep_youth",
            words=time("months", rules.youth_words_months),
            link=time("days", rules.link_days),
        )
    return promises.say(
        "public.privacy.keep_practitioners", words=time("months", rules.practitioner_months)
    )


def _pages(promises: Promises) -> Part:
    say = promises.say
    idle = promises.time("minutes", promises.settings.web.idle_minutes)
    return Part(
        say("public.privacy.pages_title"),
        (
            say("public.privacy.pages"),
            say("public.privacy.cookie", idle=idle),
            say("verdict.cookie"),
            say("public.privacy.shared"),
        ),
    )


def _receipt(say: Say) -> tuple[str, str]:
    return "/receipt", say("public.privacy.delete_link")


def _facts(asked: Asked, promises: Promises) -> Chapter:
    say = promises.say
    parts = (
        _responsible(promises),
        Part(say("public.facts.law_title"), (say("public.facts.law"),)),
        Part(say("public.facts.sees_title"), points=tuple(_sees(asked, promises))),
        _how_long(asked, promises),
        Part(say("public.facts.stored_title"), tuple(_stored(promises))),
        Part(say("public.facts.rights_title"), (say("public.facts.rights"),)),
        _complaints(promises, say("public.facts.complaints_title")),
    )
    return Chapter(parts, say("public.facts.title"), (say("public.facts.intro"),))


def _responsible(promises: Promises) -> Part:
    partnership, say = promises.settings.partnership, promises.say
    names = "; ".join(partnership.controllers) or partnership.name
    contact = one_line(partnership.contact)
    return Part(
        say("public.facts.controllers_title"),
        (
            say("public.facts.controllers", names=names),
            say("public.contact", contact=contact) if contact else say("public.no_contact"),
        ),
    )


def _complaints(promises: Promises, title: str) -> Part:
    """The partnership first, then the regulator."""
    partnership, say = promises.settings.partnership, promises.say
    route = one_line(partnership.complaints or partnership.contact)
    first = (say("public.complaints", complaints=route),) if route else ()
    return Part(title, (*first, say("public.ico")))


def _sees(asked: Asked, promises: Promises) -> Iterator[str]:
    say = promises.say
    if asked.is_youth:
        yield say("public.facts.sees_reviewer")
        yield say("public.facts.sees_voice")
    else:
        yield say("public.facts.sees_screened")
    yield say(
        "public.facts.sees_totals", internal=_internal(asked.form), public=_public(asked.form)
    )
    yield say("public.facts.sees_passed")
    yield say("public.facts.sees_program")


def _how_long(asked: Asked, promises: Promises) -> Part:
    say = promises.say
    title = say("public.facts.kept_title")
    headings = say("public.facts.what"), say("public.facts.how_long")
    return Part(title, table=Table(title, headings, tuple(_rows(asked, promises))))


def _rows(asked: Asked, promises: Promises) -> Iterator[tuple[str, str]]:
    say, rules, time = promises.say, promises.rules, promises.time
    youth, settings = asked.is_youth, promises.settings

    def row(what: str, how_long: str) -> tuple[str, str]:
        return say(f"public.facts.{what}"), how_long

    def after_close(length: str) -> str:
        return say("public.facts.after_close", time=length)

    months = rules.words_months(youth=youth)
    link = after_close(time("days", rules.link_days)) if youth else time("months", months)
    yield row("chosen", say("public.facts.chosen_long"))
    yield row("words", time("months", months))
    if asked.is_anonymous:
        yield row("link", say("nameless.link_long"))
        yield say("nameless.took_part"), after_close(time("days", rules.link_days))
    else:
        yield row("link", link)
    yield row("unfinished", time("days", settings.young_people.session_days))
    if youth and settings.telegram.is_on and asked.form.settings.tell_back:
        yield row("told", after_close(time("months", rules.tell_months)))
    if not youth and not asked.is_anonymous:
        yield row("invited", after_close(time("days", rules.link_days)))
    yield row("sent", time("days", rules.outbox_days))
    yield row("concern", say("public.facts.concern_long"))
    yield row("concern_passed", say("public.facts.concern_passed_long"))
    yield row("published", say("public.facts.published_long"))
    yield row("audit", time("years", rules.audit_months // 12))


def _stored(promises: Promises) -> Iterator[str]:
    say = promises.say
    yield say("public.facts.stored")
    yield say("public.facts.stored_address")
    if promises.settings.telegram.is_on:
        yield say("public.facts.stored_telegram")


def _internal(form: Survey) -> int:
    return _least(form, suppression.Audience.INTERNAL)


def _public(form: Survey) -> int:
    return _least(form, suppression.Audience.PUBLIC)


def _least(form: Survey, audience: suppression.Audience) -> int:
    """A survey may ask for more than the floor, never for less."""
    return max(threshold_for(audience), form.settings.threshold or 0)
