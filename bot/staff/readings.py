"""Readings of measures in the conversation: "indicators", "reading BRI-I3 62% on 31 March: why".

What was typed is read back, and counts after one tap. A form says it all at once and needs none.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.access import Right, Who
from bot.forms import Field, FieldKind, Form
from bot.measures import may_enter
from bot.replies import Replies
from bot.staff.recording import iso_date
from bot.staff.references import first_id
from bot.staff.refusing import refuse
from bot.staff.small_forms import SmallForm, id_of, open_small
from bot.tokens import read_act
from digests.indicator_acts import (
    CHAT,
    LONGEST_NARRATIVE,
    LONGEST_QUALITY,
    New,
    NotTaken,
    enter,
    find,
    why_not,
)
from digests.indicator_values import unit_of
from digests.indicators import last_quarter
from digests.reading_file import shown
from digests.reading_rules import Entered, NotANumber, read_entered, whole_number
from reminders.date_words import find_dates, plain
from storage.plans import Indicator

NAME = "reading"
_LISTS = ("indicators", "readings", "measures")
_ON = re.compile(r"\s+(?:on|for|as at)\s+", re.IGNORECASE)


def said(replies: Replies, who: Who, text: str) -> bool:
    """ "indicators", or "reading" with a ref; False where it is something else."""
    words = text.strip().split(maxsplit=2)
    name = words[0].casefold().removeprefix("/") if words else ""
    if name in _LISTS and len(words) == 1:
        replies.queue("measures", person=who.person_id)
        return True
    if name != NAME or not (text.strip().startswith("/") or _is_ref(words[1:2])):
        return False
    ref, rest = (words[1] if len(words) > 1 else ""), (words[2] if len(words) > 2 else "")
    _about(replies, who, ref.rstrip(":,;"), rest)
    return True


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """A measure was chosen, or what was read back is right; False if it is something else."""
    act, args = read_act(token)
    if act == NAME and args:
        row = _allowed(replies, who, first_id(args))
        if row is not None and not open_small(FORMS, replies, who, NAME, row.id):
            replies.say("readings.how", ref=row.ref)
    elif act == "keepreading":
        _confirmed(replies, who, args)
    else:
        return False
    return True


def _is_ref(words: Sequence[str]) -> bool:
    return bool(words) and len(words[0]) <= 32 and any(letter.isdigit() for letter in words[0])


def _allowed(replies: Replies, who: Who, indicator_id: int | None) -> Indicator | None:
    row = replies.db.get(Indicator, indicator_id or 0)
    if row is None or row.retired_on is not None:
        replies.say("stale")
    elif not may_enter(who, row):
        refuse(replies, Right.READINGS)
    else:
        return row
    return None


def _about(replies: Replies, who: Who, ref: str, rest: str) -> None:
    found = find(replies.db, ref) if ref else []
    theirs = [row for row in found if may_enter(who, row)]
    if found and not theirs:
        refuse(replies, Right.READINGS)
    elif not found:
        replies.say("readings.no_such_ref", ref=ref[:32])
    elif len(theirs) > 1:
        replies.queue("measures", person=who.person_id, ref=theirs[0].ref)
    elif not rest:
        if not open_small(FORMS, replies, who, NAME, theirs[0].id):
            replies.say("readings.how", ref=theirs[0].ref)
    else:
        _read_back(replies, theirs[0], rest)


def _read_back(replies: Replies, row: Indicator, words: str) -> None:
    try:
        new = _new(replies, words)
    except NotANumber:
        replies.say("readings.no_figure", ref=row.ref)
        return
    if new is None:
        replies.say("readings.no_date", ref=row.ref)
    elif why_not(row, new, today=replies.around.today):
        replies.say("readings.cannot", ref=row.ref)
    else:
        replies.wait_for({"reading": {"indicator": row.id, **_stored(row, new)}})
        replies.queue("reading_back")


def _new(replies: Replies, words: str) -> New | None:
    """The figure, its day (the end of the last quarter without one), and what it means."""
    figure, _, narrative = words.partition(":")
    value, *day = _ON.split(figure.strip(), maxsplit=1)
    on = _day(replies, day[0]) if day else last_quarter(replies.around.today).end
    return None if on is None else New(on, read_entered(value), narrative=narrative.strip())


def _day(replies: Replies, text: str) -> date | None:
    """A day that is past: without its year the last one that there was."""
    around = replies.around
    for found in find_dates(plain(text), around.calendar):
        if found.due_on is not None:
            return found.due_on
        first = around.today.replace(year=around.today.year - 1, day=1)
        if past := found.candidates(first, around.today):
            return past[-1]
    return iso_day(text)


def iso_day(text: str) -> date | None:
    """A day written as 2023-03-31; None for anything else."""
    try:
        return iso_date(text.strip())
    except ValueError:
        return None


def _stored(row: Indicator, new: New) -> dict[str, Any]:
    return {
        "on": new.on.isoformat(),
        "value": new.entered.value,
        "part": new.entered.part,
        "whole": new.entered.whole,
        "per_cent": new.entered.is_per_cent,
        "shown": shown(new.entered, unit_of(row)),
        "narrative": new.narrative,
    }


def _confirmed(replies: Replies, who: Who, args: Sequence[str]) -> None:
    asked = (replies.standing.expecting or {}).get("reading")
    if not asked:
        replies.say("stale")
        return
    replies.wait_for(None)
    row = _allowed(replies, who, asked["indicator"])
    if row is None:
        return
    if list(args[:1]) != ["yes"]:
        replies.say("readings.how", ref=row.ref)
        return
    entered = Entered(asked["value"], asked["part"], asked["whole"], asked["per_cent"])
    new = New(date.fromisoformat(asked["on"]), entered, narrative=asked["narrative"])
    if _keep(replies, who, row, new):
        replies.say("readings.cannot", ref=row.ref)


def _keep(replies: Replies, who: Who, row: Indicator, new: New) -> str:
    """Keeps it and says so; else why it cannot be."""
    try:
        kept = enter(
            replies.db,
            row,
            new,
            now=replies.now,
            today=replies.around.today,
            how=CHAT,
            person_id=who.person_id,
        )
    except NotTaken as error:
        return str(error)
    replies.queue("reading_kept", indicator=row.id, on=new.on.isoformat(), known=kept is None)
    return ""


# the form


def _draw(replies: Replies, who: Who, args: list[str]) -> Form | None:
    row = _allowed(replies, who, first_id(args))
    if row is None:
        return None

    def label(name: str) -> str:
        return replies.text(f"readings.{name}")

    on = last_quarter(replies.around.today).end.isoformat()
    return Form(
        id=id_of(NAME, row.id),
        title=replies.text("readings.title", ref=row.ref),
        fields=(
            Field("figure", FieldKind.WORDS, label("figure"), label("figure_hint"), needed=True),
            Field("on", FieldKind.DATE, label("on"), value=on, needed=True),
            Field("people", FieldKind.NUMBER, label("people"), label("people_hint")),
            Field("narrative", FieldKind.TEXT, label("narrative"), most=LONGEST_NARRATIVE),
            Field("quality", FieldKind.WORDS, label("quality"), most=LONGEST_QUALITY),
        ),
        send=replies.text("form.send"),
        text=f"{row.ref} {row.text}",
    )


def _take(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    row = _allowed(replies, who, first_id(args))
    if row is None:
        return {}
    errors = {}
    day = iso_day(values.get("on", ""))
    if day is None:
        errors["on"] = replies.text("rejected.not_a_date")
    typed = values.get("people", "").strip()
    people = whole_number(typed) if typed else None
    if typed and people is None:
        errors["people"] = replies.text("rejected.not_a_number")
    try:
        entered = read_entered(values.get("figure", ""))
    except NotANumber as error:
        return {**errors, "figure": str(error)}
    if errors or day is None:
        return errors
    told = (values.get(name, "").strip() for name in ("narrative", "quality"))
    wrong = _keep(replies, who, row, New(day, entered, people, *told))
    return {"figure": wrong} if wrong else {}


FORMS: dict[str, SmallForm] = {NAME: SmallForm(_draw, _take)}
