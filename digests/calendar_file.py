"""A calendar (iCalendar, RFC 5545) of days with a name each. Pure: the same entries, same bytes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_PRODUCT = "-//Listening Loop//Deadlines//EN"
_ASKED_AGAIN = "PT6H"
_LONGEST_LINE = 75
_ESCAPED = re.compile(r"[\\;,]")
_ENDS = re.compile(r"\r\n|[\r\n\u2028\u2029\x85]")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One day. `uid` never changes; `sequence` grows each time that the day moves.

    `changed`: when it became what it is.
    """

    uid: str
    on: date
    summary: str
    sequence: int
    changed: datetime
    url: str = ""


def calendar_file(name: str, entries: Sequence[Entry]) -> bytes:
    """The whole file. Programs that subscribe ask again a few times a day."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        f"NAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_ASKED_AGAIN}",
        f"X-PUBLISHED-TTL:{_ASKED_AGAIN}",
    ]
    for entry in entries:
        lines += _event(entry)
    lines.append("END:VCALENDAR")
    return b"".join(part for line in lines for part in _folded(line))


def _event(entry: Entry) -> list[str]:
    """A whole day that leaves its people free. `DTEND` is the first day after it."""
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{_instant(entry.changed)}",
        f"LAST-MODIFIED:{_instant(entry.changed)}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(entry.summary)}",
        *([f"URL:{entry.url}"] if entry.url else []),
        "TRANSP:TRANSPARENT",
        "STATUS:CONFIRMED",
        "END:VEVENT",
    ]


def _text(words: str) -> str:
    """A value of type TEXT: what would end it or begin another is escaped."""
    escaped = _ESCAPED.sub(lambda found: f"\\{found[0]}", words)
    return _NO_TEXT.sub("", _ENDS.sub(r"\\n", escaped))


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> Iterator[bytes]:
    """At most 75 octets a line, none of them half a letter; what goes on begins with a space."""
    room, part = _LONGEST_LINE, b""
    for letter in line:
        octets = letter.encode("utf-8", "replace")
        if len(part) + len(octets) > room:
            yield part + b"\r\n "
            room, part = _LONGEST_LINE - 1, b""
        part += octets
    yield part + b"\r\n"
