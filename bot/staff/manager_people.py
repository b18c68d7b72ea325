"""What a manager asks and settles about people: who leads what, codes, leave, who is unreached."""

import re
from collections.abc import Mapping
from datetime import date

from bot import join_codes
from bot.access import Right, Who, may_stand_in
from bot.forms import Field, FieldKind, Form
from bot.people import find_person, set_away
from bot.people_view import named
from bot.replies import Replies
from bot.staff.references import first_id
from bot.staff.refusing import refuse
from bot.staff.small_forms import SmallForm, id_of, open_small
from bot.tokens import read_act
from reminders.date_words import plain
from reminders.spoken_dates import find_spoken
from storage import audit
from storage.people import Person

_EMAIL = re.compile(r"[^\s,;<>]+@[^\s,;<>]+")
_BACK = ("back", "is back", "has returned", "returned")


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """A button under a person; False if it is something else."""
    act, args = read_act(token)
    if act not in ("code", "leave") or not args or not args[0].isdigit():
        return False
    person = replies.db.get(Person, int(args[0]))
    if not who.may(Right.PEOPLE):
        refuse(replies, Right.PEOPLE)
    elif person is None or not person.active:
        replies.say("stale")
    elif act == "code":
        _give_code(replies, who, person)
    elif not open_small(FORMS, replies, who, "leave", person.id):
        replies.say("manager.away_how", email=person.email or "name@council.example")
    return True


def people(replies: Replies, who: Who, rest: str) -> None:  # noqa: ARG001 - called as a command
    """ "people" lists all, "people sam" shows who is called so."""
    text = rest.strip()
    if not text:
        replies.queue("people")
        return
    found = named(replies.db, text)
    if found:
        replies.queue("people", people=found)
    else:
        replies.say("manager.nobody_called")


def unreached(replies: Replies, who: Who, rest: str) -> None:  # noqa: ARG001 - called as a command
    """ "unreached": who could not be reached, why, and what helps."""
    replies.queue("unreached")


# codes


def code(replies: Replies, who: Who, rest: str) -> None:
    """ "code name@council.example"."""
    person = find_person(replies.db, rest.strip())
    if person is None:
        replies.say("manager.nobody_with_email" if rest.strip() else "manager.code_how")
    else:
        _give_code(replies, who, person)


def _give_code(replies: Replies, who: Who, person: Person) -> None:
    """The code is shown to the manager who asked, and to nobody else.

    Whoever has a code can be that person: so none for those who see what this one may not.
    """
    if not may_stand_in(who, person):
        replies.say("manager.code_by_admin")
        return
    made = join_codes.make(
        replies.db, replies.around.keyring, person, by_id=who.person_id, now=replies.now
    )
    audit.record(
        replies.db,
        at=replies.now,
        act="join_code_made",
        subject=f"person:{person.id}",
        person_id=who.person_id,
    )
    until = replies.around.calendar.local_date(replies.now + join_codes.GOOD_FOR)
    replies.queue("code_made", person=person.id, code=made, until=until.isoformat())


# leave


def away(replies: Replies, who: Who, rest: str) -> None:
    """ "away name@council.example until 12 May, other@council.example covers"; or "... back"."""
    emails = _EMAIL.findall(rest)
    person = find_person(replies.db, emails[0]) if emails else None
    deputy = find_person(replies.db, emails[1]) if len(emails) > 1 else None
    if person is None or (len(emails) > 1 and deputy is None):
        replies.say("manager.nobody_with_email" if emails else "manager.away_how", email="")
        return
    words = plain(_EMAIL.sub(" ", rest))
    if words.strip(" .,") in _BACK:
        _note(replies, who, person, None, None)
        return
    until = until_of(replies, words)
    if until is None and not emails[1:] and open_small(FORMS, replies, who, "leave", person.id):
        return
    if until is None:
        replies.say("manager.away_how", email=person.email or "")
    else:
        _note(replies, who, person, until, deputy)


def until_of(replies: Replies, words: str) -> date | None:
    """The last day that some words name; None where they name none that is still to come."""
    today = replies.around.today
    found = find_spoken(words, today=today, calendar=replies.around.calendar)
    days = [one.last for one in found if one.last >= today]
    return days[0] if days else None


def _note(
    replies: Replies, who: Who, person: Person, until: date | None, deputy: Person | None
) -> None:
    if deputy is not None and deputy.id == person.id:
        replies.say("manager.covers_self")
        return
    set_away(replies.db, person, until=until, deputy=deputy, now=replies.now, by_id=who.person_id)
    replies.queue("away_noted", person=person.id)
    if deputy is not None and deputy.id is not None and deputy.id != who.person_id:
        key = f"covers:{person.id}:{deputy.id}:{until}"
        replies.tell(deputy.id, "covers", key=key, person=person.id)


def _draw(replies: Replies, who: Who, args: list[str]) -> Form | None:
    person = replies.db.get(Person, first_id(args) or 0)
    if not who.may(Right.PEOPLE):
        refuse(replies, Right.PEOPLE)
        return None
    if person is None or not person.active:
        replies.say("stale")
        return None
    until = person.away_until.isoformat() if person.away_until else ""
    deputy = replies.db.get(Person, person.deputy_id) if person.deputy_id else None
    covers = deputy.email or "" if deputy is not None else ""
    return Form(
        id=id_of("leave", person.id),
        title=replies.text("manager.away_title"),
        fields=(
            Field("until", FieldKind.DATE, replies.text("manager.away_until"), value=until),
            Field(
                "covers",
                FieldKind.WORDS,
                replies.text("manager.away_covers"),
                hint=replies.text("manager.away_hint"),
                value=covers,
                most=254,
            ),
        ),
        send=replies.text("form.send"),
        text=person.name,
    )


def _take(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    if _draw(replies, who, args) is None:
        return {}
    person = replies.db.get_one(Person, int(args[0]))
    email = values.get("covers", "").strip()
    deputy = find_person(replies.db, email) if email else None
    if email and deputy is None:
        return {"covers": replies.text("manager.nobody_with_email")}
    if deputy is not None and deputy.id == person.id:
        return {"covers": replies.text("manager.covers_self")}
    try:
        until = date.fromisoformat(values["until"]) if values.get("until") else None
    except ValueError:
        return {"until": replies.text("rejected.not_a_date")}
    _note(replies, who, person, until, deputy)
    return {}


FORMS: dict[str, SmallForm] = {"leave": SmallForm(_draw, _take)}
