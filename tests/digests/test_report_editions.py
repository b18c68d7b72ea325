"""Reports that were kept: worded, approved, and the same ever after."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from digests import editions
from digests.edition_files import file_of, made_of
from digests.editions import Settled
from digests.paper_formats import draw
from digests.period import Period
from digests.picture import Unreadable
from digests.themes import Refused
from storage.editions import Edition, EditionState
from storage.plans import Action
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded

PERIOD = Period.quarter_of(WEEK.end)


def made(session: Session, kind: str = "annual", subject: str = "", hours: int = 0) -> Edition:
    return editions.make(
        session,
        kind,
        PERIOD,
        subject=subject,
        now=NOW + timedelta(hours=hours),
        calendar=CALENDAR,
    )


def test_what_was_kept_reads_the_same_whatever_becomes_of_the_plan(
    session: Session, rochdale: Seeded
) -> None:
    edition = made(session)
    before = draw(editions.paper_of(edition), "html")
    action = session.get_one(Action, rochdale.actions["1.2"])
    action.text = "Something quite different"
    session.add(action)
    session.flush()
    assert draw(editions.paper_of(edition), "html") == before


def test_a_managers_words_stand_in_it_and_their_name_below(
    session: Session, rochdale: Seeded
) -> None:
    edition = made(session, "highlight", "qa")
    manager = rochdale.people["Business Manager"]
    words = {"opening": "A hard winter.\nWe got through.", "slipped": "The schools were shut."}
    editions.edit_words(session, edition, words, manager, NOW)
    paper = editions.paper_of(edition)
    assert paper.opening == ("A hard winter.", "We got through.")
    assert paper.remarks == {"slipped": "The schools were shut."}
    assert "Business Manager" in paper.whose
    assert "The schools were shut." in draw(paper, "md")


def test_an_approved_report_changes_no_more(session: Session, rochdale: Seeded) -> None:
    edition, manager = made(session), rochdale.people["Business Manager"]
    editions.approve(session, edition, manager, NOW)
    with pytest.raises(Settled):
        editions.edit_words(session, edition, {"opening": "Late"}, manager, NOW)


def test_a_new_draft_of_the_same_period_takes_the_words_of_the_old_one_along(
    session: Session, rochdale: Seeded
) -> None:
    first, manager = made(session), rochdale.people["Business Manager"]
    editions.edit_words(session, first, {"opening": "Our year."}, manager, NOW)
    second = made(session, hours=1)
    session.refresh(first)
    assert first.state is EditionState.DROPPED
    assert editions.paper_of(second).opening == ("Our year.",)


def test_reports_of_different_periods_do_not_overtake_each_other(
    session: Session, rochdale: Seeded
) -> None:
    winter = made(session)
    editions.make(
        session, "annual", PERIOD.after(), now=NOW + timedelta(hours=1), calendar=CALENDAR
    )
    assert editions.is_open(session, winter)


def test_a_report_is_no_weekly_digest_to_chat(session: Session, rochdale: Seeded) -> None:
    edition, manager = made(session), rochdale.people["Business Manager"]
    assert editions.newest_open(session, manager) is None
    editions.approve(session, edition, manager, NOW)
    assert editions.last_sent(session) is None


def test_the_same_report_has_the_same_bytes_as_a_file(session: Session, rochdale: Seeded) -> None:
    edition = made(session, "highlight", "qa")
    one, two = (file_of(session, edition, "pdf") for _ in range(2))
    assert one.content == two.content
    assert one.content.startswith(b"%PDF")
    word = made_of(editions.paper_of(edition), "docx")
    assert (word.name, word.problem) == (f"highlight-qa-{PERIOD.end}.docx", "")


def test_a_kind_that_is_not_there_is_refused_with_those_that_are(
    session: Session, rochdale: Seeded
) -> None:
    with pytest.raises(Refused, match="highlight, annual"):
        made(session, "horoscope")


def test_what_another_version_kept_is_not_drawn_but_named(
    session: Session, rochdale: Seeded
) -> None:
    edition = made(session)
    edition.view = '{"about": 1}'
    with pytest.raises(Unreadable, match="another version"):
        editions.paper_of(edition)
    assert not editions.is_readable(edition)
