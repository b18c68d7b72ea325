"""What is read of publications is the same on both databases."""

from datetime import timedelta

from bot.web.public.published import Owed, latest, newest_of_each, owed
from storage.database import Database
from storage.surveys import Survey, SurveyState
from tests.bot.web.public import scene
from tests.bot.web.public.scene import NOW


def test_the_newest_of_a_survey_stands_for_it_and_all_are_in_its_feed(database: Database) -> None:
    found = scene.seed(database)
    with database.reading() as db:
        assert (newest_of_each(db), latest(db)) == ([], [])
        assert owed(db, "help-at-home") is not None
        assert owed(db, "no-such-one") is None
    first = scene.publish_one_more(database, found)
    second = scene.publish_one_more(database, found, "Warm rooms", at=NOW + timedelta(days=1))
    with database.reading() as db:
        [newest] = newest_of_each(db)
        assert (newest.id, newest.view) == (second.publication_id, second.view)
        for every in (latest(db), latest(db, "help-at-home")):
            assert [one.id for one in every] == [second.publication_id, first.publication_id]
            assert len({one.urn for one in every}) == 2
        assert latest(db, "no-such-one") == []


def test_nothing_is_owed_of_a_survey_that_nobody_could_answer(database: Database) -> None:
    found = scene.seed(database)
    with database.writing() as db:
        row = db.get_one(Survey, found.survey)
        row.state = SurveyState.DRAFT
    with database.reading() as db:
        assert owed(db, "help-at-home") is None
    with database.writing() as db:
        db.get_one(Survey, found.survey).state = SurveyState.CLOSED
    with database.reading() as db:
        assert isinstance(owed(db, "help-at-home"), Owed)
