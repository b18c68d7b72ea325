"""What leads read: nudges, their actions, and what was understood."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlmodel import col, select

from bot.messages import Button, Message
from bot.standing import expecting_of
from bot.tokens import button
from bot.wording import Intent, Writing
from reminders import escalation
from reminders.action_views import ActionView, views
from reminders.policy import FINISHED, Status
from reminders.recipients import actions_of, not_carried
from storage.people import Person
from storage.plans import Action, Escalation, Nudge, Plan, Update

_MOST_LISTED = 12


def labels(writing: Writing, shown: Iterable[ActionView | Action]) -> dict[int, str]:
    """What a button calls each action: its ref, and its plan where another has the same ref."""
    plan_of = {one.id or 0: (one.ref, one.plan_id) for one in shown}
    plans: dict[str, set[int]] = defaultdict(set)
    for ref, plan_id in plan_of.values():
        plans[ref].add(plan_id)
    return {
        id_: ref if len(plans[ref]) == 1 else f"{ref} ({_plan_name(writing, plan_id, plans[ref])})"
        for id_, (ref, plan_id) in plan_of.items()
    }


def _plan_name(writing: Writing, plan_id: int, among: set[int]) -> str:
    """The plan's period where that tells it from the others, else its title too."""
    plans = writing.db.exec(select(Plan).where(col(Plan.id).in_(among))).all()
    own = next(plan for plan in plans if plan.id == plan_id)
    periods = [plan.period_label for plan in plans]
    if own.period_label and periods.count(own.period_label) == 1:
        return own.period_label
    return ", ".join(filter(None, (own.title, own.period_label)))


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


def _update_buttons(
    writing: Writing, shown: Sequence[ActionView], among: Iterable[ActionView] = ()
) -> list[Button]:
    named = labels(writing, [*among, *shown])
    return [
        button(writing.say("lead.button_update_ref", ref=named[view.id]), "update", view.id)
        for view in shown
    ]


def _nudges(writing: Writing) -> Message | None:
    wanted = _still_wanted(writing)
    if not wanted:
        return None
    batch, today = writing.param("batch"), writing.around.today
    found = views(writing.db, wanted, today=today)
    shown = [found[action_id] for action_id in wanted if action_id in found]
    if len(shown) == 1:
        return writing.message(_one_nudge(writing, shown[0]), *_one_buttons(writing, shown[0]))
    head = writing.say("lead.several_due", count=len(shown))
    foot = writing.say("lead.several_how")
    text = "\n\n".join([head, *(described(writing, view) for view in shown), foot])
    buttons = [button(writing.say("lead.button_same_all"), "same", batch)]
    buttons += _update_buttons(writing, shown)
    return writing.message(text, *buttons)


def _still_wanted(writing: Writing) -> list[int]:
    """Checked at the last moment: unanswered, the same deadline, still open, still clear."""
    rows = writing.db.exec(
        select(Nudge, Action)
        .join(Action, col(Action.id) == col(Nudge.action_id))
        .where(
            Nudge.batch == writing.param("batch"),
            Nudge.person_id == writing.param("person"),
            not_carried(),
        )
        .order_by(col(Nudge.due_on), col(Nudge.id))
    ).all()
    return [
        nudge.action_id
        for nudge, action in rows
        if nudge.answered_at is None
        and nudge.due_on in (action.due_on, action.review_on, action.snoozed_until)
        and action.retired_on is None
        and not action.needs_review
        and action.status not in FINISHED
    ]


def _one_nudge(writing: Writing, view: ActionView) -> str:
    return "\n\n".join(
        [writing.say("lead.one_due"), described(writing, view), writing.say("lead.one_how")]
    )


def described(writing: Writing, view: ActionView) -> str:
    """The action, what it follows, the wanted outcome, the date, and the last words."""
    return writing.say(
        "lead.described", view=view, today=writing.around.today, reader=writing.row.person_id or 0
    )


def _one_buttons(writing: Writing, view: ActionView) -> list[Button]:
    batch = writing.param("batch")
    last_word = view.last_words or view.status != Status.NOT_STARTED
    same = [button(writing.say("lead.button_same"), "same", batch)] if last_word else []
    statuses = [
        button(writing.say(f"lead.button_{status}"), "status", view.id, status)
        for status in (Status.ON_TRACK, Status.AT_RISK, Status.COMPLETE)
    ]
    acts = [
        button(writing.say(f"lead.button_{act}"), act, view.id)
        for act in ("update", "needhelp", "notmine", "snooze")
    ]
    return [*same, *statuses, *acts]


