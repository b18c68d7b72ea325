"""What business managers read of the plan: doubtful rows, and whose an action is."""

from sqlmodel import col, select

from bot.intents import (
    digest,
    manager_asked,
    manager_people,
    manager_told,
    manager_waiting,
    strangers,
)
from bot.intents.lead import asks_which, which_of
from bot.messages import Message
from bot.tokens import button
from bot.wording import Intent, Writing
from reminders.action_views import views
from reminders.recipients import not_carried
from storage.people import Person
from storage.plans import Action


def _review_list(writing: Writing) -> Message:
    rows = writing.db.exec(
        select(Action)
        .where(Action.needs_review, col(Action.retired_on).is_(None), not_carried())
        .order_by(col(Action.position))
    ).all()
    return writing.message(writing.say("manager.review_list", actions=list(rows)))


def _review_row(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    if action is None or not action.needs_review or action.id is None:
        return None
    leads = views(writing.db, [action.id], today=writing.around.today)[action.id].leads
    text = writing.say("manager.review_row", action=action, leads=leads)
    return writing.message(
        text,
        button(writing.say("manager.button_accept"), "accept", action.id, "yes"),
        button(writing.say("manager.button_later"), "accept", action.id, "no"),
    )


def _review_which(writing: Writing) -> Message | None:
    found = which_of(writing)
    if not found:
        return None
    buttons = [
        button(writing.say("manager.button_review", label=label), "review", action.id)
        for action, label in found
    ]
    return writing.message(asks_which(writing, found), *buttons)


def _give_which(writing: Writing) -> Message | None:
    found = which_of(writing)
    if not found:
        return None
    person = writing.param("person")
    buttons = [
        button(writing.say("manager.button_give", label=label), "give", action.id, person)
        for action, label in found
    ]
    return writing.message(asks_which(writing, found), *buttons)


def _review_settled(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    return writing.message(writing.say("manager.review_settled", action=action)) if action else None


def _given(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    person = writing.db.get(Person, writing.param("person"))
    if action is None or person is None:
        return None
    return writing.message(writing.say("manager.given", ref=action.ref, who=person.name))


INTENTS: dict[str, Intent] = {
    "review_list": _review_list,
    "review_row": _review_row,
    "review_which": _review_which,
    "review_settled": _review_settled,
    "give_which": _give_which,
    "given": _given,
    **digest.INTENTS,
    **manager_asked.INTENTS,
    **manager_waiting.INTENTS,
    **manager_people.INTENTS,
    **manager_told.INTENTS,
    **strangers.INTENTS,
}
