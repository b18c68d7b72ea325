"""A lead who writes instead of tapping: commands, an awaited line, or a status in plain words.

Nothing that was read from words counts before it was read back and confirmed.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import col, select

from bot.access import Right, Who
from bot.replies import Replies
from bot.staff.leads import hand_over, iso_date, snooze_until, start_update, thank
from bot.tokens import read_act
from reminders import updates
from reminders.action_views import ActionView
from reminders.plain_words import Intent, Meaning, Understood, understand
from reminders.policy import Status
from reminders.recipients import actions_of, may_speak_for, not_carried
from reminders.status_words import Doubt
from storage.plans import Action, Nudge


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """Yes or no under a read-back; False if it is something else."""
    act, args = read_act(token)
    if act == "right":
        _confirmed(replies, who, args)
    elif act == "which":
        _chosen(replies, who, args)
    return act in ("right", "which")


def said(replies: Replies, who: Who, text: str, chosen: Sequence[int] = ()) -> None:
    """A command, an awaited line, or a status in plain words.

    `chosen` are actions that the person tapped where a ref stands in several plans.
    """
    words = text.strip().split()
    command = words[0].casefold().lstrip("/") if words else ""
    if command in ("actions", "update", "history", "help") and _is_command(text, words):
        _command(replies, who, command, words[1:], chosen)
    elif "help" in (replies.standing.expecting or {}):
        _help_words(replies, who, text)
    else:
        _plain_words(replies, who, text, chosen)


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


def _is_command(text: str, words: list[str]) -> bool:
    if text.strip().startswith("/") or len(words) == 1:
        return True
    return len(words) == 2 and words[0].casefold() in ("update", "history")


def _command(
    replies: Replies, who: Who, command: str, rest: list[str], chosen: Sequence[int]
) -> None:
    if command == "help":
        replies.queue("help_staff")
        return
    if command == "actions":
        replies.queue("actions", person=who.person_id)
        return
    found = _of_ref(replies, who, rest[0] if rest else "", chosen)
    if not found:
        replies.say("lead.which_action")
        replies.queue("actions", person=who.person_id)
    elif len(found) > 1:
        _ask_which(replies, f"/{command} {rest[0]}", found, chosen)
    elif command == "history":
        replies.queue("history", action=found[0])
    elif (action := replies.db.get(Action, found[0])) is not None:
        start_update(replies, who, action, None)


def _own(replies: Replies, who: Who) -> tuple[ActionView, ...]:
    return actions_of(replies.db, who.person_id, today=replies.around.today)


def _of_ref(replies: Replies, who: Who, ref: str, chosen: Sequence[int]) -> list[int]:
    """The actions a ref may mean here; more than one where several plans have it."""
    own = _by_ref(_own(replies, who)).get(ref, [])
    if not own and who.may(Right.ALL_ACTIONS):
        own = [
            action_id
            for action_id in replies.db.exec(
                select(Action.id)
                .where(Action.ref == ref, col(Action.retired_on).is_(None), not_carried())
                .order_by(col(Action.id))
            )
            if action_id is not None
        ]
    return _narrowed(own, chosen, _last_batch(replies, who))


def _by_ref(own: Iterable[ActionView]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for view in own:
        found.setdefault(view.ref, []).append(view.id)
    return found


def _narrowed(action_ids: list[int], *preferred: Sequence[int]) -> list[int]:
    """Those that were tapped, else those that the last message asked about, else all."""
    for some in preferred:
        if both := [action_id for action_id in action_ids if action_id in some]:
            return both
    return action_ids


def _help_words(replies: Replies, who: Who, text: str) -> None:
    action = replies.db.get(Action, (replies.standing.expecting or {}).get("help"))
    replies.wait_for(None)
    if action is None or action.id is None:
        replies.say("stale")
        return
    update = updates.record(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        status=Status(action.status),
        help_wanted=text,
        now=replies.now,
        today=replies.around.today,
    )
    thank(replies, update)


_YES_NO = {Meaning.YES: "yes", Meaning.NO: "no"}


def _plain_words(replies: Replies, who: Who, text: str, chosen: Sequence[int]) -> None:
    """A status as people write it: read back first, and counted only after a yes."""
    own = _by_ref(_own(replies, who))
    if not own:
        replies.queue("help_staff")
        return
    today, calendar = replies.around.today, replies.around.calendar
    understood = understand(text, today=today, calendar=calendar, refs=tuple(own))
    first = understood.intents[0].meaning
    if first in _YES_NO:
        _confirmed(replies, who, [_YES_NO[first]])
    elif first is Meaning.HELP:
        replies.queue("help_staff")
    elif first is Meaning.STOP:
        replies.say("lead.stop")
    else:
        _one_of_each(replies, who, text, understood, chosen)


def _one_of_each(
    replies: Replies, who: Who, text: str, understood: Understood, chosen: Sequence[int]
) -> None:
    """Read back what was understood, once it is clear which action each ref means."""
    batch = _last_batch(replies, who)
    found = _by_ref(_own(replies, who))
    meant = {ref: _narrowed(ids, chosen, batch) for ref, ids in found.items()}
    for intent in understood.intents:
        several = meant.get(intent.ref or "", [])
        if len(several) > 1 and _can_be_asked(intent):
            _ask_which(replies, text, several, chosen)
            return
    every = sorted(action_id for ids in found.values() for action_id in ids)
    own = {ref: ids[0] for ref, ids in meant.items() if len(ids) == 1}
    asked = [action_id for action_id in batch if action_id in every] or every
    _read_back(replies, who, understood, own, asked)


def _read_back(
    replies: Replies, who: Who, understood: Understood, own: dict[str, int], asked: list[int]
) -> None:
    readings = [_reading(intent, own, asked) for intent in understood.intents]
    if not all(readings) or not all(_can_be_asked(intent) for intent in understood.intents):
        replies.wait_for(None)
        replies.queue("not_understood", person=who.person_id)
        return
    replies.wait_for({"confirm": readings, "sure": understood.sure})
    replies.queue("read_back")


_ASKABLE = (Doubt.HEDGED, Doubt.WHICH_DATE, Doubt.TOO_LONG)


def _can_be_asked(intent: Intent) -> bool:
    """Whether "is that right?" is a fair question: there is a reading, if not a certain one."""
    return intent.sure or (intent.doubt in _ASKABLE and bool(intent.status or intent.new_date))


def _last_batch(replies: Replies, who: Who) -> list[int]:
    """What the last message of reminders asked: what "done" speaks of where no ref is said."""
    last = (
        select(Nudge.batch)
        .where(Nudge.person_id == who.person_id)
        .order_by(col(Nudge.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = replies.db.exec(
        select(Nudge.action_id).where(col(Nudge.batch) == last, Nudge.person_id == who.person_id)
    ).all()
    return list(rows)


def _reading(intent: Intent, own: dict[str, int], asked: list[int]) -> dict[str, Any] | None:
    """One intent with the actions it is about; None where that is not clear."""
    actions = [own[intent.ref]] if intent.ref in own else asked if intent.ref is None else []
    if not actions or (len(actions) > 1 and intent.meaning is not Meaning.NOTHING_NEW):
        return None
    return {
        "actions": actions,
        "meaning": intent.meaning.value,
        "status": intent.status.value if intent.status else "",
        "new_date": intent.new_date.isoformat() if intent.new_date else "",
        "note": intent.note,
        "handover_to": intent.handover_to or "",
        "snooze_until": intent.snooze_until.isoformat() if intent.snooze_until else "",
        "help_wanted": intent.help_wanted,
    }


def _confirmed(replies: Replies, who: Who, args: list[str]) -> None:
    """Yes or no to what was read back; only a yes counts."""
    readings = dict(replies.standing.expecting or {}).get("confirm")
    if not readings:
        replies.say("stale")
        return
    replies.wait_for(None)
    if args[:1] != ["yes"]:
        replies.queue("not_understood", person=who.person_id)
        return
    for reading in readings:
        allowed = [
            action_id
            for action_id in reading["actions"]
            if may_speak_for(replies.db, who.person_id, action_id)
        ]
        _carry_out(replies, who, reading, allowed)


def _carry_out(replies: Replies, who: Who, reading: dict[str, Any], action_ids: list[int]) -> None:
    now, today = replies.now, replies.around.today
    meaning = Meaning(reading["meaning"])
    if meaning is Meaning.NOTHING_NEW:
        updates.nothing_new(
            replies.db, action_ids=action_ids, person_id=who.person_id, now=now, today=today
        )
        replies.say("lead.nothing_new", count=len(action_ids))
        return
    for action_id in action_ids:
        action = replies.db.get(Action, action_id)
        if action is None:
            continue
        if meaning is Meaning.HAND_OVER:
            hand_over(replies, who, action, reading["handover_to"])
        elif meaning is Meaning.SNOOZE and (until := iso_date(reading["snooze_until"])):
            snooze_until(replies, who, action, until)
        else:
            _record_reading(replies, who, action, reading)


def _record_reading(replies: Replies, who: Who, action: Action, reading: dict[str, Any]) -> None:
    assert action.id is not None
    update = updates.record(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        status=Status(reading["status"] or action.status),
        note=reading["note"],
        help_wanted=reading["note"] if reading["help_wanted"] else "",
        proposed_due_on=iso_date(reading["new_date"]),
        now=replies.now,
        today=replies.around.today,
    )
    thank(replies, update)
