"""What was read from a lead's words: read back first, and carried out only after a yes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.access import Who
from bot.replies import Replies
from bot.staff import lead_correcting, lead_handing
from bot.staff.lead_allowed import allowed
from bot.staff.lead_dates import snooze_until
from bot.staff.recording import iso_date, thank
from reminders import updates
from reminders.corrections import may_correct
from reminders.plain_words import Intent, Meaning, Understood
from reminders.policy import Status
from reminders.status_words import Doubt
from storage.plans import Action, Update

_ASKABLE = (Doubt.HEDGED, Doubt.WHICH_DATE, Doubt.TOO_LONG)


def can_be_asked(intent: Intent) -> bool:
    """Whether "is that right?" is a fair question: there is a reading, if not a certain one."""
    if intent.status is Status.SUPERSEDED:
        return False  # it ends the action, and that is for a chair or a manager to say
    return intent.sure or (intent.doubt in _ASKABLE and bool(intent.status or intent.new_date))


def read_back(
    replies: Replies, who: Who, understood: Understood, own: dict[str, int], asked: list[int]
) -> None:
    """Asks whether this is meant; says so where it was not understood."""
    readings = [_reading(intent, own, asked) for intent in understood.intents]
    if not all(readings) or not all(can_be_asked(intent) for intent in understood.intents):
        replies.wait_for(None)
        replies.queue("not_understood", person=who.person_id)
        return
    replies.wait_for({"confirm": readings, "sure": understood.sure})
    replies.queue("read_back")


def read_back_correction(replies: Replies, old: Update, intent: Intent, text: str) -> None:
    """The same of words that take the place of what was said; what they leave out stays."""
    status = intent.status.value if intent.status is not None and can_be_asked(intent) else ""
    day = intent.new_date if intent.status is not None else old.proposed_due_on
    reading = {
        "actions": [old.action_id],
        "meaning": Meaning.UPDATE.value,
        "status": status or old.status,
        "new_date": day.isoformat() if day is not None else "",
        "note": text.strip(),
        "handover_to": "",
        "snooze_until": "",
        "help_wanted": intent.help_wanted,
        "corrects": old.id,
    }
    replies.wait_for({"confirm": [reading], "sure": bool(status)})
    replies.queue("read_back")


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


def confirmed(replies: Replies, who: Who, args: Sequence[str]) -> None:
    """Yes or no to what was read back; only a yes counts."""
    readings = dict(replies.standing.expecting or {}).get("confirm")
    if not readings:
        replies.say("stale")
        return
    replies.wait_for(None)
    if list(args[:1]) != ["yes"]:
        replies.queue("not_understood", person=who.person_id)
        return
    for reading in readings:
        theirs = [
            action_id
            for action_id in reading["actions"]
            if allowed(replies, who, action_id) is not None
        ]
        if theirs:
            _carry_out(replies, who, reading, theirs)


def _carry_out(replies: Replies, who: Who, reading: dict[str, Any], action_ids: list[int]) -> None:
    meaning = Meaning(reading["meaning"])
    if meaning is Meaning.NOTHING_NEW:
        updates.nothing_new(
            replies.db,
            action_ids=action_ids,
            person_id=who.person_id,
            now=replies.now,
            today=replies.around.today,
        )
        replies.say("lead.nothing_new", count=len(action_ids))
        return
    for action_id in action_ids:
        action = replies.db.get(Action, action_id)
        if action is None:
            continue
        if meaning is Meaning.HAND_OVER and reading["handover_to"]:
            lead_handing.by_words(replies, who, action, reading["handover_to"])
        elif meaning is Meaning.HAND_OVER:
            lead_handing.hand_over(replies, who, action, "")
        elif meaning is Meaning.SNOOZE and (until := iso_date(reading["snooze_until"])):
            snooze_until(replies, who, action, until)
        else:
            _record(replies, who, action, reading)


def _record(replies: Replies, who: Who, action: Action, reading: dict[str, Any]) -> None:
    assert action.id is not None
    status, day = Status(reading["status"] or action.status), iso_date(reading["new_date"])
    help_wanted = reading["note"] if reading["help_wanted"] else ""
    if reading.get("corrects"):
        _correct(replies, who, action, reading, status, day, help_wanted)
        return
    update = updates.record(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        status=status,
        note=reading["note"],
        help_wanted=help_wanted,
        proposed_due_on=day,
        now=replies.now,
        today=replies.around.today,
    )
    thank(replies, update)


def _correct(
    replies: Replies,
    who: Who,
    action: Action,
    reading: dict[str, Any],
    status: Status,
    day: date | None,
    help_wanted: str,
) -> None:
    old = replies.db.get(Update, reading["corrects"])
    if old is None or not may_correct(replies.db, old, who.person_id):
        replies.say("lead.corrected_since", ref=action.ref)
        return
    said = lead_correcting.Said(reading["note"], old.evidence, help_wanted)
    lead_correcting.correct(replies, who, old, status, day, said)
