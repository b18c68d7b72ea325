"""What a manager reads of people: who leads what, how they are reached, codes, leave."""

from dataclasses import replace
from datetime import date

from bot.intents.lead_parts import form_button, part, parted
from bot.messages import Message, Part
from bot.people_view import PersonView, Unreached, WhyNot, people_views, unreached
from bot.tokens import button
from bot.wording import Intent, Writing
from storage.people import ContactState, Person

_MOST_IN_FULL = 5
_MOST_LISTED = 60
_HELPED_BY_A_CODE = (WhyNot.NOT_CONNECTED, WhyNot.GONE)


def _people(writing: Writing) -> Message:
    named = writing.param("people")
    found = people_views(writing.db, named, today=writing.around.today)
    if named is not None and 0 < len(found) <= _MOST_IN_FULL:
        parts = [_in_full(writing, view) for view in found]
        return parted(
            writing, "", parts, foot=_how(writing), title=writing.say("manager.title_people")
        )
    lines = [
        writing.say("manager.person_line", view=view, reached=_reached(writing, view))
        for view in found[:_MOST_LISTED]
    ]
    more = len(found) - len(lines)
    text = writing.say("manager.people", lines=lines, more=more)
    return replace(writing.message(text), title=writing.say("manager.title_people"))


def _how(writing: Writing) -> str:
    """The words for what the buttons do, where there are forms in their place."""
    return "" if writing.row.to.takes_forms else writing.say("manager.people_how")


def _in_full(writing: Writing, view: PersonView) -> Part:
    text = writing.say(
        "manager.person",
        view=view,
        places=_places(writing, view),
        why=writing.say(f"unreached.{view.why_not}") if view.why_not else "",
    )
    named = f": {view.name}"
    return part(
        writing,
        text,
        button(writing.say("manager.button_code") + named, "code", view.id),
        form_button(writing.say("manager.button_leave") + named, "leave", view.id),
    )


def _places(writing: Writing, view: PersonView) -> list[str]:
    return [
        writing.say(
            "manager.place",
            platform=writing.say(f"platform.{place.platform}"),
            place=place,
            is_gone=place.state is ContactState.GONE,
            is_first=place.is_first and len(view.places) > 1,
        )
        for place in view.places
    ]


def _reached(writing: Writing, view: PersonView) -> str:
    """In one word: where they are written to, or why they are not."""
    if view.first is not None and view.why_not is None:
        return writing.say(f"platform.{view.first.platform}")
    return writing.say(f"unreached.{view.why_not or WhyNot.NOT_CONNECTED}")


def _unreached(writing: Writing) -> Message:
    found = unreached(writing.db, today=writing.around.today)
    parts = [_obstacle(writing, one) for one in found[: 2 * _MOST_IN_FULL]]
    head = writing.say("manager.unreached_head", n=len(found))
    more = len(found) - len(parts)
    foot = writing.say("manager.unreached_more", n=more) if more else ""
    return parted(writing, head, parts, foot=foot, title=writing.say("manager.title_unreached"))


def _obstacle(writing: Writing, one: Unreached) -> Part:
    text = writing.say(
        "manager.unreached",
        one=one,
        why=writing.say(f"unreached.{one.why}"),
        remedy=writing.say(f"unreached.{one.why}_remedy", one=one),
    )
    if one.person_id is None or one.why not in _HELPED_BY_A_CODE:
        return part(writing, text)
    label = f"{writing.say('manager.button_code')}: {one.who}"
    return part(writing, text, button(label, "code", one.person_id))


def _code_made(writing: Writing) -> Message | None:
    person = writing.db.get(Person, writing.param("person"))
    if person is None:
        return None
    text = writing.say(
        "manager.code_made",
        who=person.name,
        code=writing.param("code"),
        until=date.fromisoformat(writing.param("until")),
    )
    return writing.message(text)


def _away_noted(writing: Writing) -> Message | None:
    person = writing.db.get(Person, writing.param("person"))
    if person is None:
        return None
    deputy = writing.db.get(Person, person.deputy_id) if person.deputy_id else None
    return writing.message(writing.say("manager.away_noted", person=person, deputy=deputy))


def _covers(writing: Writing) -> Message | None:
    """To who covers, as long as they do."""
    person = writing.db.get(Person, writing.param("person"))
    if person is None or person.away_until is None or person.deputy_id != writing.row.person_id:
        return None
    return writing.message(writing.say("manager.covers", person=person))


INTENTS: dict[str, Intent] = {
    "people": _people,
    "unreached": _unreached,
    "code_made": _code_made,
    "away_noted": _away_noted,
    "covers": _covers,
}
