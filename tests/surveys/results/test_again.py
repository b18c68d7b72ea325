"""A second look at results: what two looks, two viewers or two publications would give away."""

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, delete, select

from storage.audit import AuditEntry
from storage.database import Database
from storage.surveys import Answer, SessionState, Survey, SurveySession, SurveyState, SurveyVersion
from storage.voice import Publication
from surveys.results import NoResults, Wanted, as_seen, look, settle
from surveys.results.view import BY_INVITATION
from surveys.sessions import Forms
from surveys.suppression import Audience
from tests.surveys.results.answered import (
    AGENCIES,
    NOW,
    TODAY,
    add_survey,
    answer,
    form,
    many,
)
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


def test_no_second_breakdown_goes_out_after_a_publication_that_had_none(
    database: Database,
) -> None:
    told = [{"agency": a, "used": u} for a in AGENCIES for u in ("yes", "no")] * 12
    with database.writing() as db:
        survey = add_survey(db, form())
        answer(db, survey, told, group="North")
    public = {"seen_by": Audience.PUBLIC}
    assert seen(database, by="agency", **public).breakdowns
    with database.writing() as db:
        answer(db, survey, told, start=1000, group="South")
    assert seen(database, **public).people == 190
    with pytest.raises(NoResults, match="went out by agency"):
        seen(database, by=BY_INVITATION, **public)


def test_what_goes_to_the_public_is_held_against_everything_that_went_out_before(
    database: Database,
) -> None:
    with database.writing() as db:
        survey = add_survey(db, form())
        answer(db, survey, many(yes=40, no=40))
        later = answer(db, survey, many(yes=12), start=500)
        gone = answer(db, survey, many(yes=11), start=600)
        for name in (*later, *gone):
            _hide(db, name, hidden=True)
    public = {"seen_by": Audience.PUBLIC}
    assert counts(seen(database, **public), "used") == {"yes": 40, "no": 40}
    with database.writing() as db:
        for name in (*later, *gone):
            _hide(db, name, hidden=False)
    assert counts(seen(database, **public), "used") == {"yes": 65, "no": 40}
    with database.writing() as db:
        for name in (*gone, *later[:11]):
            _hide(db, name, hidden=True)
    # 41 could be subtracted from the first 40, though it is far enough from the second.
    assert counts(seen(database, **public), "used") == {"yes": 65, "no": 40}


def _hide(db: Db, pseudonym: str, *, hidden: bool) -> None:
    """Takes one person's session and answers out of the survey, or back into it."""
    row = db.exec(select(SurveySession).where(SurveySession.pseudonym == pseudonym)).one()
    row.state = SessionState.DELETED if hidden else SessionState.COMPLETE
    told = db.get_one(Answer, (pseudonym, "used"))
    told.round = 9 if hidden else 1
    told.version_id = row.version_id
    told.value = None if hidden else "yes"


@pytest.mark.parametrize(
    ("language", "told", "safe"),
    [("en", "yes", True), ("pl", "yes", False), ("en", "", False)],
)
def test_languages_and_who_gave_no_answer_are_compared_before_they_go_out_again(
    database: Database, language: str, told: str, *, safe: bool
) -> None:
    with database.writing() as db:
        survey = add_survey(db, form(languages=("en", "pl")))
        answer(db, survey, many(yes=40, no=20, maybe=3, perhaps=12))
        answer(db, survey, [{} for _ in range(15)], start=200)
        answer(db, survey, many(yes=20), start=300, language="pl")
    public = {"seen_by": Audience.PUBLIC}
    before = seen(database, **public)
    with database.writing() as db:
        answer(db, survey, many(yes=19), start=400)
        one = [{"used": told}] if told else [{}]
        answer(db, survey, one, start=500, language=language)
    assert (seen(database, **public) != before) is safe


def test_a_threshold_that_is_raised_hides_more_at_the_next_look(database: Database) -> None:
    with database.writing() as db:
        survey = add_survey(db, form())
        answer(db, survey, many(yes=30, no=7))
    assert counts(seen(database), "used") == {"yes": 30, "no": 7}
    _raise_threshold(database, survey, 8)
    found = seen(database)
    assert counts(found, "used") == {"yes": None, "no": None}
    assert found.threshold == 8


def test_a_threshold_that_is_raised_does_not_show_who_came_since(database: Database) -> None:
    with database.writing() as db:
        survey = add_survey(db, form())
        answer(db, survey, many(yes=30, no=12))
    before = seen(database)
    come(database, survey, 100, no=1)
    _raise_threshold(database, survey, 8)
    assert seen(database) == before


def _raise_threshold(database: Database, survey: Survey, threshold: int) -> None:
    with database.writing() as db:
        row = db.get_one(Survey, survey.id)
        made = form(threshold=threshold)
        version = SurveyVersion(
            slug="tool", fingerprint="raised", definition=made.to_json(), added_at=NOW
        )
        db.add(version)
        db.flush()
        row.version_id = version.id


def test_a_breakdown_that_cannot_be_made_is_published_once(database: Database) -> None:
    with database.writing() as db:
        answer(db, add_survey(db, form()), many(yes=25, no=15))
    public = {"seen_by": Audience.PUBLIC, "by": "agency"}
    assert seen(database, **public) == seen(database, **public)
    with database.reading() as db:
        assert len(db.exec(select(Publication)).all()) == 1
