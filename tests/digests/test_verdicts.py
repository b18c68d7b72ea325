"""“Did we get that right?”: counted once each, shown only where it points to nobody."""

import hypothesis
import pytest
from hypothesis import strategies as st
from sqlmodel import Session, select

from digests.told_text import told_text
from digests.verdicts import (
    LastTime,
    give,
    kept_last_time,
    last_time,
    last_time_text,
    mark_of,
    of_publication,
    protected,
    true_verdicts,
)
from storage.types import keyring_of
from storage.voice import Publication, ToldVerdict, Verdict
from surveys.suppression import Audience
from tests.digests.seeded import NOW, Seeded
from tests.digests.test_publishing import approved, publish_now

TODAY = NOW.date()


@pytest.fixture
def publication(session: Session, rochdale: Seeded) -> int:
    approved(session, rochdale, "Listen", 20)
    return publish_now(session, rochdale).publication_id


def _taps(session: Session, publication: int, right: int, partly: int = 0, wrong: int = 0) -> None:
    for verdict, count in (
        (Verdict.RIGHT, right),
        (Verdict.PARTLY, partly),
        (Verdict.WRONG, wrong),
    ):
        for n in range(count):
            give(session, publication, f"{verdict}{n}", verdict, today=TODAY)


def test_the_last_tap_of_somebody_counts_and_counts_once(
    session: Session, publication: int
) -> None:
    for verdict in (Verdict.RIGHT, Verdict.WRONG, Verdict.PARTLY):
        assert give(session, publication, "me", verdict, today=TODAY)
    assert true_verdicts(session, [publication]) == {"right": 0, "partly": 1, "wrong": 0}
    assert not give(session, publication + 99, "me", Verdict.RIGHT, today=TODAY)


def test_a_mark_is_another_for_each_publication_and_says_nothing_of_who_tapped(
    session: Session,
) -> None:
    keyring = keyring_of(session.connection().dialect)
    marks = {mark_of(keyring, page, "contact", who) for page in (1, 2) for who in ("7", "8")}
    assert len(marks) == 4
    assert set(ToldVerdict.model_fields) == {"publication_id", "mark", "verdict", "given_on"}


def test_few_taps_are_not_shown_inside(session: Session, publication: int) -> None:
    _taps(session, publication, 3, 1)
    shown = of_publication(session, publication)
    assert shown.given is None
    assert set(shown.per_cent.values()) == {None}


@hypothesis.given(
    right=st.integers(0, 60),
    partly=st.integers(0, 60),
    wrong=st.integers(0, 60),
    audience=st.sampled_from(Audience),
)
def test_no_share_of_a_small_group_is_ever_shown(
    right: int, partly: int, wrong: int, audience: Audience
) -> None:
    counts = {"right": right, "partly": partly, "wrong": wrong}
    floor = 10 if audience is Audience.PUBLIC else 5
    shown = protected(counts, audience)
    assert all(counts[name] >= floor for name, share in shown.per_cent.items() if share is not None)
    assert shown.given is None or shown.given % 5 == 0
    hidden = [name for name, share in shown.per_cent.items() if share is None]
    assert len(hidden) != 1, "one hidden share is what the others leave"


def test_the_next_page_says_what_people_said_of_the_one_before(
    session: Session, rochdale: Seeded, publication: int
) -> None:
    _taps(session, publication, 31, 6, 5)
    assert last_time(session, rochdale.survey) == LastTime(given=40, right_in_ten=8)
    approved(session, rochdale, "Sports", 20)
    later = publish_now(session, rochdale).publication_id
    _taps(session, publication, 60, 6, 5)
    kept = session.get_one(Publication, later)
    assert kept_last_time(kept.content) == LastTime(40, 8), "as it was when it went out"
    text = told_text(session, later, "en")
    assert text is not None
    assert "about 8 in 10 of you said we got it right" in text
    before = told_text(session, publication, "en")
    assert before is not None
    assert "Last time" not in before


def test_nothing_is_said_of_a_few_taps_or_of_a_share_that_points_at_few(
    session: Session, rochdale: Seeded, publication: int
) -> None:
    assert last_time(session, rochdale.survey) is None
    _taps(session, publication, 12, 1)
    found = last_time(session, rochdale.survey)
    assert found is not None
    assert found.right_in_ten is None
    for language in ("en", "pl", "ur", "ar", "ro"):
        assert "15" in last_time_text(found, language)
        assert last_time_text(None, language) == ""
    assert len(session.exec(select(ToldVerdict)).all()) == 13
