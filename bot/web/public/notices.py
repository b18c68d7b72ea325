"""Privacy notices for an age, or for practitioners: short first, and true of this program. Pure.

What is so of every survey is said by `privacy`: a notice and a survey's own page never part.
"""

from collections.abc import Iterator

from bot.settings import Settings, TelegramSettings
from bot.web.public.parts import Chapter, Part, Say
from bot.web.public.privacy import Asked, Promises, of_survey
from surveys.definition import Audience, Survey
from surveys.definition import Settings as FormSettings
from surveys.printable import one_line

NOTICES = ("8-11", "12-15", "16", "practitioners")
"""Each is at /privacy/NAME."""
YOUNG = NOTICES[:3]

_KEYS = {"8-11": "child", "12-15": "teen", "16": "adult"}
_TELEGRAM_FROM = 16


def title_of(name: str, say: Say) -> str:
    """What a notice is called."""
    if name == "practitioners":
        return say("notice_staff.title")
    return say(f"notice.{_KEYS[name]}_title")


def notice(name: str, promises: Promises) -> tuple[Chapter, ...]:
    """The whole notice. KeyError where there is none of this name."""
    say = promises.say
    if name == "practitioners":
        return _of_practitioners(promises)
    intro = (say(f"notice.{_KEYS[name]}_intro"),)
    if name == "8-11":
        return (Chapter(tuple(_of_children(promises)), sentences=intro),)
    short, facts = of_survey(_asked(Audience.YOUTH), _without_telegram(name, promises))
    parts = (*short.parts[:3], *_both_kinds(say), *short.parts[3:])
    if name == "16":
        return Chapter((*parts[:-1], _private(say), parts[-1]), sentences=intro), facts
    return (Chapter((*parts[:-1], _rights(say), *_whom(promises), parts[-1]), sentences=intro),)


def links(say: Say, names: tuple[str, ...] = NOTICES) -> Chapter:
    """The way to each of them, from the pages about privacy."""
    ways = tuple((f"/privacy/{name}", title_of(name, say)) for name in names)
    return Chapter((Part(say("notice.links_title"), links=ways),))


def _asked(audience: Audience) -> Asked:
    """Any survey of this audience that sets nothing of its own."""
    return Asked(Survey(FormSettings("notice", audience=audience), ()))


def _without_telegram(name: str, promises: Promises) -> Promises:
    """Whoever may not use it there need not read of it."""
    settings = promises.settings
    if name == "16" or settings.telegram.minimum_age < _TELEGRAM_FROM:
        return promises
    without = settings.model_copy(update={"telegram": TelegramSettings()})
    return Promises(promises.say, promises.language, without, promises.rules)


def _both_kinds(say: Say) -> Iterator[Part]:
    yield Part(say("notice.kinds_title"), tuple(say("notice.kinds").split("\n\n")))
    yield _worry(say)


def _worry(say: Say) -> Part:
    told = say("notice.worry", contact=say("young.care_contact"))
    return Part(say("notice.worry_title"), tuple(told.split("\n\n")))


def _private(say: Say) -> Part:
    return Part(say("notice.private_title"), (say("notice.private"),))


def _rights(say: Say) -> Part:
    return Part(say("public.facts.rights_title"), (say("notice.rights"), say("notice.rights_own")))


def _whom(promises: Promises) -> Iterator[Part]:
    """Who answers for it, in one sentence."""
    say, partnership = promises.say, promises.settings.partnership
    names = "; ".join(partnership.controllers) or partnership.name
    yield Part(
        say("public.facts.controllers_title"),
        (say("public.facts.controllers", names=names), _contact(say, promises.settings)),
    )


def _of_children(promises: Promises) -> Iterator[Part]:
    """What a child of 8 asks, and the answers."""
    say, rules, settings = promises.say, promises.rules, promises.settings
    words = promises.time("months", rules.youth_words_months)

    def part(name: str, *more: str, **params: str) -> Part:
        told = say(f"notice.child.{name}", **params).split("\n\n")
        return Part(say(f"notice.child.{name}_title"), (*told, *more))

    yield part("who", partnership=settings.partnership.name)
    yield part("choice")
    yield part("name")
    yield part("reads")
    yield part("tell")
    yield _worry(say)
    yield part("keep", words=words)
    yield part("back")
    yield part("unhappy", _contact(say, settings), say("public.ico"))


def _contact(say: Say, settings: Settings) -> str:
    contact = one_line(settings.partnership.contact)
    return say("public.contact", contact=contact) if contact else say("public.no_contact")


def _of_practitioners(promises: Promises) -> tuple[Chapter, ...]:
    """What is so of those who answer, and of those who work with the program."""
    say, rules = promises.say, promises.rules
    short, facts = of_survey(_asked(Audience.PRACTITIONERS), promises)
    months, years = promises.time("months", rules.campaign_months), rules.audit_months // 12
    told = {
        "work": {},
        "chat": {},
        "record": {"years": promises.time("years", years)},
        "asked": {"months": months},
        "named": {},
    }
    parts = tuple(
        Part(say(f"notice_staff.{name}_title"), (say(f"notice_staff.{name}", **params),))
        for name, params in told.items()
    )
    return (
        Chapter((*short.parts, _private(say)), sentences=(say("notice_staff.intro"),)),
        Chapter(parts, say("notice_staff.second")),
        facts,
    )
