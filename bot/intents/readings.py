"""What keepers of measures read: which are theirs, what was read from their words, what is missing.

Figures come from the tables and the conversation when it is sent, never from the outbox.
"""

from datetime import date

from bot.access import Right, who_is
from bot.intents.lead_parts import form_button, titled
from bot.measures import kept_by
from bot.messages import Button, Message
from bot.standing import expecting_of
from bot.tokens import button
from bot.wording import Intent, Writing
from digests.indicator_acts import standing
from digests.indicator_paper import generated, value_words
from digests.indicator_values import raw_value
from digests.indicators import Measure, indicators_at, last_quarter
from digests.period import Period
from storage.plans import Indicator

_MOST = 20


def _measured(writing: Writing, period: Period, ids: set[int] | None) -> list[Measure]:
    around = writing.around
    found = indicators_at(writing.db, period, calendar=around.calendar, now=around.now)
    return [one for one in found if ids is None or one.id in ids]


def _enter(writing: Writing, measures: list[Measure]) -> list[Button]:
    return [
        form_button(writing.say("readings.button_enter", ref=one.ref), "reading", one.id)
        for one in measures
    ]


def _measures(writing: Writing) -> Message:
    """Theirs; for managers and chairs who keep none, those that have no reading yet."""
    person_id = writing.param("person")
    who = who_is(writing.db, person_id)
    kept = {row.id or 0 for row in kept_by(writing.db, person_id)}
    may_all = who is not None and who.may(Right.READINGS)
    period = last_quarter(writing.around.today)
    found = _measured(writing, period, None if may_all and not kept else kept)
    if ref := writing.param("ref"):
        found = [one for one in _measured(writing, period, None) if one.ref == ref]
    elif may_all and not kept:
        found = [one for one in found if one.is_missing]
    lines = [
        (one, value_words(one.current) if one.current else "", value_words(one.last))
        for one in found[:_MOST]
    ]
    text = writing.say(
        "readings.mine",
        lines=lines,
        more=max(0, len(found) - _MOST),
        period=period,
        all=may_all and not kept,
    )
    return writing.message(text, *_enter(writing, found[:_MOST]))


def _reading_back(writing: Writing) -> Message | None:
    expecting = expecting_of(writing.db, writing.row.contact_id)
    asked = expecting.get("reading") if expecting else None
    row = writing.db.get(Indicator, asked["indicator"]) if asked else None
    if not asked or row is None:
        return None
    day = date.fromisoformat(asked["on"])
    kept = [one for one in standing(writing.db, row.id or 0) if one.on == day]
    before = raw_value(row, kept[-1]).shown if kept else ""
    text = writing.say(
        "readings.back",
        row=row,
        shown=asked["shown"],
        day=day,
        before=before,
        narrative=asked["narrative"],
    )
    message = writing.message(
        text,
        button(writing.say("lead.button_right"), "keepreading", "yes"),
        button(writing.say("lead.button_wrong"), "keepreading", "no"),
    )
    return titled(writing, message, "lead.title_read_back")


def _reading_kept(writing: Writing) -> Message | None:
    """What was kept, what it comes to, and what to know of it."""
    row = writing.db.get(Indicator, writing.param("indicator"))
    if row is None:
        return None
    day = date.fromisoformat(writing.param("on"))
    kept = [one for one in standing(writing.db, row.id or 0) if one.on == day]
    found = _measured(writing, Period.quarter_of(day), {row.id or 0})
    if not kept or not found:
        return None
    value, measure = raw_value(row, kept[-1]), found[0]
    is_newest = measure.current is not None and measure.current.on == day
    text = writing.say(
        "readings.kept",
        row=row,
        shown=value.shown,
        computed=value.computed,
        parts=value.parts,
        day=day,
        known=writing.param("known"),
        reads=generated(measure) if is_newest else "",
    )
    return writing.message(text, *_enter(writing, [measure]))


def _readings_due(writing: Writing) -> Message | None:
    """Once a quarter: all of theirs that have no reading; nothing where all have one by now."""
    person_id = writing.row.person_id or 0
    period = Period.quarter_of(date.fromisoformat(writing.param("quarter")))
    ids = {row.id or 0 for row in kept_by(writing.db, person_id)}
    found = [one for one in _measured(writing, period, ids) if one.is_missing]
    if not found:
        return None
    lines = [(one, value_words(one.last)) for one in found[:_MOST]]
    more = max(0, len(found) - _MOST)
    text = writing.say("readings.due", lines=lines, more=more, n=len(found), period=period)
    return writing.message(text, *_enter(writing, found[:_MOST]))


INTENTS: dict[str, Intent] = {
    "measures": _measures,
    "reading_back": _reading_back,
    "reading_kept": _reading_kept,
    "readings_due": _readings_due,
}
