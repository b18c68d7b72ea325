"""Times of day as people write them, 14:30, 2.30pm, 9 am, noon; instants by local clocks."""

import re
from collections.abc import Callable
from datetime import date, datetime, time

from storage.calendar import LONDON, Calendar

_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.0*)?)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?"
)
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_INSTANTS = (
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y %H:%M",
)
_BETWEEN = re.compile(r"(?:T|,?\s+(?:at\s+)?)", re.IGNORECASE)


def read_time(text: str) -> time | None:
    """The time, or None if it is none; an hour alone needs am or pm."""
    plain = text.strip().casefold()
    if plain in _NAMED:
        return _NAMED[plain]
    match = _TIME.fullmatch(plain)
    if match is None or not (match["minute"] or match["half"]):
        return None
    hour = _hour(int(match["hour"]), match["half"])
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    if hour is None or hour > 23 or minute > 59 or second > 59:
        return None
    return time(hour, minute, second)


def _hour(printed: int, half: str | None) -> int | None:
    if half is None:
        return printed
    if not 1 <= printed <= 12:
        return None
    return printed % 12 + (12 if half.startswith("p") else 0)


def read_moment(text: str, read_date: Callable[[str], date | None]) -> datetime | None:
    """A date followed by a time: 5 January 2024 14:30, 2024-01-05T14:30, 5/1/2024 at 2pm."""
    plain = text.strip()
    for match in _BETWEEN.finditer(plain):
        day, moment = read_date(plain[: match.start()]), read_time(plain[match.end() :])
        if day is not None and moment is not None:
            return datetime.combine(day, moment)
    return None


def read_instant(text: str) -> datetime | None:
    """A local time such as 2026-12-24 17:00; None where it is none, or the clocks skip it."""
    for form in _INSTANTS:
        try:
            naive = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - made local below
        except ValueError:
            continue
        found = Calendar().at_local(naive.date(), naive.time())
        return found if found.astimezone(LONDON).replace(tzinfo=None) == naive else None
    return None


def short_moment(instant: datetime) -> str:
    """ "Fri 22 Dec 17:00", local, for lists and sentences of the rota."""
    return f"{instant.astimezone(LONDON):%a %d %b %H:%M}"
