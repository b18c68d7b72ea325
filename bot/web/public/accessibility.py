"""The accessibility statement, after the model for public bodies in the United Kingdom. Pure."""

from datetime import date

from bot.settings import Settings
from bot.web.public.parts import Chapter, Part, Say
from surveys.printable import one_line

PREPARED_ON = date(2026, 11, 22)
"""The day on which somebody last held the statement against the pages. Change it with the words."""


def statement(say: Say, settings: Settings) -> tuple[Chapter, ...]:
    """What can be done, what cannot yet, how it was tested, and whom to tell."""
    partnership = settings.partnership

    def part(name: str, *more: str) -> Part:
        return Part(say(f"public.access.{name}_title"), (say(f"public.access.{name}"), *more))

    def listed(name: str, **params: str) -> Part:
        points = tuple(say(f"public.access.{name}", **params).splitlines())
        return Part(say(f"public.access.{name}_title"), points=points)

    contact = one_line(partnership.contact)
    whom = (
        say("public.access.other_contact", contact=contact)
        if contact
        else say("public.access.other_no_contact")
    )
    prepared = say("public.access.prepared", day=PREPARED_ON)
    parts = (
        listed("can", idle=say("public.time.minutes", n=settings.web.idle_minutes)),
        part("status"),
        listed("gaps"),
        part("other", whom),
        part("enforced"),
        part("tested", prepared),
    )
    intro = say("public.access.intro", partnership=partnership.name)
    return (Chapter(parts, sentences=(intro,)),)
