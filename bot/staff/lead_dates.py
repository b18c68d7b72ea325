"""Another day: to be asked again later, at once; or a new date, which the manager agrees."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from bot.access import Who
from bot.forms import Field, FieldKind, Form
from bot.replies import Replies
from bot.staff.lead_allowed import action_of
from bot.staff.recording import iso_date, thank
from bot.staff.small_forms import SmallForm, id_of, open_small
from reminders import updates
from reminders.corrections import date_of_proposal
from reminders.date_words import plain
from reminders.spoken_dates import find_spoken
from reminders.wishes import latest_quiet
from storage.plans import Action

NAME = "date"
SNOOZE_DAYS = 7
_BECAUSE = re.compile(r"^\W*(?:because|as|since|for)?\b[\s:,-]*", re.IGNORECASE)


def day_in(replies: Replies, text: str) -> tuple[date | None, str]:
    """The one day that a text names, and what is written behind it; no day where it is unclear."""
    around = replies.around
    found = find_spoken(plain(text), today=around.today, calendar=around.calendar)
    if len(found) != 1:
        return None, ""
    return found[0].last, _BECAUSE.sub("", text[found[0].end :], count=1).strip()


# to be asked later


def snooze_week(replies: Replies, who: Who, action: Action, _: str = "") -> None:
    """The button."""
    later = replies.around.today + timedelta(days=SNOOZE_DAYS)
    snooze_until(replies, who, action, replies.around.calendar.working_day_after(later))


def snooze_by_words(replies: Replies, who: Who, action: Action, words: str) -> None:
    """ "snooze 1.2", "snooze 1.2 2 weeks", "snooze 1.2 until 3 May"."""
    if not words.strip():
        snooze_week(replies, who, action)
        return
    until, _ = day_in(replies, words)
    if until is None or until <= replies.around.today:
        replies.say("lead.snooze_unclear", ref=action.ref)
    else:
        snooze_until(replies, who, action, until)


def snooze_until(replies: Replies, who: Who, action: Action, until: date) -> None:
    """Asks again on that day, and not before."""
    assert action.id is not None
    latest = latest_quiet(replies.around.today)
    if until > latest:
        replies.say("lead.snooze_far", ref=action.ref, latest=latest.isoformat())
        return
    updates.snooze(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        until=until,
        now=replies.now,
        today=replies.around.today,
    )
    words = {"ref": action.ref, "until": until.isoformat()}
    replies.count("say", wording="lead.snoozed", words=words)
    replies.renew()


# a new date


def ask_date(replies: Replies, who: Who, action: Action, _: str = "") -> None:
    """The button: a form, or the words to write."""
    if not open_small(FORMS, replies, who, NAME, action.id):
        replies.wait_for({"date": action.id})
        replies.say("lead.date_unclear", ref=action.ref)


def by_words(replies: Replies, who: Who, action: Action, words: str) -> None:
    """ "date 1.2 31 May because the trainer is ill"."""
    if not words.strip():
        ask_date(replies, who, action)
        return
    day, why = day_in(replies, words)
    wrong = "date_unclear" if day is None else _wrong(replies, action, day)
    if day is None or wrong:
        replies.say(f"lead.{wrong}", ref=action.ref)
    else:
        _propose(replies, who, action, day, why)


def _wrong(replies: Replies, action: Action, day: date) -> str:
    """Why this cannot be proposed; empty where it can."""
    if day <= replies.around.today:
        return "date_past"
    return "date_same" if day == action.due_on else ""


def _propose(replies: Replies, who: Who, action: Action, day: date, why: str) -> None:
    """Asks the manager; whatever date was asked for before is overtaken."""
    assert action.id is not None
    update = updates.record(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        status=action.status,
        note=why,
        proposed_due_on=day,
        now=replies.now,
        today=replies.around.today,
    )
    replies.wait_for(None)
    thank(replies, update)
    replies.renew()


def _draw(replies: Replies, who: Who, args: list[str]) -> Form | None:
    action, say = action_of(replies, who, args), replies.text
    if action is None or action.id is None:
        return None
    asked = date_of_proposal(replies.db, action.id)
    when = Field(
        "day",
        FieldKind.DATE,
        say("lead.date_when"),
        value=asked.isoformat() if asked is not None else "",
        needed=True,
    )
    why = Field("why", FieldKind.TEXT, say("lead.date_why"), say("lead.date_why_hint"))
    return Form(
        id_of(NAME, action.id),
        say("lead.date_title", ref=action.ref),
        (when, why),
        say("form.send"),
        text=say("lead.date_about", ref=action.ref, due_on=action.due_on or "", asked=asked or ""),
    )


def _take(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    action = action_of(replies, who, args)
    if action is None:
        return {}
    try:
        day = iso_date(values.get("day"))
    except ValueError:
        day = None
    wrong = "date_past" if day is None else _wrong(replies, action, day)
    if day is None or wrong:
        return {"day": replies.text(f"lead.{wrong}")}
    _propose(replies, who, action, day, values.get("why", "").strip())
    return {}


FORMS = {NAME: SmallForm(_draw, _take)}
