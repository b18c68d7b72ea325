"""The lead's side of the conversation: one tap, one line, and never a form that asks twice."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from bot.access import Right, Who
from bot.replies import Replies
from bot.respondents import ask
from bot.tokens import read_act
from reminders import updates
from reminders.action_views import ActionView
from reminders.plain_words import Intent, Meaning, Understood, understand
from reminders.policy import Status
from reminders.recipients import actions_of, may_speak_for, recipients
from reminders.status_words import Doubt
from storage.people import Role
from storage.plans import Action, Nudge, Update
from storage.surveys import Survey
from surveys.register import STATUS_UPDATE
from surveys.sessions import Running, Step, advance, begin, store
from surveys.turns import Chose

SNOOZE_DAYS = 7


# buttons


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """A button under a nudge or a read-back; False if it is none of these."""
    act, args = read_act(token)
    if act == "same" and args:
        _nothing_new(replies, who, ":".join(args))
    elif act == "right":
        _confirmed(replies, who, args)
    elif act in _ON_ACTION and args and args[0].isdigit():
        _on_action(replies, who, act, int(args[0]), args[1:])
    else:
        return False
    return True


_ON_ACTION = ("status", "update", "notmine", "snooze", "needhelp", "tell")


def _on_action(replies: Replies, who: Who, act: str, action_id: int, rest: list[str]) -> None:
    action = replies.db.get(Action, action_id)
    if action is None or action.retired_on is not None:
        replies.say("stale")
    elif not may_speak_for(replies.db, who.person_id, action_id):
        replies.say("lead.not_yours", ref=action.ref)
    elif act == "status" and rest and rest[0] in set(Status):
        start_update(replies, who, action, Status(rest[0]))
    elif act == "notmine":
        hand_over(replies, who, action, "")
    elif act == "snooze":
        _snooze(replies, who, action, SNOOZE_DAYS)
    elif act == "needhelp":
        replies.wait_for({"help": action_id})
        replies.say("lead.what_help", ref=action.ref)
    else:
        start_update(replies, who, action, None)


def _nothing_new(replies: Replies, who: Who, batch: str) -> None:
    """One tap for everything that one message asked."""
    rows = replies.db.exec(
        select(Nudge).where(Nudge.batch == batch, Nudge.person_id == who.person_id)
    ).all()
    waiting = [row.action_id for row in rows if row.answered_at is None]
    if not waiting:
        replies.say("lead.already_answered" if rows else "stale")
        return
    updates.nothing_new(
        replies.db,
        action_ids=waiting,
        person_id=who.person_id,
        now=replies.now,
        today=replies.around.today,
    )
    replies.wait_for(None)
    replies.say("lead.nothing_new", count=len(waiting))


def _snooze(replies: Replies, who: Who, action: Action, days: int) -> None:
    later = replies.around.today + timedelta(days=days)
    snooze_until(replies, who, action, replies.around.calendar.working_day_after(later))


def snooze_until(replies: Replies, who: Who, action: Action, until: date) -> None:
    """Asks again on that day, and not before."""
    assert action.id is not None
    updates.snooze(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        until=until,
        now=replies.now,
        today=replies.around.today,
    )
    replies.say("lead.snoozed", ref=action.ref, until=until.isoformat())


def hand_over(replies: Replies, who: Who, action: Action, named: str) -> None:
    """Not theirs: the manager settles to whom it goes, and this person is left in peace."""
    assert action.id is not None
    updates.hand_over(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        named=named,
        now=replies.now,
        today=replies.around.today,
    )
    key = f"hand-over:{action.id}:{who.person_id}:{replies.around.today}"
    replies.tell_role(
        Role.MANAGER, "hand_over_asked", key=key, action=action.id, person=who.person_id
    )
    replies.wait_for(None)
    replies.say("lead.handed_over", ref=action.ref)


# the update form


def start_update(replies: Replies, who: Who, action: Action, status: Status | None) -> None:
    """Opens the update form; a status that was tapped counts at once, the line may follow."""
    survey = replies.db.exec(select(Survey).where(Survey.slug == STATUS_UPDATE)).one()
    assert survey.version_id is not None
    form = replies.around.forms.of(replies.db, survey.version_id)
    moment = replies.around.moment
    running, _ = begin(
        replies.db,
        survey,
        form,
        contact_id=replies.standing.contact_id,
        language=replies.standing.language,
        moment=moment,
        about_action_id=action.id,
    )
    if status is not None:
        assert action.id is not None
        updates.record(
            replies.db,
            action_id=action.id,
            person_id=who.person_id,
            status=status,
            now=replies.now,
            today=replies.around.today,
            how="one tap",
        )
        step = advance(running, Chose((status.value,)), moment)
        store(replies.db, [step], moment)
        running = step.running
    replies.wait_for(None, session_id=running.id)
    ask(replies, running)


def form_ended(replies: Replies, step: Step) -> None:
    """The update form is finished: its answers become the update, in place of the one tap."""
    running = step.running
    action = replies.db.get(Action, running.about_action_id) if running.about_action_id else None
    if action is None or action.id is None or replies.standing.person_id is None:
        replies.say("stale")
        return
    said = dict(running.at.answers)
    update = updates.record(
        replies.db,
        action_id=action.id,
        person_id=replies.standing.person_id,
        status=Status(said.get("status", action.status)),
        note=said.get("note", ""),
        evidence=said.get("evidence", ""),
        help_wanted=said.get("help", ""),
        proposed_due_on=_date(said.get("new_date")),
        now=replies.now,
        today=replies.around.today,
        corrects_id=_one_tap(replies, running, action.id),
    )
    replies.wait_for(None)
    thank(replies, update)


def _one_tap(replies: Replies, running: Running, action_id: int) -> int | None:
    """The update that the tap at the start of this form made."""
    return replies.db.exec(
        select(Update.id)
        .where(
            Update.action_id == action_id,
            Update.person_id == replies.standing.person_id,
            Update.how == "one tap",
            col(Update.at) >= running.at.started,
        )
        .order_by(col(Update.id).desc())
    ).first()


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def thank(replies: Replies, update: Update) -> None:
    """Reads back what now counts, and passes on what a manager must decide or hear."""
    replies.queue("recorded", update=update.id)
    if update.proposed_due_on is not None:
        key = f"date-proposed:{update.id}"
        replies.tell_role(Role.MANAGER, "date_proposed", key=key, update=update.id)
    if update.status == Status.COMPLETE_AWAITING_EVIDENCE:
        _ask_chair(replies, update)
    if update.help_wanted:
        replies.tell_role(Role.MANAGER, "help_wanted", key=f"help:{update.id}", update=update.id)


def _ask_chair(replies: Replies, update: Update) -> None:
    """A lead proposes "complete"; the chair of a leading body accepts, or the manager."""
    leading = recipients(replies.db, [update.action_id], today=replies.around.today)
    chairs = {one.chair_id for one in leading.get(update.action_id, ()) if one.chair_id is not None}
    key = f"complete-proposed:{update.id}"
    told = [
        replies.tell(chair, "complete_proposed", key=f"{key}:{chair}", update=update.id)
        for chair in sorted(chairs)
    ]
    if not any(told):
        replies.tell_role(Role.MANAGER, "complete_proposed", key=key, update=update.id)


# words


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
    return text.strip().startswith("/") or len(words) == 1 or words[0].casefold() == "update"


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
        elif meaning is Meaning.SNOOZE and (until := _date(reading["snooze_until"])):
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
        proposed_due_on=_date(reading["new_date"]),
        now=replies.now,
        today=replies.around.today,
    )
    thank(replies, update)
