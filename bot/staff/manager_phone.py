"""What a lead told the manager by telephone: written down in the lead's name, shown as such.

The lead reads what was written and can put it right.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.access import Right, Who
from bot.forms import Field, FieldKind, Form, Option
from bot.replies import Replies
from bot.staff.manager_decisions import ref_and_words
from bot.staff.manager_rows import live_actions
from bot.staff.recording import iso_date, pass_on
from bot.staff.references import first_id, row_id
from bot.staff.refusing import refuse
from bot.staff.small_forms import SmallForm, id_of, open_small
from bot.tokens import read_act
from reminders import updates
from reminders.plain_words import Intent, Meaning, understand
from reminders.policy import Status
from reminders.recipients import may_speak_for, recipients
from storage.people import Person
from storage.plans import Action

PHONE = "by phone"
_STATUSES = (
    Status.ON_TRACK,
    Status.AT_RISK,
    Status.OFF_TRACK,
    Status.WAITING,
    Status.NOT_STARTED,
    Status.COMPLETE_AWAITING_EVIDENCE,
)
_NAMED = re.compile(r"([^:,.]{2,60}):\s+(.+)", re.DOTALL)


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """Which action, or which lead it was; False if it is something else."""
    act, args = read_act(token)
    if act not in ("phoneabout", "phonewho") or not args or not all(map(str.isdigit, args)):
        return False
    asked = (replies.standing.expecting or {}).get("phone")
    action = replies.db.get(Action, int(args[0]))
    if not who.may(Right.APPROVE):
        refuse(replies, Right.APPROVE)
    elif asked is None or action is None:
        replies.say("stale")
    elif act == "phoneabout":
        _about(replies, who, action, asked["text"])
    else:
        person = replies.db.get(Person, int(args[1])) if len(args) == 2 else None
        _from_words(replies, who, action, person, asked["text"])
    return True


def by_phone(replies: Replies, who: Who, rest: str) -> None:
    """ "phone 1.2 on track, said they trained 43 staff"; "phone 1.2 Sam: done"."""
    ref, words = ref_and_words(rest)
    found = live_actions(replies, ref)
    if not found:
        replies.say("manager.phone_how", ref=ref or "1.2")
    elif not words:
        if len(found) > 1 or not open_small(FORMS, replies, who, "phone", found[0].id):
            replies.say("manager.phone_how", ref=ref)
    elif len(found) > 1:
        replies.wait_for({"phone": {"text": words}})
        replies.queue("phone_which", actions=[row.id for row in found])
    else:
        _about(replies, who, found[0], words)


def _about(replies: Replies, who: Who, action: Action, words: str) -> None:
    """Once the action is clear: whose words they are."""
    assert action.id is not None
    leads = speakers(replies, action.id)
    named = _NAMED.fullmatch(words)
    if named is not None:
        called = [one for one in leads if named[1].strip().casefold() in one.name.casefold()]
        if len(called) == 1:
            _from_words(replies, who, action, called[0], named[2])
            return
    if not leads:
        replies.say("manager.phone_nobody", ref=action.ref)
    elif len(leads) > 1:
        replies.wait_for({"phone": {"text": words}})
        replies.queue("phone_who", action=action.id, people=[one.id for one in leads])
    else:
        _from_words(replies, who, action, leads[0], words)


def speakers(replies: Replies, action_id: int) -> Sequence[Person]:
    """Who may have rung: those who are asked about the action, their deputies and chairs."""
    asked = recipients(replies.db, [action_id], today=replies.around.today).get(action_id, ())
    ids = [one.person_id for one in asked]
    if len(ids) == 1 and ids[0] is not None:
        ids += [asked[0].deputy_id, asked[0].chair_id]
    people = [replies.db.get(Person, one) for one in dict.fromkeys(ids) if one is not None]
    return [person for person in people if person is not None and person.active]


def _from_words(
    replies: Replies, who: Who, action: Action, person: Person | None, words: str
) -> None:
    around = replies.around
    said = understand(words, today=around.today, calendar=around.calendar, refs=()).intents[0]
    is_clear = said.status is not None or said.new_date is not None or said.help_wanted
    if person is None or said.meaning not in (Meaning.UPDATE, Meaning.NEED_HELP) or not is_clear:
        replies.say("manager.phone_unclear", ref=action.ref)
        return
    replies.wait_for(None)
    _record(replies, who, action, person, **_values(said, action, words))


def _values(said: Intent, action: Action, words: str) -> dict[str, Any]:
    return {
        "status": said.status or Status(action.status),
        "note": words.strip(),
        "new_date": said.new_date,
        "help_wanted": words.strip() if said.help_wanted else "",
    }


def _record(
    replies: Replies,
    who: Who,
    action: Action,
    person: Person,
    *,
    status: Status,
    note: str,
    new_date: date | None,
    help_wanted: str = "",
) -> None:
    assert action.id is not None
    assert person.id is not None
    if not may_speak_for(replies.db, person.id, action.id):
        replies.say("manager.phone_nobody", ref=action.ref)
        return
    update = updates.record(
        replies.db,
        action_id=action.id,
        person_id=person.id,
        status=status,
        note=note,
        help_wanted=help_wanted,
        proposed_due_on=new_date,
        how=PHONE,
        recorded_by_id=who.person_id,
        now=replies.now,
        today=replies.around.today,
    )
    replies.queue("phone_recorded", update=update.id)
    if person.id != who.person_id:
        replies.tell(person.id, "phone_told", key=f"phone-told:{update.id}", update=update.id)
    pass_on(replies, update)


# the form


def _draw(replies: Replies, who: Who, args: list[str]) -> Form | None:
    action = replies.db.get(Action, first_id(args) or 0)
    if not who.may(Right.APPROVE):
        refuse(replies, Right.APPROVE)
        return None
    leads = speakers(replies, action.id or 0) if action is not None else ()
    if action is None or not leads:
        replies.say("manager.phone_nobody", ref=action.ref if action is not None else "")
        return None
    return Form(
        id=id_of("phone", action.id),
        title=replies.text("manager.phone_title", ref=action.ref),
        fields=_fields(replies, leads),
        send=replies.text("form.send"),
        text=f"{action.ref} {action.text}",
    )


def _fields(replies: Replies, leads: Sequence[Person]) -> tuple[Field, ...]:
    people = tuple(Option(str(one.id), one.name) for one in leads)
    statuses = tuple(Option(one.value, replies.text(f"status.{one.value}")) for one in _STATUSES)
    first = people[0].value if len(people) == 1 else ""

    def label(name: str) -> str:
        return replies.text(f"manager.phone_{name}")

    return (
        Field("person", FieldKind.ONE, label("person"), options=people, value=first, needed=True),
        Field("status", FieldKind.ONE, label("status"), options=statuses, needed=True),
        Field("note", FieldKind.TEXT, label("note"), hint=label("note_hint"), most=1000),
        Field("new_date", FieldKind.DATE, label("new_date")),
    )


def _take(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    if _draw(replies, who, args) is None:
        return {}
    action = replies.db.get_one(Action, int(args[0]))
    chosen, status = values.get("person", ""), values.get("status", "")
    person = replies.db.get(Person, row_id(chosen) or 0)
    errors = {}
    if person is None:
        errors["person"] = replies.text("rejected.required")
    if status not in set(Status):
        errors["status"] = replies.text("rejected.required")
    day = _day(values.get("new_date", ""))
    if values.get("new_date") and day is None:
        errors["new_date"] = replies.text("rejected.not_a_date")
    if not errors and person is not None:
        note = values.get("note", "").strip()
        _record(replies, who, action, person, status=Status(status), note=note, new_date=day)
    return errors


def _day(text: str) -> date | None:
    try:
        return iso_date(text)
    except ValueError:
        return None


FORMS: dict[str, SmallForm] = {"phone": SmallForm(_draw, _take)}
