"""Open surveys are looked at again and again; one that nobody could be sure to read has a break."""

from datetime import date

import pytest

from bot.cover_watch import advice_on_opening, covering_of, watch_cover
from bot.settings import DEFAULT_HELP_LINES, HelpLine
from storage.people import Person, Role
from storage.surveys import Survey, SurveyState
from surveys.register import open_survey
from tests.bot.stage import YOUTH, Stage, form_of

LOCAL = HelpLine(name="Front door", number="0300 303 0440", local=True)
READS = ["en", "pl", "ur", "ar", "ro"]


@pytest.fixture
def covered(stage: Stage) -> Stage:
    """The survey of young people, open, with all that it needs."""
    stage.configure(help_lines=(*DEFAULT_HELP_LINES, LOCAL))
    stage.reviewers()
    stage.person("manager", Role.MANAGER)
    with stage.database.writing() as db:
        for row in stage.rows(Person):
            db.get_one(Person, row.id).reads = READS
    return stage


def _leave(stage: Stage, *names: str) -> None:
    with stage.database.writing() as db:
        for row in stage.rows(Person):
            if row.name in names:
                db.get_one(Person, row.id).away_until = date(2024, 1, 31)


def _state(stage: Stage) -> SurveyState:
    [row] = stage.rows(Survey, Survey.audience == "youth")
    assert isinstance(row, Survey)
    return row.state


def test_what_is_covered_stays_open(covered: Stage) -> None:
    covered.open()
    assert watch_cover(covered.app) == []
    assert _state(covered) is SurveyState.OPEN


def test_when_cover_fails_newcomers_those_under_way_and_the_staff_are_told(
    covered: Stage,
) -> None:
    token = covered.open()
    covered.say("kit", f"/start {token}", "1")
    _leave(covered, "reviewer", "deputy")
    [slug] = watch_cover(covered.app)
    assert watch_cover(covered.app) == [], "once"
    covered.deliver()
    under_way = covered.heard("kit")[-1]
    assert "having a break" in under_way
    assert "kept, and a person will read it" in under_way
    assert "Childline" in under_way
    assert "having a break" in covered.say("new", f"/start {token}")
    for who in ("manager", "reviewer"):
        told = covered.heard(who)[-1]
        assert "both reviewer and deputy are away" in told
        assert f"survey open {slug}" in told


def test_a_person_opens_it_again_and_the_code_brings_back(covered: Stage) -> None:
    token = covered.open()
    covered.say("kit", f"/start {token}", "1", "2")
    _leave(covered, "reviewer", "deputy")
    watch_cover(covered.app)
    covered.deliver()
    code = covered.heard("kit")[-1].partition("brings you back: ")[2].split()[0]
    with covered.database.writing() as db:
        for row in covered.rows(Person):
            db.get_one(Person, row.id).away_until = None
        form = form_of(YOUTH)
        covering = covering_of(covered.app.around)
        open_survey(db, form.settings.form_id, form, now=covered.now, covering=covering)
    assert _state(covered) is SurveyState.OPEN
    assert "Question 2 of 7" in covered.say("other phone", code)


def test_on_a_day_without_school_opening_comes_with_advice(stage: Stage) -> None:
    form = form_of(YOUTH)
    assert advice_on_opening(form, stage.app.around) == ""
    stage.later(days=22)  # the Tuesday after Christmas
    assert "Schools are closed" in advice_on_opening(form, stage.app.around)