def _actions(writing: Writing) -> Message:
    own = actions_of(writing.db, writing.param("person"), today=writing.around.today)
    if not own:
        return writing.message(writing.say("lead.no_actions"))
    shown = own[:_MOST_LISTED]
    text = "\n\n".join(
        [writing.say("lead.your_actions", count=len(own))]
        + [described(writing, view) for view in shown]
    )
    return writing.message(text, *_update_buttons(writing, shown, own))


def _history(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    if action is None:
        return None
    rows = writing.db.exec(
        select(Update, Person.name)
        .outerjoin(Person, col(Person.id) == col(Update.person_id))
        .where(Update.action_id == action.id)
        .order_by(col(Update.at), col(Update.id))
    ).all()
    return writing.message(writing.say("lead.history", action=action, rows=_history_rows(rows)))


def _history_rows(rows: Sequence[Any]) -> list[dict[str, Any]]:
    replaced = {update.corrects_id for update, _ in rows}
    return [
        {"day": update.at.date(), "who": name or "", "status": update.status, "note": update.note}
        for update, name in rows
        if update.id not in replaced
    ]


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
    return writing.message(writing.say("lead.recorded", action=action, update=update))


def _read_back(writing: Writing) -> Message | None:
    """What was understood. The person's words come from the conversation, never from the outbox."""
    expecting = expecting_of(writing.db, writing.row.contact_id)
    readings = expecting.get("confirm") if expecting else None
    if not readings:
        return None
    ids = [action_id for reading in readings for action_id in reading["actions"]]
    today = writing.around.today
    own = actions_of(writing.db, writing.row.person_id or 0, today=today)
    refs = labels(writing, [*own, *views(writing.db, ids, today=today).values()])
    lines = [_reading_line(writing, reading, refs) for reading in readings]
    key = "lead.read_back" if expecting.get("sure", True) else "lead.read_back_unsure"
    text = writing.say(key, lines="\n".join(lines))
    return writing.message(
        text,
        button(writing.say("lead.button_right"), "right", "yes"),
        button(writing.say("lead.button_wrong"), "right", "no"),
    )


def _reading_line(writing: Writing, reading: dict[str, Any], refs: dict[int, str]) -> str:
    named = ", ".join(refs.get(action_id, "") for action_id in reading["actions"])
    days = {
        name: date.fromisoformat(reading[name]) if reading.get(name) else None
        for name in ("new_date", "snooze_until")
    }
    return writing.say("lead.reading", **{**reading, **days, "refs": named})


def _not_understood(writing: Writing) -> Message:
    own = actions_of(writing.db, writing.param("person"), today=writing.around.today)
    buttons = _update_buttons(writing, own[:_MOST_LISTED], own)
    return writing.message(writing.say("lead.not_understood"), *buttons)


def _help_staff(writing: Writing) -> Message:
    return writing.message(writing.say("lead.help"))


def _escalated(writing: Writing) -> Message | None:
    row = writing.db.get(Escalation, writing.param("escalation"))
    if row is None or row.id is None or not escalation.still_stands(writing.db, row.id):
        return None
    found = views(writing.db, [row.action_id], today=writing.around.today)
    view = found.get(row.action_id)
    if view is None or view.status in FINISHED:
        return None
    text = "\n\n".join([writing.say("lead.escalated", step=row.step), described(writing, view)])
    return writing.message(
        text, button(writing.say("lead.button_update_ref", ref=view.ref), "update", view.id)
    )


def _date_decided(writing: Writing) -> Message | None:
    found = update_of(writing)
    if found is None:
        return None
    update, action = found
    return writing.message(writing.say("lead.date_decided", action=action, update=update))


INTENTS: dict[str, Intent] = {
    "nudges": _nudges,
    "actions": _actions,
    "history": _history,
    "recorded": _recorded,
    "read_back": _read_back,
    "not_understood": _not_understood,
    "which_one": _which_one,
    "help_staff": _help_staff,
    "escalated": _escalated,
    "date_decided": _date_decided,
}
