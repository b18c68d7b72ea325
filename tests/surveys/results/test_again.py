"""A second look at results: what two looks, two viewers or two publications would give away."""

import pytest
from sqlmodel import col, delete, select

from storage.audit import AuditEntry
from storage.database import Database
from storage.surveys import Answer, Survey, SurveyState
from storage.voice import Publication
from surveys.results import NoResults, Wanted, as_seen, look, settle
from surveys.results.view import BY_INVITATION
from surveys.sessions import Forms
from surveys.suppression import Audience
from tests.surveys.results.answered import NOW, TODAY, add_survey, answer, form, many
from tests.surveys.results.test_figures import counts, filled, seen


def running(database: Database, people: int = 40) -> Survey:
    with database.writing() as db:
        survey = add_survey(db, form(), state=SurveyState.OPEN)
        answer(db, survey, many(yes=people - 15, no=15))
    return survey


def come(database: Database, survey: Survey, start: int, **told: int) -> None:
    with database.writing() as db:
        answer(db, survey, many(**told), start=start)


def test_two_looks_an_hour_apart_do_not_tell_what_one_person_said(database: Database) -> None:
    survey = running(database)
    before = seen(database)
    for number in range(4):
        come(database, survey, 100 + number, no=1)
        assert seen(database) == before
    come(database, survey, 104, no=1)
    after = seen(database)
    assert counts(after, "used") == {"yes": 25, "no": 20}
    assert after.people == 45


def test_while_people_answer_everything_is_to_the_nearest_five(database: Database) -> None:
    survey = running(database, 43)
    assert counts(seen(database), "used") == {"yes": 30, "no": 15}
    with database.writing() as db:
        row = db.get(Survey, survey.id)
        assert row is not None
        row.state = SurveyState.CLOSED
    assert counts(seen(database), "used") == {"yes": 28, "no": 15}


def test_who_deletes_their_answers_is_not_found_by_the_difference(database: Database) -> None:
    filled(database, 50)
    before = seen(database)
    with database.writing() as db:
        db.exec(delete(Answer).where(col(Answer.pseudonym) == "tool1-000007"))
    assert seen(database) == before


def test_an_answer_that_is_changed_does_not_move_the_figures(database: Database) -> None:
    filled(database, 50)
    before = seen(database)
    with database.writing() as db:
        told = db.get(Answer, ("tool1-000007", "used"))
        assert told is not None
        told.value = "yes" if told.value == "no" else "no"
    assert seen(database) == before


def test_two_who_look_at_once_see_the_same(database: Database) -> None:
    survey = running(database)
    wanted = Wanted("tool")
    with database.reading() as db:
        first = look(db, Forms(), wanted, today=TODAY)
    come(database, survey, 100, no=1)
    with database.reading() as db:
        second = look(db, Forms(), wanted, today=TODAY)
    assert first.results != second.results
    with database.writing() as db:
        shown = settle(db, first, now=NOW)
    with database.writing() as db:
        assert settle(db, second, now=NOW) == shown
    assert as_seen(shown) == seen(database)


def test_later_figures_for_the_public_wait_until_no_difference_is_small(
    database: Database,
) -> None:
    with database.writing() as db:
        survey = add_survey(db, form())
        answer(db, survey, many(yes=25, no=15))
    public = {"seen_by": Audience.PUBLIC}
    before = seen(database, **public)
    assert counts(before, "used") == {"yes": 25, "no": 15}
    come(database, survey, 100, yes=11, no=1)
    assert seen(database, **public) == before
    come(database, survey, 200, no=9)
    after = seen(database, **public)
    assert counts(after, "used") == {"yes": 35, "no": 25}
    with database.reading() as db:
        kept = db.exec(select(Publication).order_by(col(Publication.id))).all()
        acts = db.exec(select(AuditEntry.act)).all()
    assert len(kept) == 2
    assert acts.count("results.public") == 2


def test_the_public_gets_one_breakdown_of_the_same_people_and_no_second(
    database: Database,
) -> None:
    filled(database, 90)
    public = {"seen_by": Audience.PUBLIC}
    assert seen(database, **public).breakdowns == ()
    assert [b.by for b in seen(database, by="agency", **public).breakdowns] == ["agency"]
    with pytest.raises(NoResults, match="went out by agency"):
        seen(database, by=BY_INVITATION, **public)
