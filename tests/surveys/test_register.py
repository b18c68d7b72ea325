"""What may be opened, and what may replace what is open."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlmodel import Session

from storage.database import Database
from storage.people import Person
from storage.surveys import SurveyState
from storage.types import Keyring
from surveys.definition import Audience, Mode, Survey
from surveys.register import CannotOpen, add, close_due, example_survey, find, open_survey
from surveys.sessions import Forms
from surveys.xlsform import read_xlsform

YOUTH = "domestic_abuse_young_people"


@pytest.fixture(scope="module")
def form() -> Survey:
    found, issues = read_xlsform(example_survey(f"{YOUTH}.xlsx"))
    assert found is not None, issues
    return found


def with_reviewers(db: Session, keyring: Keyring) -> None:
    for email in ("reviewer@rochdale.example", "deputy@rochdale.example"):
        db.add(Person(email=email, email_hash=keyring.fingerprint("email", email), name=email))
    db.flush()


def changed(form: Survey, **settings: object) -> Survey:
    return replace(form, settings=replace(form.settings, **settings))  # type: ignore[arg-type]


def test_a_young_peoples_survey_does_not_open_without_two_known_reviewers(
    database: Database, form: Survey, now: datetime
) -> None:
    with database.writing() as db:
        add(db, form, now=now)
        with pytest.raises(CannotOpen, match="named reviewer"):
            open_survey(db, YOUTH, form, now=now)


def test_an_anonymous_survey_that_breaks_its_promise_is_refused_with_what_to_do(
    database: Database, form: Survey, now: datetime
) -> None:
    hidden = changed(form, mode=Mode.ANONYMOUS, follow_up_of="another", follow_up_months=6)
    with database.writing() as db:
        add(db, hidden, now=now)
        with pytest.raises(CannotOpen, match="loop_mode to confidential"):
            open_survey(db, YOUTH, hidden, now=now)


@pytest.mark.parametrize(
    "settings",
    [
        {"reviewer": "", "deputy": ""},
        {"mode": Mode.ANONYMOUS},
        {"audience": Audience.PRACTITIONERS},
    ],
)
def test_a_new_version_of_an_open_survey_cannot_break_what_was_promised(
    database: Database,
    keyring: Keyring,
    form: Survey,
    now: datetime,
    settings: dict[str, object],
) -> None:
    with database.writing() as db:
        with_reviewers(db, keyring)
        before = add(db, form, now=now).survey.version_id
        open_survey(db, YOUTH, form, now=now)
        with pytest.raises(CannotOpen):
            add(db, changed(form, **settings), now=now)
        row = find(db, YOUTH)
        assert row is not None
        assert (row.version_id, row.state) == (before, SurveyState.OPEN)


def test_a_survey_closes_by_itself_after_its_last_day(
    database: Database, keyring: Keyring, form: Survey, now: datetime
) -> None:
    last = date(2024, 1, 12)
    with database.writing() as db:
        with_reviewers(db, keyring)
        add(db, changed(form, closes=last), now=now)
        open_survey(db, YOUTH, form, now=now)
        assert close_due(db, Forms(), now=now, today=last) == []
        assert close_due(db, Forms(), now=now, today=date(2024, 1, 13)) == [YOUTH]
        row = find(db, YOUTH)
        assert row is not None
        assert row.state is SurveyState.CLOSED
