"""What messages to leads are made of: actions as parts with their buttons, and what calls them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlmodel import col, select

from bot.messages import Button, Message, Part
from bot.tokens import button
from bot.wording import Writing
from reminders.action_views import ActionView
from reminders.policy import Status
from storage.plans import Action, Plan

TAPPED = (Status.ON_TRACK, Status.AT_RISK, Status.COMPLETE)
_NO_FORM = frozenset({Status.ON_TRACK})


def form_button(label: str, act: str, *args: object) -> Button:
    """A button that opens a form where the platform shows forms."""
    return replace(button(label, act, *args), form=True)


def part(writing: Writing, text: str, *buttons: Button) -> Part:
    """A piece of a message, its numbers kept in place in any language."""
    return Part(writing.steadied(text), buttons)


def parted(
    writing: Writing,
    head: str,
    parts: Sequence[Part],
    *,
    foot: str = "",
    title: str = "",
    own: Iterable[Button] = (),
) -> Message:
    """A message in parts. `own`: its own buttons, for all of it."""
    made = writing.message(head, *own)
    return replace(made, parts=tuple(parts), foot=writing.steadied(foot), title=title)


def titled(writing: Writing, message: Message, key: str, **params: object) -> Message:
    """The same with a subject for an e-mail: refs and numbers, never a person's words."""
    return replace(message, title=writing.say(key, **params))


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


def described(writing: Writing, view: ActionView) -> str:
    """The action, what it follows, the wanted outcome, the date, and the last words."""
    return writing.say(
        "lead.described", view=view, today=writing.around.today, reader=writing.row.person_id or 0
    )


def update_button(writing: Writing, view: ActionView, named: Mapping[int, str]) -> Button:
    """The whole form about one action of several."""
    return form_button(writing.say("lead.button_update_ref", ref=named[view.id]), "update", view.id)


def short_buttons(
    writing: Writing, view: ActionView, named: Mapping[int, str]
) -> tuple[Button, Button]:
    """One of several: the whole form, or one tap."""
    tap = button(
        writing.say("lead.button_on_track_ref", ref=named[view.id]),
        "status",
        view.id,
        Status.ON_TRACK,
    )
    return update_button(writing, view, named), tap


def long_buttons(writing: Writing, view: ActionView, batch: str) -> tuple[Button, ...]:
    """Everything that can be said of the one action of a message."""
    has_word = view.last_words or view.status != Status.NOT_STARTED
    same = [button(writing.say("lead.button_same"), "same", batch)] if has_word and batch else []
    taps = [
        replace(
            button(writing.say(f"lead.button_{status}"), "status", view.id, status),
            form=status not in _NO_FORM,
        )
        for status in TAPPED
    ]
    acts = [
        form_button(writing.say(f"lead.button_{act}"), act, view.id)
        for act in ("update", "needhelp", "askdate", "notmine")
    ]
    later = button(writing.say("lead.button_snooze"), "snooze", view.id)
    return (*same, *taps, *acts, later)
