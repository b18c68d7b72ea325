"""Measures: where each stands, its line, its history; readings entered, targets set."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Right, refusal
from bot.measures import may_enter, only_of
from bot.web.board.frame import draw, form_of, read, trouble, write
from bot.web.board.indicator_forms import given_of, new_of, values_of
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from bot.web.views import saying
from digests.drawing_svg import inline, small
from digests.indicator_acts import BOARD, NotTaken, enter, history, set_values, standing
from digests.indicator_paper import (
    missing_words,
    narrative,
    picture_of,
    to_know,
    value_words,
    verdict_words,
)
from digests.indicator_values import Value, raw_value
from digests.indicators import Measure, indicators_at, last_quarter
from digests.period import Period, is_of_our_time
from digests.reading_rules import DIRECTIONS, NotANumber, plain_number
from storage.language import HOME
from storage.people import Person
from storage.plans import Indicator, IndicatorReading

_WORDS: dict[str, Any] = {
    "value_words": value_words,
    "verdict_words": verdict_words,
    "missing_words": missing_words,
    "narrative": narrative,
    "picture_of": picture_of,
    "to_know": to_know,
    "inline": inline,
    "small": small,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a measure's history, for those who may enter readings."""

    value: Value
    who: str
    entered_on: date
    is_replaced: bool
    people: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of one measure shows. `entries` and `people`: for those who may enter."""

    measure: Measure
    period: Period
    row: Indicator
    entries: tuple[Entry, ...]
    people: tuple[Person, ...]
    may_enter: bool
    may_set: bool


async def listed(request: Request, seat: Seat) -> Response:
    """GET /indicators."""
    site = site_of(request)
    period = _period(site, request.query_params.get("to", ""))
    chosen = request.query_params.get("priority", "")[:64]
    found, mine = await read(request, lambda db: _measures(db, site, seat, period))
    priorities = {_where(one): one for one in found if one.priority_ref}
    shown = [one for one in found if not chosen or _where(one) == chosen]
    return draw(
        request,
        "indicators",
        seat,
        measures=shown,
        total=len(found),
        priorities=priorities,
        where=_where,
        chosen=chosen if chosen in priorities else "",
        period=period,
        later=_later(site, period),
        may_enter=seat.who.may(Right.READINGS) or bool(mine),
        sees_all=seat.who.may(Right.DIGEST),
        done=request.query_params.get("done", "") == "imported",
        **_WORDS,
    )


async def shown(request: Request, seat: Seat) -> Response:
    """GET /indicators/{ref}."""
    return await _drawn(request, seat, done=request.query_params.get("done", ""))


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: enters a reading, or sets what the measure is held against."""
    sent = await form_of(request, seat)
    work = {"enter": _enter, "set": _set}.get(sent.one("do"))
    if work is None:
        raise Forged("no act of ours")
    site, number = site_of(request), _number(request)
    try:
        done = await write(request, lambda db: work(db, site, seat, number, sent))
    except (NotTaken, NotANumber) as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    if not done:
        return await refused(request, seat)
    return RedirectResponse(f"/indicators/{number}?done={sent.one('do')}", 303)


async def refused(request: Request, seat: Seat) -> Response:
    """Whose it is to enter readings, and who can help."""
    site = site_of(request)
    say, contact = saying(site, HOME), site.app.settings.partnership.contact
    text = await read(request, lambda db: refusal(db, Right.READINGS, say, contact))
    return draw(request, "refused", seat, 403, text=text)


# -- what is written


def _enter(db: Db, site: Site, seat: Seat, number: int, sent: Sent) -> bool:
    row = db.get(Indicator, number)
    if row is None or not may_enter(seat.who, row):
        return False
    around = site.app.around
    enter(
        db,
        row,
        new_of(sent),
        now=around.now,
        today=around.today,
        how=BOARD,
        person_id=seat.who.person_id,
    )
    return True


def _set(db: Db, site: Site, seat: Seat, number: int, sent: Sent) -> bool:
    row = db.get(Indicator, number)
    if row is None or not seat.who.may(Right.READINGS):
        return False
    values = values_of(sent)
    keeper = values.get("keeper_id")
    if keeper is not None and db.get(Person, keeper) is None:
        raise NotTaken("Nobody is known by that name. Choose somebody of the list.")
    set_values(db, row, values, now=site.now, person_id=seat.who.person_id)
    return True


