"""Not mine: an action goes to somebody else, at once within its group, else by the manager."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from bot.access import Who
from bot.forms import Field, FieldKind, Form, Option
from bot.replies import Replies
from bot.staff.finding import people_called
from bot.staff.lead_allowed import action_of
from bot.staff.small_forms import SmallForm, id_of, open_small
from reminders import updates
from reminders.handing_over import beside, may_take_over, waiting_hand_overs
from storage.people import Person, Role
from storage.plans import Action

NAME = "hand"
_MANAGER = "0"


def not_mine(replies: Replies, who: Who, action: Action, _: str = "") -> None:
    """The button: a form where there are forms, else the manager settles it."""
    if not open_small(FORMS, replies, who, NAME, action.id):
        hand_over(replies, who, action, "")


def by_words(replies: Replies, who: Who, action: Action, words: str) -> None:
    """ "hand 1.2 to Sam Lee"; without a name those who are nearest are shown."""
    named = words.strip().removeprefix("to ").strip()
    if not named and open_small(FORMS, replies, who, NAME, action.id):
        return
    if not named:
        near = [one.id for one in _near(replies, who, action)]
        replies.queue("hand_which", action=action.id, people=near)
        return
    found = people_called(replies.db, named)
    if len(found) > 1:
        replies.queue("hand_which", action=action.id, people=[one.id for one in found])
    elif found:
        _give(replies, who, action, found[0], "")
    else:
        hand_over(replies, who, action, named)


def chosen(replies: Replies, who: Who, action: Action, person: str) -> None:
    """A name that was tapped; "0" leaves it to the manager."""
    found = replies.db.get(Person, int(person)) if person.isdecimal() else None
    if found is None:
        hand_over(replies, who, action, "")
    elif not found.active:
        replies.say("stale")
    else:
        _give(replies, who, action, found, "")


def hand_over(replies: Replies, who: Who, action: Action, named: str) -> None:
    """The manager settles to whom it goes, and this person is left in peace."""
    assert action.id is not None
    is_waiting = (action.id, who.person_id) in waiting_hand_overs(replies.db)
    if named or not is_waiting:
        _ask_manager(replies, who, action, named, None)
    replies.wait_for(None)
    words = {"ref": action.ref, "named": bool(named)}
    replies.count("say", wording="lead.handed_over", words=words)
    replies.renew()


def _ask_manager(replies: Replies, who: Who, action: Action, named: str, to: Person | None) -> None:
    assert action.id is not None
    change = updates.hand_over(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        named=named or (to.name if to is not None else ""),
        now=replies.now,
        today=replies.around.today,
    )
    more: dict[str, Any] = {"to": to.id} if to is not None else {}
    replies.tell_role(
        Role.MANAGER,
        "hand_over_asked",
        key=f"hand-over:{change.id}",
        action=action.id,
        person=who.person_id,
        **more,
    )


def _give(replies: Replies, who: Who, action: Action, to: Person, named: str) -> None:
    """To somebody known: at once where they answer for it already, else by the manager."""
    assert action.id is not None
    assert to.id is not None
    if to.id == who.person_id:
        replies.say("lead.hand_to_self", ref=action.ref)
        return
    at_once = may_take_over(replies.db, action.id, who.person_id, to.id, now=replies.now)
    if at_once:
        updates.hand_over(
            replies.db,
            action_id=action.id,
            person_id=who.person_id,
            to_person_id=to.id,
            named=named,
            now=replies.now,
            today=replies.around.today,
        )
    else:
        _ask_manager(replies, who, action, named, to)
    replies.wait_for(None)
    replies.queue("handed_to", action=action.id, to=to.id, at_once=at_once)
    replies.renew()


def _near(replies: Replies, who: Who, action: Action) -> list[Person]:
    """The others of a leading group, and their own deputy."""
    assert action.id is not None
    ids = beside(replies.db, action.id, who.person_id)
    query = select(Person).where(col(Person.id).in_(ids), col(Person.active))
    return list(replies.db.exec(query.order_by(col(Person.name), col(Person.id))))


# the form


def _draw(replies: Replies, who: Who, args: list[str]) -> Form | None:
    action = action_of(replies, who, args)
    if action is None:
        return None
    say = replies.text
    near = tuple(Option(str(one.id), one.name) for one in _near(replies, who, action))
    whose = Field(
        "person",
        FieldKind.ONE,
        say("lead.hand_who"),
        options=(*near, Option(_MANAGER, say("lead.hand_nobody"))),
    )
    typed = Field(
        "named", FieldKind.WORDS, say("lead.hand_typed"), say("lead.hand_typed_hint"), most=200
    )
    return Form(
        id_of(NAME, action.id),
        say("lead.hand_title", ref=action.ref),
        (whose, typed),
        say("form.send"),
        text=say("lead.hand_about"),
    )


def _take(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    action, named = action_of(replies, who, args), values.get("named", "").strip()
    if action is None:
        return {}
    if not named:
        chosen(replies, who, action, values.get("person", "") or _MANAGER)
        return {}
    found = people_called(replies.db, named)
    if len(found) > 1:
        return {"named": replies.text("lead.hand_unknown")}
    if found:
        _give(replies, who, action, found[0], named)
    else:
        hand_over(replies, who, action, named)
    return {}


FORMS = {NAME: SmallForm(_draw, _take)}
