"""Correcting after sending: a new update takes the place of the old one, which stays on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.access import Who
from bot.forms import Field, FieldKind, Form, Option
from bot.replies import Replies
from bot.staff.lead_allowed import allowed
from bot.staff.recording import SAYABLE, iso_date, thank
from bot.staff.small_forms import SmallForm, id_of, open_small
from reminders import updates
from reminders.corrections import correctable, may_correct
from reminders.policy import Status
from storage.plans import Action, Update

NAME = "correct"


@dataclass(frozen=True, slots=True)
class Said:
    """The words of an update."""

    note: str
    evidence: str
    help_wanted: str


def pressed(replies: Replies, who: Who, args: list[str]) -> None:
    """The button below what was said."""
    update = _theirs(replies, who, args)
    if update is not None and not open_small(FORMS, replies, who, NAME, update.id):
        _ask(replies, update)


def meant(replies: Replies, who: Who, action: Action) -> Update | None:
    """What "correct 1.2" speaks of; they are told where there is nothing."""
    assert action.id is not None
    update = correctable(replies.db, action.id, who.person_id)
    if update is None:
        replies.say("lead.nothing_to_correct", ref=action.ref)
    return update


def by_command(replies: Replies, who: Who, action: Action) -> None:
    """ "correct 1.2" without words."""
    update = meant(replies, who, action)
    if update is not None and not open_small(FORMS, replies, who, NAME, update.id):
        _ask(replies, update)


def _ask(replies: Replies, update: Update) -> None:
    replies.wait_for({"correct": update.id})
    replies.queue("correcting", update=update.id)


def _theirs(replies: Replies, who: Who, args: list[str]) -> Update | None:
    """The update that a button or a form names, if they may still put it right."""
    is_id = bool(args) and args[0].isdecimal() and len(args[0]) < 10
    update = replies.db.get(Update, int(args[0])) if is_id else None
    if update is None:
        replies.say("stale")
        return None
    action = allowed(replies, who, update.action_id)
    if action is None:
        return None
    if not may_correct(replies.db, update, who.person_id):
        replies.say("lead.corrected_since", ref=action.ref)
        return None
    return update


# the form


def _draw(replies: Replies, who: Who, args: list[str]) -> Form | None:
    update = _theirs(replies, who, args)
    if update is None:
        return None
    action = replies.db.get_one(Action, update.action_id)
    say = replies.text
    options = tuple(Option(one.value, say(f"status.{one.value}")) for one in SAYABLE)
    day = update.proposed_due_on.isoformat() if update.proposed_due_on else ""
    fields = (
        Field(
            "status",
            FieldKind.ONE,
            say("lead.correct_status"),
            options=options,
            value=_sayable(update.status),
            needed=True,
        ),
        Field("note", FieldKind.TEXT, say("lead.correct_note"), value=update.note),
        Field("evidence", FieldKind.TEXT, say("lead.correct_evidence"), value=update.evidence),
        Field("day", FieldKind.DATE, say("lead.correct_date"), value=day),
        Field("help", FieldKind.TEXT, say("lead.correct_help"), value=update.help_wanted),
    )
    return Form(
        id_of(NAME, update.id),
        say("lead.correct_title", ref=action.ref),
        fields,
        say("form.send"),
        text=say("lead.correct_about"),
    )


def _sayable(status: str) -> str:
    """As a choice of the form; what awaits evidence was said as done."""
    done = Status.COMPLETE.value
    said = done if status == Status.COMPLETE_AWAITING_EVIDENCE else status
    return said if said in SAYABLE else ""


def _take(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    old = _theirs(replies, who, args)
    if old is None:
        return {}
    status = values.get("status", "")
    if status not in SAYABLE:
        return {"status": replies.text("lead.needed")}
    try:
        day = iso_date(values.get("day"))
    except ValueError:
        return {"day": replies.text("lead.date_past")}
    if day is not None and day != old.proposed_due_on and day <= replies.around.today:
        return {"day": replies.text("lead.date_past")}
    said = Said(*(values.get(name, "").strip() for name in ("note", "evidence", "help")))
    correct(replies, who, old, Status(status), day, said)
    return {}


def correct(
    replies: Replies,
    who: Who,
    old: Update,
    status: Status,
    day: date | None,
    said: Said,
) -> None:
    """The new update in place of the old one; it is read back and passed on like any other."""
    action = replies.db.get_one(Action, old.action_id)
    if day == action.due_on or (day == old.proposed_due_on and old.date_refused):
        day = None  # decided already
    update = updates.record(
        replies.db,
        action_id=old.action_id,
        person_id=who.person_id,
        status=status,
        proposed_due_on=day,
        now=replies.now,
        today=replies.around.today,
        corrects_id=old.id,
        note=said.note,
        evidence=said.evidence,
        help_wanted=said.help_wanted,
    )
    replies.wait_for(None)
    thank(replies, update)
    replies.renew()


FORMS = {NAME: SmallForm(_draw, _take)}
