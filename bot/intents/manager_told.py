"""What follows a manager's act: to the lead whom it concerns, and to the manager who did it."""

from sqlmodel import col, select

from bot.intents.lead import asks_which, which_of
from bot.intents.lead_parts import form_button, titled
from bot.intents.manager_asked import name_of, said_of
from bot.messages import Message
from bot.tokens import button
from bot.wording import Intent, Writing
from reminders.corrections import open_proposal
from reminders.policy import Status
from storage.people import Person
from storage.plans import Action


def _told(writing: Writing, text: str, action: Action) -> Message:
    return titled(writing, writing.message(text), "manager.title_told", ref=action.ref)


def _complete_decided(writing: Writing) -> Message | None:
    """To the lead who called it complete: accepted, or what is still missing."""
    found = said_of(writing)
    if found is None:
        return None
    update, action = found
    accepted = action.status in (Status.COMPLETE, Status.EMBEDDED)
    text = writing.say(
        "manager.complete_decided",
        action=action,
        accepted=accepted,
        who=name_of(writing, update.decided_by_id),
        why=update.decided_why,
    )
    return _told(writing, text, action)


def _help_answered(writing: Writing) -> Message | None:
    found = said_of(writing)
    if found is None:
        return None
    update, action = found
    who = name_of(writing, update.help_answered_by_id)
    text = writing.say("manager.help_told", action=action, update=update, who=who)
    return _told(writing, text, action)


def _stays_yours(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    if action is None:
        return None
    return _told(writing, writing.say("manager.stays_yours", action=action), action)


# by phone


def _phone(writing: Writing, key: str) -> Message | None:
    found = said_of(writing)
    if found is None:
        return None
    update, action = found
    proposal = open_proposal(writing.db, action.id or 0)
    text = writing.say(
        key,
        action=action,
        update=update,
        who=name_of(writing, update.person_id),
        by=name_of(writing, update.recorded_by_id),
        is_date_asked=proposal is not None and proposal.id == update.id,
    )
    shown = [form_button(writing.say("lead.button_correct"), "correct", update.id)]
    message = writing.message(text, *(shown if writing.row.to.takes_forms else []))
    return titled(writing, message, "manager.title_told", ref=action.ref)


def _phone_told(writing: Writing) -> Message | None:
    return _phone(writing, "manager.phone_told")


def _phone_recorded(writing: Writing) -> Message | None:
    """To the manager who wrote it down; correcting it is for whose words they are."""
    message = _phone(writing, "manager.phone_recorded")
    return None if message is None else writing.message(message.text)


def _phone_which(writing: Writing) -> Message | None:
    found = which_of(writing)
    if not found:
        return None
    buttons = [button(label, "phoneabout", action.id) for action, label in found]
    return writing.message(asks_which(writing, found), *buttons)


def _phone_who(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    people = writing.db.exec(
        select(Person).where(col(Person.id).in_(writing.param("people"))).order_by(col(Person.name))
    ).all()
    if action is None or not people:
        return None
    buttons = [button(person.name, "phonewho", action.id, person.id) for person in people]
    return writing.message(writing.say("manager.phone_who", ref=action.ref), *buttons)


INTENTS: dict[str, Intent] = {
    "complete_decided": _complete_decided,
    "help_answered": _help_answered,
    "stays_yours": _stays_yours,
    "phone_told": _phone_told,
    "phone_recorded": _phone_recorded,
    "phone_which": _phone_which,
    "phone_who": _phone_who,
}
