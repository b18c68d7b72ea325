"""What people read who are not known, or who may not do what they asked for."""

from dataclasses import replace

from bot.access import Right, refusal
from bot.messages import Message
from bot.wording import Intent, Writing
from storage.people import Person


def _stranger(writing: Writing) -> Message:
    partnership = writing.around.settings.partnership
    text = writing.say("stranger.help", partnership=partnership.name, contact=partnership.contact)
    return replace(writing.message(text), home=bool(writing.param("home")))


def _code_unknown(writing: Writing) -> Message:
    contact = writing.around.settings.partnership.contact
    return writing.message(writing.say("stranger.code_unknown", contact=contact))


def _joined(writing: Writing) -> Message | None:
    person = writing.db.get(Person, writing.param("person"))
    if person is None or not person.active:
        return None
    return writing.message(writing.say("stranger.joined", who=person.name))


def _code_used(writing: Writing) -> Message | None:
    """To the manager who made the code, and to the person: one in wrong hands is noticed."""
    person = writing.db.get(Person, writing.param("person"))
    if person is None:
        return None
    platform = writing.say(f"platform.{writing.param('platform')}")
    return writing.message(writing.say("stranger.code_used", who=person.name, platform=platform))


def _refused(writing: Writing) -> Message:
    contact = writing.around.settings.partnership.contact
    right = Right(writing.param("right"))
    return writing.message(refusal(writing.db, right, writing.say, contact))


INTENTS: dict[str, Intent] = {
    "stranger": _stranger,
    "code_unknown": _code_unknown,
    "joined": _joined,
    "code_used": _code_used,
    "refused": _refused,
}
