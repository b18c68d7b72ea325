"""Calendars: what RFC 5545 asks of a file that programs of others read."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from digests.calendar_file import Entry, calendar_file

AT = datetime(2024, 1, 15, 9, 30, tzinfo=UTC)


def _entry(summary: str = "1.1 Train staff", **more: object) -> Entry:
    values = {"uid": "a-1", "on": date(2024, 3, 31), "sequence": 2, "changed": AT, **more}
    return Entry(summary=summary, **values)  # type: ignore[arg-type]


def _lines(content: bytes) -> list[str]:
    """The file's lines as a calendar program reads them: unfolded."""
    assert content.endswith(b"\r\n")
    return content.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]


def _unescaped(text: str) -> str:
    out, rest = "", iter(text)
    for letter in rest:
        if letter == "\\":
            following = next(rest)
            out += "\n" if following in "nN" else following
        else:
            out += letter
    return out


def test_a_deadline_is_a_whole_day_that_leaves_people_free() -> None:
    lines = _lines(calendar_file("Rochdale", [_entry(url="https://board.example/plan/1")]))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    event = lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT")]
    for wanted in (
        "UID:a-1",
        "SEQUENCE:2",
        "DTSTAMP:20240115T093000Z",
        "DTSTART;VALUE=DATE:20240331",
        "DTEND;VALUE=DATE:20240401",
        "SUMMARY:1.1 Train staff",
        "URL:https://board.example/plan/1",
        "TRANSP:TRANSPARENT",
    ):
        assert wanted in event


def test_an_empty_calendar_is_one_all_the_same() -> None:
    lines = _lines(calendar_file("Nobody's; and, so on", []))
    assert "BEGIN:VEVENT" not in lines
    assert r"NAME:Nobody's\; and\, so on" in lines


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=300))
def test_whatever_an_action_is_called_is_read_back_whole_and_no_line_is_too_long(
    words: str,
) -> None:
    content = calendar_file("x", [_entry(words)])
    raw = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in raw)
    assert all(line.decode("utf-8") is not None for line in raw)
    (summary,) = [line for line in _lines(content) if line.startswith("SUMMARY:")]
    assert _unescaped(summary.removeprefix("SUMMARY:")) == words


@given(st.text(max_size=80))
def test_no_name_of_an_action_begins_another_line(words: str) -> None:
    lines = _lines(calendar_file(words, [_entry(words)]))
    assert [line for line in lines if line.startswith("BEGIN:")] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
    ]


def test_the_same_deadlines_give_the_same_bytes() -> None:
    entries = [_entry(), _entry("2.1 أ & B <c>", uid="a-2")]
    assert calendar_file("x", entries) == calendar_file("x", list(entries))
