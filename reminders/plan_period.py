"""The period of a plan as people write it: "2024-26", "2022 to 2024", "April 2018 - June 2019"."""

import calendar
import re
from dataclasses import replace
from datetime import date

from reminders.date_words import plain
from reminders.plan_leads import body_key
from reminders.plan_rows import PlanRows
from storage.plans import Plan

_TO = r"\s*(?:-|/|to|until|till)\s*"
_BETWEEN_MONTHS = r"\s*(?:-|to|until|till)\s*"
_YEARS = re.compile(rf"(?P<first>\d{{4}}){_TO}(?P<last>\d{{4}}|\d{{2}})")
_MONTHS = {name.casefold(): at for at, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.casefold(): at for at, name in enumerate(calendar.month_abbr) if name}
_MONTHS["sept"] = 9
_DAY = r"(?:(?P<{0}_day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?"
_MONTH = r"(?P<{0}_month>[a-z]+)\.?"
_DATES = re.compile(
    _DAY.format("first")
    + _MONTH.format("first")
    + r"(?:\s+(?P<first>\d{4}))?"
    + _BETWEEN_MONTHS
    + _DAY.format("last")
    + _MONTH.format("last")
    + r"\s+(?P<last>\d{4})"
)
_FIRST_YEAR = 1950
_MOST_YEARS = 30  # "2024-06" is a month of 2024 rather than a plan until 2106

Span = tuple[date, date]


def read_period(label: str) -> Span | None:
    """The first and the last day; years run from April to March. None where no period is read."""
    text = " ".join(plain(label).split())
    text = re.sub(r"^(?:from|between|period:?) ", "", text)
    if years := _YEARS.fullmatch(text):
        return _sane(_of_years(years))
    if dates := _DATES.fullmatch(text):
        return _sane(_of_dates(dates))
    return None


def _of_years(found: re.Match[str]) -> Span | None:
    first, last = int(found["first"]), int(found["last"])
    if len(found["last"]) == 2:
        last += first // 100 * 100
        last += 100 if last < first else 0
    if not 1 <= first <= 9999 or not 1 <= last <= 9999:
        return None
    return date(first, 4, 1), date(last, 3, 31)


def _of_dates(found: re.Match[str]) -> Span | None:
    months = _MONTHS.get(found["first_month"]), _MONTHS.get(found["last_month"])
    last_year = int(found["last"])
    first_year = int(found["first"] or last_year)
    if months[0] is None or months[1] is None or not first_year or not last_year:
        return None
    last_day = found["last_day"] or calendar.monthrange(last_year, months[1])[1]
    try:
        first = date(first_year, months[0], int(found["first_day"] or 1))
        return first, date(last_year, months[1], int(last_day))
    except ValueError:
        return None


def _sane(span: Span | None) -> Span | None:
    if span is None or span[0].year < _FIRST_YEAR:
        return None
    return span if span[0] < span[1] and span[1].year - span[0].year <= _MOST_YEARS else None


def with_period(rows: PlanRows) -> PlanRows:
    """The rows with the days that their label means, where they do not give them themselves."""
    read = read_period(rows.period_label) if rows.period_start is None else None
    if read is None:
        return rows
    end = rows.period_end or read[1]
    return replace(rows, period_start=read[0], period_end=end, period_assumed=True)


def span_of(plan: Plan | PlanRows) -> Span | None:
    """The days of a plan's period, given or read from its label; None where they are not known."""
    if plan.period_start and plan.period_end:
        return plan.period_start, plan.period_end
    read = read_period(plan.period_label)
    return (plan.period_start or read[0], plan.period_end or read[1]) if read else None


def is_same_period(one: Plan | PlanRows, other: Plan | PlanRows) -> bool:
    """Whether two plans are for one period, however each writes it."""
    spans = span_of(one), span_of(other)
    label = body_key(one.period_label)
    if label == body_key(other.period_label) and (label or None in spans):
        return True
    return spans[0] is not None and spans[0] == spans[1]
