"""What asks a lead: the message of a day, an action that came to them, one that stayed silent.

A message of a day is put again after each answer where the platform can: as things stand then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from bot.intents.lead_history import SaidLine, history_text, lines_of
from bot.intents.lead_parts import (
    described,
    form_button,
    labels,
    long_buttons,
    part,
    parted,
    short_buttons,
    titled,
    update_button,
)
from bot.messages import Message, Part
from bot.tokens import button
from bot.wording import Intent, Writing
from reminders import escalation
from reminders.action_views import ActionView, views
from reminders.handing_over import waiting_hand_overs
from reminders.policy import FINISHED
from reminders.recipients import not_carried, spoken_for_among, stands_in_for
from reminders.wishes import is_stopped
from storage.people import Person
from storage.plans import Action, Escalation, Nudge


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question of a message: still to be answered, or answered since."""

    action_id: int
    queued_on: date
    is_open: bool


def _nudges(writing: Writing) -> Message | None:
    if writing.param("renewed"):
        return _renewed(writing)
    wanted = [one.action_id for one in _asked(writing) if one.is_open]
    if not wanted or is_stopped(writing.db, writing.param("person")):
        return None
    found = views(writing.db, wanted, today=writing.around.today)
    shown = [found[action_id] for action_id in wanted if action_id in found]
    why = _why_they(writing, [view.id for view in shown])
    batch = writing.param("batch")
    title = writing.say("lead.title_nudges", n=len(shown))
    if len(shown) == 1:
        text = _with_why(writing, shown[0], why)
        one = part(writing, text, *long_buttons(writing, shown[0], batch))
        head, foot = writing.say("lead.one_due"), writing.say("lead.one_how")
        return parted(writing, head, [one], foot=foot, title=title)
    return parted(
        writing,
        writing.say("lead.several_due", count=len(shown)),
        _parts(writing, shown, why),
        foot=writing.say("lead.several_how"),
        title=title,
        own=[button(writing.say("lead.button_same_all"), "same", batch)],
    )


def _parts(writing: Writing, shown: Sequence[ActionView], why: Mapping[int, str]) -> list[Part]:
    named = labels(writing, shown)
    return [
        part(writing, _with_why(writing, view, why), *short_buttons(writing, view, named))
        for view in shown
    ]


def _with_why(writing: Writing, view: ActionView, why: Mapping[int, str]) -> str:
    return "\n".join(filter(None, (described(writing, view), why.get(view.id))))


def _why_they(writing: Writing, action_ids: Sequence[int]) -> dict[int, str]:
    """For whom they are asked, where it is not their own."""
    found = stands_in_for(
        writing.db, writing.param("person"), action_ids, today=writing.around.today
    )
    return {
        action_id: writing.say("lead.stands_in", who=one.name, until=one.away_until or "")
        for action_id, one in found.items()
    }


def _asked(writing: Writing) -> list[_Asked]:
    """Checked at the last moment: unanswered, the same deadline, still open, clear, and theirs."""
    person_id = writing.param("person")
    values = {"batch": writing.param("batch"), "person": person_id}
    rows = writing.db.exec(_of_batch(), params=values).all()
    theirs = spoken_for_among(writing.db, person_id, [nudge.action_id for nudge, _ in rows])
    return [
        _Asked(
            nudge.action_id,
            nudge.queued_on,
            is_open=nudge.answered_at is None
            and nudge.due_on in (action.due_on, action.review_on, action.snoozed_until)
            and not action.needs_review
            and action.status not in FINISHED
            and nudge.action_id in theirs,
        )
        for nudge, action in rows
    ]


@lru_cache(maxsize=1)
def _of_batch() -> "Select[Nudge, Action]":
    return (
        select(Nudge, Action)
        .join(Action, col(Action.id) == col(Nudge.action_id))
        .where(
            col(Nudge.batch) == bindparam("batch"),
            col(Nudge.person_id) == bindparam("person"),
            col(Action.retired_on).is_(None),
            not_carried(),
        )
        .order_by(col(Nudge.due_on), col(Nudge.id))
    )


def _unasked(writing: Writing) -> list[_Asked]:
    """The action of a message that asked nothing, such as one in doubt that came to somebody."""
    action_id, today = writing.param("action"), writing.around.today
    return [_Asked(action_id, today, is_open=False)] if action_id else []


# put again after an answer