# -- what is shown


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: Any) -> Response:
    site, number = site_of(request), _number(request)
    found = await read(request, lambda db: _one(db, site, seat, number))
    if found is None and not seat.who.may(Right.DIGEST):
        return await refused(request, seat)
    if found is None:
        return trouble(request, "nothing", 404, seat)
    shown = {"done": "", "problem": "", "typed": None, **given}
    typed = shown["typed"] or Sent()
    return draw(
        request,
        "indicator",
        seat,
        status,
        found=found,
        measure=found.measure,
        directions=DIRECTIONS,
        setting=values_shown(found.row) if typed.one("do") != "set" else given_of(typed),
        **_WORDS,
        **{**shown, "typed": typed},
    )


def _one(db: Db, site: Site, seat: Seat, number: int) -> Shown | None:
    row = db.get(Indicator, number)
    if row is None or row.retired_on is not None:
        return None
    enters = may_enter(seat.who, row)
    if not enters and not seat.who.may(Right.DIGEST):
        return None
    period = _period_of(db, site, number)
    measures = _all(db, site, period, plan_ids=[row.plan_id], refs=[row.ref])
    if not measures:
        return None
    may_set = seat.who.may(Right.READINGS)
    return Shown(
        measure=measures[0],
        period=period,
        row=row,
        entries=_entries(db, site, row) if enters else (),
        people=_people(db) if may_set else (),
        may_enter=enters,
        may_set=may_set,
    )


def _entries(db: Db, site: Site, row: Indicator) -> tuple[Entry, ...]:
    kept = history(db, row.id or 0)
    replaced = {one.corrects_id for one in kept}
    names = {person.id: person.name for person in _named(db, kept)}
    local = site.app.around.calendar.local_date
    return tuple(
        Entry(
            value=raw_value(row, one),
            who=names.get(one.recorded_by_id, ""),
            entered_on=local(one.recorded_at),
            is_replaced=one.id in replaced,
            people=one.people,
        )
        for one in reversed(kept)
    )


def _named(db: Db, kept: list[IndicatorReading]) -> list[Person]:
    ids = {one.recorded_by_id for one in kept if one.recorded_by_id is not None}
    return list(db.exec(select(Person).where(col(Person.id).in_(ids)))) if ids else []


def _people(db: Db) -> tuple[Person, ...]:
    return tuple(db.exec(select(Person).where(col(Person.active)).order_by(col(Person.name))))


def _measures(
    db: Db, site: Site, seat: Seat, period: Period
) -> tuple[tuple[Measure, ...], frozenset[int]]:
    """What this person may see: all, or what they keep."""
    found = _all(db, site, period)
    mine = only_of(db, seat.who)
    if mine is None:
        return found, frozenset(one.id for one in found)
    if seat.who.may(Right.DIGEST):
        return found, mine
    return tuple(one for one in found if one.id in mine), mine


def _all(db: Db, site: Site, period: Period, **only: Any) -> tuple[Measure, ...]:
    around = site.app.around
    return indicators_at(db, period, calendar=around.calendar, now=around.now, **only)


# -- the address


def _period(site: Site, to: str) -> Period:
    """The quarter that was asked for; else the last one that is over."""
    try:
        day = date.fromisoformat(to)
    except ValueError:
        return last_quarter(site.app.around.today)
    return Period.quarter_of(day) if is_of_our_time(day) else last_quarter(site.app.around.today)


def _later(site: Site, period: Period) -> Period | None:
    after = Period.quarter_of(date.fromordinal(period.end.toordinal() + 1))
    return after if after.start <= site.app.around.today else None


def _period_of(db: Db, site: Site, number: int) -> Period:
    """The last quarter that is over, or a later one that has a reading already."""
    today = site.app.around.today
    over = last_quarter(today)
    days = [one.on for one in standing(db, number) if over.end < one.on <= today]
    return Period.quarter_of(max(days)) if days else over


def _where(measure: Measure) -> str:
    return f"{measure.plan}: {measure.priority_ref}"[:64]


def _number(request: Request) -> int:
    text = str(request.path_params["ref"])
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def values_shown(row: Indicator) -> dict[str, str]:
    """What is set, as the fields of the form show it."""

    def number(value: float | None) -> str:
        return "" if value is None else plain_number(value)

    return {
        "unit": row.unit,
        "direction": row.direction,
        "baseline": number(row.baseline),
        "baseline_on": row.baseline_on.isoformat() if row.baseline_on else "",
        "target": number(row.target),
        "target_on": row.target_on.isoformat() if row.target_on else "",
        "keeper": str(row.keeper_id or ""),
    }
