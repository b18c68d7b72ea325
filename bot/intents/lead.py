"""What leads read: their actions, what counts now, and what was understood."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import col, select

from bot.intents import home, lead_history, lead_nudges, lead_settings
from bot.intents.lead_parts import (
    described,
    form_button,
    labels,
    part,
    parted,
    titled,
    update_button,
)
from bot.messages import Message
from bot.standing import expecting_of
from bot.tokens import button
from bot.wording import Intent, Writing
from reminders.action_views import views
from reminders.corrections import open_proposal
from reminders.recipients import actions_of, answered_beside
from storage.people import Person
from storage.plans import Action, Update

_MOST_LISTED = 12


# which one


def which_of(writing: Writing) -> list[tuple[Action, str]]:
    """The actions that share a ref, each with the label that tells it from the others."""
    found = writing.db.exec(
        select(Action).where(col(Action.id).in_(writing.param("actions"))).order_by(col(Action.id))
    ).all()
    named = labels(writing, found)
    return [(action, named[action.id or 0]) for action in found]


def asks_which(writing: Writing, found: Sequence[tuple[Action, str]]) -> str:
    """The question that goes above the buttons."""
    shown = [{"ref": one.ref, "label": label, "text": one.text} for one, label in found]
    return writing.say("lead.which_one", labels=shown)


def _which_one(writing: Writing) -> Message | None:
    found = which_of(writing)
    if not found:
        return None
    buttons = [button(label, "which", action.id) for action, label in found]
    return writing.message(asks_which(writing, found), *buttons)


def _hand_which(writing: Writing) -> Message | None:
    """To whom an action could go; 0 stands for whoever the manager finds."""
    action = writing.db.get(Action, writing.param("action"))
    if action is None:
        return None
    people = writing.db.exec(
        select(Person)
        .where(col(Person.id).in_(writing.param("people")), col(Person.active))
        .order_by(col(Person.name))
    ).all()
    buttons = [button(one.name, "handto", action.id, one.id) for one in people]
    other = button(writing.say("lead.button_somebody"), "handto", action.id, 0)
    text = writing.say("lead.hand_to_whom", ref=action.ref, known=len(people))
    return writing.message(text, *buttons, other)


def _handed_to(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    person = writing.db.get(Person, writing.param("to"))
    if action is None or person is None:
        return None
    key = "lead.handed_to" if writing.param("at_once") else "lead.handed_over_to"
    return writing.message(writing.say(key, ref=action.ref, who=person.name))


# what is theirs


def _actions(writing: Writing) -> Message:
    own = actions_of(writing.db, writing.param("person"), today=writing.around.today)
    if not own:
        beside = list(answered_beside(writing.db, writing.param("person")))
        return writing.message(writing.say("lead.no_actions", beside=beside[:_MOST_LISTED]))
    named = labels(writing, own)
    parts = [
        part(writing, described(writing, view), update_button(writing, view, named))
        for view in own[:_MOST_LISTED]
    ]
    return parted(
        writing,
        writing.say("lead.your_actions", count=len(own)),
        parts,
        title=writing.say("lead.title_actions"),
    )


# what counts now


def update_of(writing: Writing) -> tuple[Update, Action] | None:
    """The update that an intent names, and its action; None when either is gone."""
    update = writing.db.get(Update, writing.param("update"))
    action = writing.db.get(Action, update.action_id) if update is not None else None
    return None if update is None or action is None else (update, action)


def _recorded(writing: Writing) -> Message | None:
    found = update_of(writing)
    if found is None:
        return None
    update, action = found
    proposal = open_proposal(writing.db, action.id or 0)
    is_asked = proposal is not None and proposal.id == update.id
    text = writing.say("lead.recorded", action=action, update=update, is_date_asked=is_asked)
    correct = form_button(writing.say("lead.button_correct"), "correct", update.id)
    # In a chat of words the line below says how; a number there would take the place of a menu.
    shown = [correct] if writing.row.to.takes_forms else []
    return titled(writing, writing.message(text, *shown), "lead.title_recorded", ref=action.ref)


def _correcting(writing: Writing) -> Message | None:
    found = update_of(writing)
    if found is None:
        return None
    update, action = found
    return writing.message(writing.say("lead.what_instead", action=action, update=update))


def _date_decided(writing: Writing) -> Message | None:
    found = update_of(writing)
    if found is None:
        return None
    update, action = found
    message = writing.message(writing.say("lead.date_decided", action=action, update=update))
    return titled(writing, message, "lead.title_date_decided", ref=action.ref)


# what was understood


def _read_back(writing: Writing) -> Message | None:
    """What was understood. The person's words come from the conversation, never from the outbox."""
    expecting = expecting_of(writing.db, writing.row.contact_id)
    readings = expecting.get("confirm") if expecting else None
    if not expecting or not readings:
        return None
    ids = [action_id for reading in readings for action_id in reading["actions"]]
    today = writing.around.today
    own = actions_of(writing.db, writing.row.person_id or 0, today=today)
    others = set(ids) - {view.id for view in own}
    more = views(writing.db, others, today=today) if others else {}
    refs = labels(writing, [*own, *more.values()])
    lines = [_reading_line(writing, reading, refs) for reading in readings]
    key = "lead.read_back" if expecting.get("sure", True) else "lead.read_back_unsure"
    text = writing.say(key, lines="\n".join(lines))
    message = writing.message(
        text,
        button(writing.say("lead.button_right"), "right", "yes"),
        button(writing.say("lead.button_wrong"), "right", "no"),
    )
    return titled(writing, message, "lead.title_read_back")


def _reading_line(writing: Writing, reading: dict[str, Any], refs: dict[int, str]) -> str:
    named = ", ".join(refs.get(action_id, "") for action_id in reading["actions"])
    days = {
        name: date.fromisoformat(reading[name]) if reading.get(name) else None
        for name in ("new_date", "snooze_until")
    }
    return writing.say("lead.reading", **{**reading, **days, "refs": named})


def _not_understood(writing: Writing) -> Message:
    own = actions_of(writing.db, writing.param("person"), today=writing.around.today)
    named = labels(writing, own)
    buttons = [update_button(writing, view, named) for view in own[:_MOST_LISTED]]
    return writing.message(writing.say("lead.not_understood"), *buttons)


INTENTS: dict[str, Intent] = {
    **lead_nudges.INTENTS,
    **lead_history.INTENTS,
    **lead_settings.INTENTS,
    **home.INTENTS,
    "actions": _actions,
    "recorded": _recorded,
    "correcting": _correcting,
    "read_back": _read_back,
    "not_understood": _not_understood,
    "which_one": _which_one,
    "hand_which": _hand_which,
    "handed_to": _handed_to,
    "date_decided": _date_decided,
}
