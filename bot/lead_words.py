"""A lead who writes instead of tapping: commands, an awaited line, or a status in plain words.

Nothing that was read from words counts before it was read back and confirmed.
"""

from typing import Any

from sqlmodel import col, select

from bot.access import Right, Who
from bot.leads import hand_over, iso_date, snooze_until, start_update, thank
from bot.replies import Replies
from bot.tokens import read_act
from reminders import updates
from reminders.action_views import ActionView
from reminders.plain_words import Intent, Meaning, Understood, understand
from reminders.policy import Status
from reminders.recipients import actions_of, may_speak_for
from reminders.status_words import Doubt
from storage.plans import Action, Nudge


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """Yes or no under a read-back; False if it is something else."""
    act, args = read_act(token)
    if act == "right":
        _confirmed(replies, who, args)
    return act == "right"


def said(replies: Replies, who: Who, text: str) -> None:
    """A command, an awaited line, or a status in plain words."""
    words = text.strip().split()
    command = words[0].casefold().lstrip("/") if words else ""
    if command in ("actions", "update", "history", "help") and _is_command(text, words):
        _command(replies, who, command, words[1:])
    elif "help" in (replies.standing.expecting or {}):
        _help_words(replies, who, text)
    else:
        _plain_words(replies, who, text)


def _is_command(text: str, words: list[str]) -> bool:
    if text.strip().startswith("/") or len(words) == 1:
        return True
    return len(words) == 2 and words[0].casefold() in ("update", "history")


def _command(replies: Replies, who: Who, command: str, rest: list[str]) -> None:
    if command == "help":
        replies.queue("help_staff")
    elif command == "actions":
        replies.queue("actions", person=who.person_id)
    elif (action := _own_action(replies, who, rest[0] if rest else "")) is None:
        replies.say("lead.which_action")
        replies.queue("actions", person=who.person_id)
    elif command == "history":
        replies.queue("history", action=action.id)
    else:
        start_update(replies, who, action, None)


def _own(replies: Replies, who: Who) -> tuple[ActionView, ...]:
    return actions_of(replies.db, who.person_id, today=replies.around.today)


def _own_action(replies: Replies, who: Who, ref: str) -> Action | None:
    ids = [view.id for view in _own(replies, who) if view.ref == ref]
    if not ids and who.may(Right.ALL_ACTIONS):
        return replies.db.exec(
            select(Action).where(Action.ref == ref, col(Action.retired_on).is_(None))
        ).first()
    return replies.db.get(Action, ids[0]) if ids else None


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


def _plain_words(replies: Replies, who: Who, text: str) -> None:
    """A status as people write it: read back first, and counted only after a yes."""
    own = {view.ref: view.id for view in _own(replies, who)}
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
        _read_back(replies, who, understood, own)


def _read_back(replies: Replies, who: Who, understood: Understood, own: dict[str, int]) -> None:
    asked = _last_asked(replies, who, set(own.values()))
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


def _last_asked(replies: Replies, who: Who, own: set[int]) -> list[int]:
    """What "done" speaks of where no ref is said: the last message, else the only action."""
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
    return [action_id for action_id in rows if action_id in own] or sorted(own)


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