def _renewed(writing: Writing) -> Message | None:
    asked = _asked(writing) or _unasked(writing)
    ids = [one.action_id for one in asked]
    found = views(writing.db, ids, today=writing.around.today)
    if not found:
        return None
    said, handed = lines_of(writing, ids), waiting_hand_overs(writing.db, ids)
    named = labels(writing, found.values())
    left = [one.action_id for one in asked if one.is_open]
    parts = []
    for one in asked:
        view = found[one.action_id]
        if one.is_open:
            buttons = (
                long_buttons(writing, view, writing.param("batch"))
                if len(asked) == 1
                else short_buttons(writing, view, named)
            )
            parts.append(part(writing, described(writing, view), *buttons))
        else:
            is_handed = (view.id, writing.param("person")) in handed
            parts.append(_settled(writing, one, view, said.get(view.id, []), is_handed=is_handed))
    key = "lead.left_over" if left else "lead.all_answered"
    same = button(writing.say("lead.button_same_all"), "same", writing.param("batch"))
    return parted(
        writing,
        writing.say(key, count=len(left)),
        parts,
        title=writing.say("lead.title_renewed"),
        own=[same] if len(left) > 1 else [],
    )


def _settled(
    writing: Writing, one: _Asked, view: ActionView, said: Sequence[SaidLine], *, is_handed: bool
) -> Part:
    """What now counts of one action, and how to put it right."""
    last = next((line for line in reversed(said) if not line.corrected), None)
    history = button(writing.say("lead.button_history"), "history", view.id)
    if is_handed:
        kind, last = "handed", None
    elif view.snoozed_until is not None and view.snoozed_until > writing.around.today:
        kind, last = "snoozed", None
    elif last is not None and last.day >= one.queued_on:
        kind = "said"
    else:
        kind, last = "quiet", None
    text = writing.say(
        "lead.settled", view=view, kind=kind, line=last, reader=writing.row.person_id or 0
    )
    if last is None:
        return part(writing, text, history)
    correct = form_button(writing.say("lead.button_correct"), "correct", last.update.id)
    line = form_button(writing.say("lead.button_line"), "update", view.id)
    return part(writing, text, correct, line, history)


# one action, to one person


def _yours_now(writing: Writing) -> Message | None:
    if writing.param("renewed"):
        return _renewed(writing)
    if len(writing.param("actions") or ()) > 1:
        return _several_yours_now(writing)
    view = _one(writing)
    if view is None:
        return None
    lines = lines_of(writing, [view.id]).get(view.id, [])
    text = "\n".join([described(writing, view), history_text(writing, lines)])
    asked = part(writing, text, *long_buttons(writing, view, writing.param("batch") or ""))
    head = writing.say("lead.yours_now", ref=view.ref, who=_name(writing, "from"))
    return parted(
        writing,
        head,
        [asked],
        foot=writing.say("lead.one_how"),
        title=writing.say("lead.title_yours_now", ref=view.ref),
    )


def _several_yours_now(writing: Writing) -> Message | None:
    """Those of them that are still asked of this person."""
    wanted = [one.action_id for one in _asked(writing) if one.is_open]
    found = views(writing.db, wanted, today=writing.around.today)
    shown = [found[action_id] for action_id in wanted if action_id in found]
    if not shown:
        return None
    return parted(
        writing,
        writing.say("lead.several_yours_now", count=len(shown)),
        _parts(writing, shown, _why_they(writing, wanted)),
        foot=writing.say("lead.several_how"),
        title=writing.say("lead.title_several_yours_now"),
        own=[button(writing.say("lead.button_same_all"), "same", writing.param("batch"))],
    )


def _no_longer_yours(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    if action is None:
        return None
    several = writing.param("actions") or ()
    if len(several) > 1:
        query = select(Action.ref).where(col(Action.id).in_(several)).order_by(col(Action.id))
        refs, who = writing.db.exec(query).all(), _name(writing, "to")
        message = writing.message(writing.say("lead.several_no_longer_yours", refs=refs, who=who))
        return titled(writing, message, "lead.title_several_no_longer_yours")
    text = writing.say("lead.no_longer_yours", action=action, who=_name(writing, "to"))
    return titled(writing, writing.message(text), "lead.title_no_longer_yours", ref=action.ref)


def _name(writing: Writing, param: str) -> str:
    person = writing.db.get(Person, writing.param(param) or 0)
    return person.name if person is not None else ""


def _one(writing: Writing) -> ActionView | None:
    """The action of this message, while it is open."""
    action_id = writing.param("action")
    view = views(writing.db, [action_id], today=writing.around.today).get(action_id)
    return None if view is None or view.status in FINISHED else view


def _escalated(writing: Writing) -> Message | None:
    row = writing.db.get(Escalation, writing.param("escalation"))
    if row is None or row.id is None or not escalation.still_stands(writing.db, row.id):
        return None
    found = views(writing.db, [row.action_id], today=writing.around.today)
    view = found.get(row.action_id)
    if view is None or view.status in FINISHED:
        return None
    named = {view.id: view.ref}
    one = part(writing, described(writing, view), update_button(writing, view, named))
    head = writing.say("lead.escalated", step=row.step)
    title = writing.say("lead.title_escalated", ref=view.ref)
    return parted(writing, head, [one], title=title)


INTENTS: dict[str, Intent] = {
    "nudges": _nudges,
    "yours_now": _yours_now,
    "no_longer_yours": _no_longer_yours,
    "escalated": _escalated,
}
