"""An edition is made once, worded while it is a draft, and never changes once it went out."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from digests import editions
from digests.editions import ChangedMeanwhile, Settled
from digests.period import Period
from digests.picture import Words
from reminders.policy import Status
from storage.audit import AuditEntry
from storage.database import Database
from storage.editions import Edition, EditionFile, EditionState
from storage.plans import Update
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded, at

LATER = NOW + timedelta(hours=1)
MANAGER, CHAIR = "Business Manager", "Sam Okafor"


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """On SQLite alone: a whole life of an edition is on both below."""
    with sqlite_database.writing() as opened:
        yield opened


def draft(session: Session, key: str = "weekly:2024-01-08", **more: Any) -> Edition:
    more.setdefault("now", NOW)
    return editions.draft(session, more.pop("period", WEEK), calendar=CALENDAR, key=key, **more)


def word(session: Session, edition: Edition, who: int, /, **words: str) -> None:
    editions.edit_words(session, edition, words, who, LATER)


def acts(session: Session, edition: Edition) -> list[tuple[str, int | None]]:
    found = session.exec(
        select(AuditEntry.act, AuditEntry.person_id)
        .where(AuditEntry.subject == f"edition:{edition.id}")
        .order_by(col(AuditEntry.id))
    )
    return list(found)


def test_a_draft_is_made_once_for_its_key(session: Session, rochdale: Seeded) -> None:
    first, again = draft(session), draft(session, now=LATER)
    assert again.id == first.id
    assert again.as_at == NOW
    assert draft(session, key="asked:1").id != first.id


def test_an_edition_shows_what_was_so_when_it_was_made(session: Session, rochdale: Seeded) -> None:
    seeded.said_and_done(session, rochdale)
    edition = draft(session)
    before = editions.picture_of(edition)
    assert before.digest.overdue.total == 2
    _says(session, rochdale, "1.2", Status.COMPLETE, at(1, 15, 12))
    session.refresh(edition)
    assert editions.picture_of(edition) == before
    assert draft(session, key="new", now=at(1, 16)).id != edition.id


def test_a_manager_s_words_take_the_place_of_the_program_s(
    session: Session, rochdale: Seeded
) -> None:
    seeded.said_and_done(session, rochdale)
    edition, manager = draft(session), rochdale.people[MANAGER]
    assert editions.words_of(edition).by == ""
    word(session, edition, manager, opening=" Please read 1.2. ", overdue="We meet on Friday.")
    assert editions.words_of(edition) == Words(
        "Please read 1.2.", {"overdue": "We meet on Friday."}, MANAGER
    )
    word(session, edition, manager, overdue="")
    assert editions.words_of(edition) == Words("Please read 1.2.", {}, MANAGER)
    assert acts(session, edition) == [("digest.edit", manager)] * 2


def test_words_are_bounded_and_an_empty_opening_leaves_the_one_before(
    session: Session, rochdale: Seeded
) -> None:
    edition, manager = draft(session), rochdale.people[MANAGER]
    first = editions.words_of(edition).opening
    word(session, edition, manager, opening="   ", overdue="x" * 9000, nobody="y")
    words = editions.words_of(edition)
    assert words.opening == first
    assert {name: len(text) for name, text in words.remarks.items()} == {
        "overdue": editions.MOST_REMARK
    }


def test_what_was_approved_never_changes(session: Session, rochdale: Seeded) -> None:
    edition, manager = draft(session), rochdale.people[MANAGER]
    word(session, edition, manager, opening="Thank you.")
    editions.approve(session, edition, manager, LATER)
    kept = (edition.view, edition.words, edition.approved_at)
    with pytest.raises(Settled):
        word(session, edition, manager, opening="No thanks.")
    for settle in (editions.approve, editions.drop):
        with pytest.raises(Settled):
            settle(session, edition, rochdale.people[CHAIR], LATER)
    session.refresh(edition)
    assert (edition.view, edition.words, edition.approved_at) == kept
    assert acts(session, edition) == [("digest.edit", manager), ("digest.approve", manager)]


def test_an_edition_lives_on_both_databases(database: Database) -> None:
    with database.writing() as session:
        manager = seeded.partnership(session).people[MANAGER]
        edition = draft(session)
        assert draft(session).id == edition.id
        word(session, edition, manager, opening="Thank you.")
    with database.writing() as session:
        edition = session.get_one(Edition, edition.id)
        assert editions.picture_of(edition).words.opening == "Thank you."
        editions.approve(session, edition, manager, LATER)
        following = draft(session, key="next", now=NOW + timedelta(days=7))
        assert not editions.was_missed(session, following)
        assert editions.last_sent(session) == edition
        assert editions.newest_open(session, manager) == following


def test_of_two_who_approve_at_once_one_is_refused(database: Database) -> None:
    with database.writing() as session:
        manager = seeded.partnership(session).people[MANAGER]
        number = draft(session).id
    with database.reading() as session:
        seen = session.get_one(Edition, number)
    with database.writing() as session:
        editions.approve(session, session.get_one(Edition, number), manager, NOW)
    with database.writing() as session:
        stale = session.merge(seen, load=False)
        with pytest.raises(Settled):
            editions.approve(session, stale, manager, LATER)
    with database.reading() as session:
        assert session.get_one(Edition, number).approved_at == NOW


def test_words_that_were_begun_before_somebody_else_s_are_not_put_over_them(
    session: Session, rochdale: Seeded
) -> None:
    edition, manager = draft(session), rochdale.people[MANAGER]
    begun = editions.edits_of(edition)
    word(session, edition, manager, opening="Mine.")
    with pytest.raises(ChangedMeanwhile) as refused:
        editions.edit_words(session, edition, {"opening": "Theirs."}, manager, LATER, begun=begun)
    assert refused.value.who == MANAGER
    assert editions.words_of(edition).opening == "Mine."


def test_files_go_when_the_words_change(session: Session, rochdale: Seeded) -> None:
    edition = draft(session)
    assert edition.id is not None
    session.add(EditionFile(edition_id=edition.id, format="pdf", content="x"))
    session.flush()
    word(session, edition, rochdale.people[MANAGER], opening="New.")
    assert session.exec(select(EditionFile)).all() == []


@pytest.mark.parametrize(
    ("later", "state", "is_over"),
    [
        (None, EditionState.DRAFT, True),
        (CHAIR, EditionState.ASKED, False),
        (MANAGER, EditionState.DRAFT, False),
        (MANAGER, EditionState.APPROVED, True),
    ],
    ids=["the next week's draft", "somebody asked", "a manager asked", "a later one went out"],
)
def test_a_draft_is_over_when_something_later_takes_its_place(
    session: Session, rochdale: Seeded, later: str | None, state: EditionState, is_over: bool
) -> None:
    edition = draft(session)
    made_for = rochdale.people[later] if later else None
    draft(session, key="later", now=LATER, made_for_id=made_for, state=state)
    assert editions.is_open(session, edition) is not is_over


@pytest.mark.parametrize(
    ("fate", "missed"), [("left lying", True), ("approved", False), ("dropped", False)]
)
def test_a_draft_that_nobody_sent_is_said_in_the_next(
    session: Session, rochdale: Seeded, fate: str, missed: bool
) -> None:
    last, manager = draft(session), rochdale.people[MANAGER]
    if fate == "approved":
        editions.approve(session, last, manager, LATER)
    elif fate == "dropped":
        editions.drop(session, last, manager, LATER)
    following = draft(session, key="next", now=NOW + timedelta(days=7))
    assert editions.was_missed(session, following) is missed
    assert not editions.was_missed(session, last)


def test_a_digest_that_was_asked_for_and_sent_makes_up_for_the_draft(
    session: Session, rochdale: Seeded
) -> None:
    draft(session)
    asked = draft(session, key="a", now=LATER, made_for_id=rochdale.people[MANAGER])
    editions.approve(session, asked, rochdale.people[MANAGER], LATER)
    following = draft(session, key="next", now=NOW + timedelta(days=7))
    assert not editions.was_missed(session, following)
    assert editions.last_sent(session) == asked


def test_who_may_see_an_edition(session: Session, rochdale: Seeded) -> None:
    edition = draft(session, made_for_id=rochdale.people[CHAIR])
    chair, other = rochdale.people[CHAIR], rochdale.people["Priya Nair"]
    assert editions.may_see(edition, chair, approves=False)
    assert editions.may_see(edition, other, approves=True)
    assert not editions.may_see(edition, other, approves=False)
    editions.approve(session, edition, rochdale.people[MANAGER], LATER)
    assert editions.may_see(edition, other, approves=False)


def _says(
    session: Session,
    rochdale: Seeded,
    ref: str,
    status: Status,
    when: Any,
    *,
    corrects: int | None = None,
) -> int:
    row = Update(
        action_id=rochdale.actions[ref],
        person_id=rochdale.people["Designated Nurse"],
        at=when,
        status=status,
        note="",
        corrects_id=corrects,
    )
    return seeded.add(session, row)


def test_a_correction_shows_in_the_next_edition_and_not_in_the_one_that_was_sent(
    session: Session, rochdale: Seeded
) -> None:
    wrong = _says(session, rochdale, "1.2", Status.COMPLETE, at(1, 13))
    sent = draft(session)
    assert _changes(sent, "1.2")[0] == (Status.AT_RISK, Status.COMPLETE, False)
    _says(session, rochdale, "1.2", Status.AT_RISK, at(1, 16), corrects=wrong)
    following = draft(session, key="next", now=at(1, 21), period=Period.week_to(at(1, 21).date()))
    assert _changes(sent, "1.2")[0] == (Status.AT_RISK, Status.COMPLETE, False)
    assert _changes(following, "1.2") == [(Status.COMPLETE, Status.AT_RISK, True)]


def test_a_slip_that_was_corrected_the_same_week_was_never_said(
    session: Session, rochdale: Seeded
) -> None:
    wrong = _says(session, rochdale, "1.5", Status.COMPLETE, at(1, 10))
    _says(session, rochdale, "1.5", Status.OFF_TRACK, at(1, 11), corrects=wrong)
    assert _changes(draft(session), "1.5") == [(Status.ON_TRACK, Status.OFF_TRACK, True)]


def test_a_past_week_is_as_it_was_whatever_was_corrected_since(
    session: Session, rochdale: Seeded
) -> None:
    wrong = _says(session, rochdale, "1.5", Status.COMPLETE, at(1, 10))
    before = _changes(draft(session), "1.5")
    _says(session, rochdale, "1.5", Status.OFF_TRACK, at(1, 17), corrects=wrong)
    assert _changes(draft(session, key="again", now=at(1, 18)), "1.5") == before


def _changes(edition: Edition, ref: str) -> list[tuple[Status | None, Status | None, bool]]:
    rows = editions.view_of(edition).changed.rows
    return [(row.before, row.after, row.corrects) for row in rows if row.ref == ref]
