"""People's texts stay one line, keep their joiners, and leave their neighbours in place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.printable import apart, one_line, plain, unbroken


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("two\nlines", "two lines"),
        ("  a \t b ", "a b"),
        ("turned\u202eround", "turnedround"),
        ("bell\u0007", "bell"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
    ],
)
def test_a_text_becomes_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text())
def test_making_one_line_twice_changes_nothing_more(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    ("text", "language", "is_apart"),
    [
        ("St Mary's", "en", False),
        ("St Mary's", "ur", True),
        ("مدرسة", "ar", False),
        ("مدرسة", "pl", True),
        ("2023", "en", False),
    ],
)
def test_what_runs_the_other_way_is_set_apart(text: str, language: str, *, is_apart: bool) -> None:
    found = apart(text, language)
    assert (found != text) is is_apart
    assert plain(found) == text


def test_a_telephone_number_does_not_break() -> None:
    assert unbroken("0800 1111") == "0800\u00a01111"
