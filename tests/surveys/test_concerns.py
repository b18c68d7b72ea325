"""The review queue: its clocks, who must agree, and what is left when it is done."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from storage.calendar import LONDON, Calendar
from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.mail import Outbox
from storage.people import Contact, Person, Role
from storage.surveys import SessionState, SurveySession
from surveys.concerns import (
    Decision,
    NotAllowed,
    close,
    due_at,
    events,
    pass_on,
    review_row,
    waiting,
)
from surveys.screening import Screening, Tier
from surveys.sessions import queue_for_review
from tests.storage.respondents import Respondents

CALENDAR = Calendar()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("tier", "received", "due"),
    [
        ("red", "2023-12-04T10:00", "2023-12-04T10:15"),
        ("red", "2023-12-22T23:40", "2023-12-22T23:55"),  # never pauses, not at Christmas either
        ("amber", "2023-12-04T10:00", "2023-12-04T17:00"),
        ("amber", "2023-12-04T17:30", "2023-12-05T17:00"),
        ("amber", "2023-12-22T18:00", "2023-12-27T17:00"),  # over a weekend and bank holidays
        ("none", "2023-12-04T10:00", "2023-12-05T10:00"),
        ("unsure", "2023-12-08T16:00", "2023-12-11T16:00"),
        ("none", "2023-12-09T12:00", "2023-12-11T17:00"),
    ],
)
def test_each_tier_has_its_clock(tier: str, received: str, due: str) -> None:
    assert due_at(tier, local(received), CALENDAR) == local(due)


def person(db: Session, email: str) -> int:
    found = Person(email=email, email_hash=email[:32], name=email, roles=[Role.REVIEWER])
    db.add(found)
    db.flush()
    assert found.id is not None
    db.add(Contact(platform="console", address=email, address_hash=email, person_id=found.id))
    db.flush()
    return found.id


def item(db: Session, tier: Tier, now: datetime, pseudonym: str | None = None) -> ReviewItem:
    row = review_row(
        survey_id=None,
        pseudonym=pseudonym,
        question="change",
        words="a text",
        screening=Screening(tier, (), (), "1"),
        language="en",
        group_name="",
        now=now,
        calendar=CALENDAR,
    )
    queue_for_review(db, [row])
    return db.exec(select(ReviewItem).where(ReviewItem.ref == row["ref"])).one()


def test_red_comes_first_whenever_it_came(database: Database, now: datetime) -> None:
    with database.writing() as db:
        calm, red = item(db, Tier.NONE, now), item(db, Tier.RED, now)
        assert [one.id for one in waiting(db)] == [red.id, calm.id]


def test_a_red_is_not_closed_by_one_person_alone(database: Database, now: datetime) -> None:
    with database.writing() as db:
        first, second = person(db, "first@rochdale.example"), person(db, "second@rochdale.example")
        red = item(db, Tier.RED, now)
        for alone in (None, first):
            with pytest.raises(NotAllowed, match="second reviewer"):
                close(
                    db, red, person_id=first, decision=Decision.MASH, reason="harm", now=now,
                    second_person_id=alone,
                )  # fmt: skip
        close(
            db, red, person_id=first, decision=Decision.MASH, reason="harm", now=now,
            second_person_id=second,
        )  # fmt: skip
        db.flush()
        assert red.state is ReviewState.CLOSED
        assert {event.person_id for event in events(db, red)} == {first, second}


def test_a_referral_needs_a_reason_and_a_decision_is_never_overwritten(
    database: Database, now: datetime
) -> None:
    with database.writing() as db:
        reviewer = person(db, "first@rochdale.example")
        found = item(db, Tier.NONE, now)
        with pytest.raises(NotAllowed, match="reason"):
            close(db, found, person_id=reviewer, decision=Decision.LADO, reason=" ", now=now)
        close(db, found, person_id=reviewer, decision=Decision.NONE, reason="", now=now)
        with pytest.raises(NotAllowed, match="closed already"):
            close(db, found, person_id=reviewer, decision=Decision.MASH, reason="x", now=now)


def test_words_that_were_deleted_before_they_were_read_go_once_they_were(
    database: Database, now: datetime
) -> None:
    people = Respondents(database, now)
    people.session("one", people.survey("s"), state=SessionState.DELETED)
    with database.writing() as db:
        reviewer = person(db, "first@rochdale.example")
        session = db.exec(select(SurveySession)).one()
        found = item(db, Tier.NONE, now, pseudonym=session.pseudonym)
        close(db, found, person_id=reviewer, decision=Decision.NONE, reason="", now=now)
        assert (found.words, found.pseudonym) == ("", None)


def test_what_is_overdue_is_passed_on_again_and_again_and_every_reviewer_hears_the_count(
    database: Database,
) -> None:
    start = local("2023-12-04T10:00")
    with database.writing() as db:
        person(db, "first@rochdale.example")
        person(db, "second@rochdale.example")
        item(db, Tier.RED, start)
        assert pass_on(db, now=local("2023-12-04T10:14")) == 0
        first = pass_on(db, now=local("2023-12-04T10:15"))
        assert pass_on(db, now=local("2023-12-04T10:16")) == 0
        assert pass_on(db, now=local("2023-12-04T10:30")) == 2
        intents = [row.intent for row in db.exec(select(Outbox))]
        assert first == 4
        assert sorted(set(intents)) == ["concern_alert", "concerns_overdue"]
        assert all("text" not in row.params for row in db.exec(select(Outbox)))
