"""A picture of a digest comes back whole, and its first words say what its figures say."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from digests import weekly
from digests.period import Period
from digests.picture import (
    SECTIONS,
    Unreadable,
    Words,
    as_json,
    digest_from,
    first_words,
    spoken_of,
    words_from,
)
from digests.weekly_view import Listed, WeeklyDigest
from storage.database import Database
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """On SQLite alone: what is read is read on both in test_weekly."""
    with sqlite_database.writing() as opened:
        yield opened


DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
PERIODS = st.builds(lambda ends: Period(min(ends), max(ends)), st.lists(DAYS, min_size=1))


def _any(kind: Any) -> st.SearchStrategy[Any]:
    if get_origin(kind) is Listed:
        rows = st.lists(st.from_type(get_args(kind)[0]), max_size=2).map(tuple)
        return st.builds(Listed, st.integers(0, 99), rows)
    return st.from_type(kind)


st.register_type_strategy(Period, PERIODS)
st.register_type_strategy(date, DAYS)
DIGESTS = st.builds(
    WeeklyDigest, **{name: _any(kind) for name, kind in get_type_hints(WeeklyDigest).items()}
)


@settings(max_examples=25, deadline=None)
@given(digest=DIGESTS)
def test_any_digest_comes_back_as_it_was_stored(digest: WeeklyDigest) -> None:
    assert digest_from(as_json(digest)) == digest


@settings(max_examples=60, deadline=None)
@given(words=st.builds(Words, st.text(), st.dictionaries(st.text(), st.text()), st.text()))
def test_any_words_come_back_as_they_were_stored(words: Words) -> None:
    assert words_from(as_json(words)) == words


@pytest.mark.parametrize("stored", ["", "[]", "{}", "null", '{"overdue": 3}', "{"])
def test_a_digest_of_another_version_is_said_to_be_unreadable(stored: str) -> None:
    with pytest.raises(Unreadable, match="another version"):
        digest_from(stored)


def test_a_digest_that_lost_a_field_is_unreadable(session: Session, rochdale: Seeded) -> None:
    stored = json.loads(as_json(_digest(session)))
    del stored["overdue"]["rows"][0]["ref"]
    with pytest.raises(Unreadable):
        digest_from(json.dumps(stored))


def _digest(session: Session) -> WeeklyDigest:
    return weekly.gather(session, WEEK, now=NOW, calendar=CALENDAR)


def test_the_first_words_are_sentences_of_the_figures(session: Session, rochdale: Seeded) -> None:
    seeded.said_and_done(session, rochdale)
    assert first_words(_digest(session)) == Words(
        "2 actions are overdue, 1.2 the longest, by 14 days. 1 is due within 14 days. "
        "4 things wait for a decision."
    )


@pytest.mark.parametrize(
    ("quiet", "last"),
    [
        (("decisions",), "1 reminder has had no reply."),
        (("decisions", "silent"), "Young people are owed 2 answers."),
        (("decisions", "silent", "owed"), "3 changes were reported this week."),
        (("decisions", "silent", "owed", "changed"), "1 is due within 14 days."),
    ],
)
def test_the_last_of_the_first_words_is_what_presses_most(
    session: Session, rochdale: Seeded, quiet: tuple[str, ...], last: str
) -> None:
    seeded.said_and_done(session, rochdale)
    none: dict[str, Any] = dict.fromkeys(quiet, Listed(0, ()))
    digest = replace(_digest(session), **none)
    assert first_words(digest).opening.endswith(last)


def test_a_week_without_anything_begins_with_a_sentence_all_the_same(session: Session) -> None:
    assert first_words(_digest(session)).opening == "No action is overdue."
    assert spoken_of(_digest(session)) == ()


def test_remarks_can_be_put_where_there_is_something(session: Session, rochdale: Seeded) -> None:
    seeded.said_and_done(session, rochdale)
    assert spoken_of(_digest(session)) == SECTIONS
