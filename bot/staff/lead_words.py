"""A lead who writes instead of tapping: commands, an awaited line, or a status in plain words.

Nothing that was read from words counts before it was read back and confirmed. A command is always
a command, whatever we had asked.
"""

from collections.abc import Callable, Sequence

from bot.access import Who
from bot.replies import Replies
from bot.staff import (
    lead_commands,
    lead_correcting,
    lead_dates,
    lead_help,
    managers,
    reviewers,
    stopping,
)
from bot.staff.finding import answerable, by_ref, last_batch, narrowed, of_ref, own_actions
from bot.staff.lead_allowed import allowed
from bot.staff.lead_readings import can_be_asked, confirmed, read_back, read_back_correction
from bot.staff.leads import start_update
from bot.tokens import read_act
from reminders.action_views import ActionView
from reminders.plain_words import Intent, Meaning, Understood, understand
from storage.plans import Action, Update


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """Yes or no under a read-back, one of several actions, or a command as a button."""
    act, args = read_act(token)
    if act == "right":
        confirmed(replies, who, args)
    elif act == "which":
        _chosen(replies, who, args)
    elif act == "do" and len(args) == 1 and args[0].isalpha():
        _do(replies, who, f"/{args[0]}")
    else:
        return False
    return True


def _do(replies: Replies, who: Who, command: str) -> None:
    if not (managers.said(replies, who, command) or reviewers.said(replies, who, command)):
        said(replies, who, command)


def said(replies: Replies, who: Who, text: str, chosen: Sequence[int] = ()) -> None:
    """A command, an awaited line, or a status in plain words.

    `chosen` are actions that the person tapped where a ref stands in several plans.
    """
    command = lead_commands.read(text, lambda: by_ref(own_actions(replies, who)))
    if command is None:
        _words(replies, who, text, chosen)
    elif command.name in lead_commands.PLAIN:
        lead_commands.carry_out(replies, who, command)
    else:
        _on_action(replies, who, command, chosen)


def _chosen(replies: Replies, who: Who, args: list[str]) -> None:
    """One of the actions that share a ref was tapped: what was said is read again with it."""
    asked = (replies.standing.expecting or {}).get("which")
    if not asked or not args[:1] or not args[0].isdigit() or int(args[0]) not in asked["actions"]:
        replies.say("stale")
        return
    replies.wait_for(None)
    said(replies, who, asked["text"], (*asked["chosen"], int(args[0])))


def _ask_which(
    replies: Replies, text: str, action_ids: Sequence[int], chosen: Sequence[int]
) -> None:
    replies.wait_for({"which": {"text": text, "actions": [*action_ids], "chosen": [*chosen]}})
    replies.queue("which_one", actions=[*action_ids])


# commands about one action


def _on_action(
    replies: Replies, who: Who, command: lead_commands.Command, chosen: Sequence[int]
) -> None:
    found = of_ref(replies, who, command.ref, chosen)
    if not command.ref:
        replies.say("lead.which_action")
        replies.queue("actions", person=who.person_id)
    elif not found:
        replies.say("lead.no_such_ref", ref=command.ref[:32])
    elif len(found) > 1:
        _ask_which(replies, command.written, found, chosen)
    elif command.name == "history":
        replies.queue("history", action=found[0])
    elif (action := allowed(replies, who, found[0])) is not None:
        _ON_ACTION[command.name](replies, who, action, command.rest)


def _update(replies: Replies, who: Who, action: Action, words: str) -> None:
    if words:
        _plain_words(replies, who, f"{action.ref} {words}", [action.id or 0])
    else:
        start_update(replies, who, action, None)


def _correct(replies: Replies, who: Who, action: Action, words: str) -> None:
    if not words:
        lead_correcting.by_command(replies, who, action)
    elif (old := lead_correcting.meant(replies, who, action)) is not None:
        read_back_correction(replies, old, _one_intent(replies, action, words), words)


def _one_intent(replies: Replies, action: Action, words: str) -> Intent:
    around = replies.around
    read = understand(words, today=around.today, calendar=around.calendar, refs=[action.ref])
    return read.intents[0]


