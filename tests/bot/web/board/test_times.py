"""What the board says of instants and clocks, and how names are taken out of a text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.board.redact import OUT, names_in, without
from bot.web.board.times import Times, span
from storage.calendar import LONDON
from surveys.clock_words import read_instant

NOW = datetime(2023, 12, 4, 23, 46, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (9, "read by 23:55, 9 minutes left"),
        (1, "read by 23:47, 1 minute left"),
        (0, "overdue by less than a minute"),
        (-20, "overdue by 20 minutes"),
        (-180, "overdue by 3 hours"),
        (60 * 13, "read by 12:46 tomorrow, 13 hours left"),
        (60 * 72, "read by 23:46 on Thursday 7 December 2023, 3 days left"),
    ],
)
def test_a_clock_is_said_in_words(minutes: int, said: str) -> None:
    left = Times(NOW).left(NOW + timedelta(minutes=minutes))
    assert left.text == said
    assert left.is_late is (minutes <= 0)


def test_local_time_is_said_and_read_on_both_sides_of_a_change_of_the_clocks() -> None:
    summer = datetime(2023, 7, 1, 11, 5, tzinfo=UTC)
    assert Times(summer).hour(summer) == "12:05"
    for instant in (NOW, summer):
        typed = f"{instant.astimezone(LONDON):%Y-%m-%dT%H:%M}"
        assert read_instant(typed) == instant


def test_of_an_anonymous_text_no_more_than_the_hour_is_said() -> None:
    said = {Times(NOW).within_an_hour(NOW + timedelta(minutes=n)) for n in (-46, 0, 13)}
    assert said == {"between 23:00 and 23:59, Monday 4 December 2023"}


@pytest.mark.parametrize("typed", ["", "yesterday", "2023-13-01T10:00", "2023-12-04T10:00+05:00"])
def test_what_is_no_local_time_is_none(typed: str) -> None:
    assert read_instant(typed) is None


def test_a_span_is_never_rounded_up() -> None:
    assert span(timedelta(minutes=119, seconds=59)) == "119 minutes"
    assert span(timedelta(hours=47, minutes=59)) == "47 hours"


_NAMES = st.lists(
    st.text("abcdeß éкمل'-", min_size=1, max_size=8).map(str.strip).filter(bool), max_size=4
)


@given(names=_NAMES, before=st.text("xyz ,.", max_size=8), after=st.text(" .!", max_size=4))
def test_no_name_that_stands_alone_is_left(names: list[str], before: str, after: str) -> None:
    text = " ".join(f"{before} {name} {after}" for name in names)
    taken = without(text, names_in(",".join(names)))
    for name in names_in(",".join(names)):
        plain = name.strip("'-")
        if plain and plain == name:
            assert f" {name} " not in f" {taken} "


def test_nothing_but_the_names_is_taken() -> None:
    assert without("Tom and tomato, TOM's bag", names_in("tom")) == f"{OUT} and tomato, {OUT}'s bag"
    assert without("my name is Name", names_in("Name, Ann")) == f"my {OUT} is {OUT}"
    assert without("Mrs\n Khan", names_in("mrs khan")) == OUT
    assert without("as it is", names_in(" , ;")) == "as it is"
