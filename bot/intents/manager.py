"""What business managers, chairs and executives read: decisions, doubtful rows, digests."""

from datetime import date

from sqlmodel import col, select

from bot.intents.lead import asks_which, update_of, which_of
from bot.messages import Message
from bot.tokens import button
from bot.wording import Intent, Writing
from digests.period import Period
from reminders.action_views import HANDED_OVER, views
from reminders.policy import Status
from reminders.recipients import not_carried
from storage.people import Person
from storage.plans import Action, Escalation, Update


def _digest(writing: Writing) -> Message:
    from digests.render import render
    from digests.weekly import gather

    period = Period(
        date.fromisoformat(writing.param("start")), date.fromisoformat(writing.param("end"))
    )
    digest = gather(writing.db, period, calendar=writing.around.calendar, now=writing.around.now)
    return writing.message(render(digest, "text", writing.row.language))


def _escalation_proposed(writing: Writing) -> Message | None:
    row = writing.db.get(Escalation, writing.param("escalation"))
    action = writing.db.get(Action, row.action_id) if row is not None else None
    if row is None or action is None or row.decided_at is not None:
        return None
    text = writing.say("manager.escalation_proposed", action=action, step=row.step)
    return writing.message(
        text,
        button(writing.say("manager.button_yes"), "escalate", row.id, "yes"),
        button(writing.say("manager.button_no"), "escalate", row.id, "no"),
    )


def _of_update(writing: Writing, key: str, update: Update, action: Action) -> str:
    """A text about what somebody said of an action, with their post's name."""
    person = writing.db.get(Person, update.person_id) if update.person_id else None
    return writing.say(key, action=action, update=update, who=person.name if person else "")


def _date_proposed(writing: Writing) -> Message | None:
    found = update_of(writing)
    if found is None or found[0].date_agreed_at is not None:
        return None
    update, action = found
    return writing.message(
        _of_update(writing, "manager.date_proposed", update, action),
        button(writing.say("manager.button_agree"), "newdate", update.id, "yes"),
        button(writing.say("manager.button_refuse"), "newdate", update.id, "no"),
    )


def _complete_proposed(writing: Writing) -> Message | None:
    found = update_of(writing)
    if found is None or found[1].status != Status.COMPLETE_AWAITING_EVIDENCE:
        return None
    update, action = found
    return writing.message(
        _of_update(writing, "manager.complete_proposed", update, action),
        button(writing.say("manager.button_complete"), "evidenced", action.id, "yes"),
        button(writing.say("manager.button_not_complete"), "evidenced", action.id, "no"),
    )


def _help_wanted(writing: Writing) -> Message | None:
    found = update_of(writing)
    if found is None:
        return None
    return writing.message(_of_update(writing, "manager.help_wanted", *found))


def _hand_over_asked(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    person = writing.db.get(Person, writing.param("person"))
    if action is None or person is None:
        return None
    named = writing.db.exec(
        select(Update.note)
        .where(
            Update.action_id == action.id, Update.person_id == person.id, Update.how == HANDED_OVER
        )
        .order_by(col(Update.id).desc())
    ).first()
    text = writing.say("manager.hand_over_asked", action=action, who=person.name, named=named or "")
    return writing.message(text)


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
    "digest": _digest,
    "escalation_proposed": _escalation_proposed,
    "date_proposed": _date_proposed,
    "complete_proposed": _complete_proposed,
    "help_wanted": _help_wanted,
    "hand_over_asked": _hand_over_asked,
    "review_list": _review_list,
    "review_row": _review_row,
    "review_which": _review_which,
    "review_settled": _review_settled,
    "give_which": _give_which,
    "given": _given,
}