_ON_ACTION: dict[str, Callable[[Replies, Who, Action, str], None]] = {
    "update": _update,
    "correct": _correct,
    "snooze": lead_dates.snooze_by_words,
    "date": lead_dates.by_words,
    "hand": lead_commands.hand,
    "help-with": lead_help.by_words,
}


# words


def _words(replies: Replies, who: Who, text: str, chosen: Sequence[int]) -> None:
    """A line that we asked for, or plain words."""
    expecting = replies.standing.expecting or {}
    for name, answer in _AWAITED.items():
        if name in expecting:
            replies.wait_for(None)
            answer(replies, who, int(expecting[name]), text)
            return
    _plain_words(replies, who, text, chosen)


def _help_line(replies: Replies, who: Who, action_id: int, text: str) -> None:
    if (action := allowed(replies, who, action_id)) is not None:
        lead_help.ask_for_help(replies, who, action, text)


def _date_line(replies: Replies, who: Who, action_id: int, text: str) -> None:
    if (action := allowed(replies, who, action_id)) is not None:
        lead_dates.by_words(replies, who, action, text)


def _correction_line(replies: Replies, who: Who, update_id: int, text: str) -> None:
    old = replies.db.get(Update, update_id)
    action = allowed(replies, who, old.action_id) if old is not None else None
    if old is not None and action is not None:
        read_back_correction(replies, old, _one_intent(replies, action, text), text)


_AWAITED: dict[str, Callable[[Replies, Who, int, str], None]] = {
    "help": _help_line,
    "date": _date_line,
    "correct": _correction_line,
}
_YES_NO = {Meaning.YES: "yes", Meaning.NO: "no"}


def _plain_words(replies: Replies, who: Who, text: str, chosen: Sequence[int]) -> None:
    """A status as people write it: read back first, and counted only after a yes."""
    around = replies.around
    own = own_actions(replies, who)
    refs = {**_tapped(replies, chosen), **answerable(replies, who)}
    understood = understand(
        text,
        today=around.today,
        calendar=around.calendar,
        refs=tuple(refs),
        asked=_asked(own, last_batch(replies, who)),
    )
    first = understood.intents[0].meaning
    if first is Meaning.STOP and understood.sure:
        stopping.stop(replies, who)
    elif first in _YES_NO and (refs or "confirm" in (replies.standing.expecting or {})):
        confirmed(replies, who, [_YES_NO[first]])
    elif first is Meaning.HELP or not refs:
        replies.queue("help_staff")
    else:
        _one_of_each(replies, who, text, understood, refs, chosen)


def _asked(own: Sequence[ActionView], batch: Sequence[int]) -> list[str]:
    """What is meant where no ref is said: what was asked last, and nothing that is in doubt."""
    certain = [view for view in own if not view.needs_review]
    return [view.ref for view in certain if view.id in batch] or [view.ref for view in certain]


def _tapped(replies: Replies, chosen: Sequence[int]) -> dict[str, list[int]]:
    """The action that a manager named, who does not lead it."""
    actions = [replies.db.get(Action, action_id) for action_id in chosen]
    return {one.ref: [one.id or 0] for one in actions if one is not None}


def _one_of_each(
    replies: Replies,
    who: Who,
    text: str,
    understood: Understood,
    found: dict[str, list[int]],
    chosen: Sequence[int],
) -> None:
    """Read back what was understood, once it is clear which action each ref means."""
    batch = last_batch(replies, who)
    meant = {ref: narrowed(ids, chosen, batch) for ref, ids in found.items()}
    for intent in understood.intents:
        several = meant.get(intent.ref or "", [])
        if len(several) > 1 and can_be_asked(intent):
            _ask_which(replies, text, several, chosen)
            return
    every = sorted(action_id for ids in found.values() for action_id in ids)
    own = {ref: ids[0] for ref, ids in meant.items() if len(ids) == 1}
    asked = [action_id for action_id in batch if action_id in every] or every
    read_back(replies, who, understood, own, asked)
