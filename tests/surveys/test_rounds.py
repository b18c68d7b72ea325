"""Surveys that come round: opened when due, once, closed after the same length, and counted."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from storage.calendar import Calendar
from storage.database import Database
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveyRound, SurveyState
from surveys import register, round_rows, rounds
from surveys.definition import Audience, Recurrence, Survey
from surveys.register import CannotOpen
from surveys.sessions import Forms
from tests.surveys.campaigns.scene import PRACTITIONERS, Scene

MONTHLY = replace(
    PRACTITIONERS, settings=replace(PRACTITIONERS.settings, recurs=Recurrence.MONTHLY)
)


@pytest.fixture
def scene(database: Database, now: datetime) -> Scene:
    return Scene(database, now)


def _due(scene: Scene) -> list[rounds.Opened]:
    with scene.database.writing() as db:
        today = scene.calendar.local_date(scene.now)
        return rounds.open_due(db, Forms(), now=scene.now, today=today, calendar=scene.calendar)


def _rounds(scene: Scene) -> list[SurveyRound]:
    return sorted(scene.rows(SurveyRound), key=lambda row: row.number)


def _with(form: Survey, **settings: object) -> Survey:
    return replace(form, settings=replace(form.settings, **settings))  # type: ignore[arg-type]


def test_opening_and_closing_keep_the_round(scene: Scene) -> None:
    scene.open()
    [first] = _rounds(scene)
    assert (first.number, first.name, first.closed_at, first.next_on) == (
        1,
        "December 2023",
        None,
        None,
    )
    with scene.database.writing() as db:
        register.close_survey(db, "needs", now=scene.now + timedelta(days=3))
    assert _rounds(scene)[0].closed_at == scene.now + timedelta(days=3)
    scene.open()
    assert [row.closed_at for row in _rounds(scene)] == [None]


def test_a_due_round_opens_once_and_the_one_before_closes(scene: Scene) -> None:
    survey_id = scene.open(MONTHLY)
    assert _rounds(scene)[0].next_on == date(2024, 1, 2)
    assert _due(scene) == []
    scene.later(days=32)
    assert _due(scene) == [rounds.Opened("needs", 2, "January 2024")]
    assert _due(scene) == []
    first, second = _rounds(scene)
    assert first.closed_at == second.opened_at == scene.now
    assert second.next_on == date(2024, 2, 1)
    with scene.database.reading() as db:
        assert db.get_one(SurveyRow, survey_id).round == 2


def test_a_program_that_was_down_for_months_opens_one_round(scene: Scene) -> None:
    scene.open(MONTHLY)
    scene.later(days=100)
    assert [one.name for one in _due(scene)] == ["March 2024"]
    assert _rounds(scene)[-1].next_on == date(2024, 4, 2)


def test_later_rounds_are_as_long_as_the_first(scene: Scene) -> None:
    scene.open(_with(MONTHLY, closes=date(2023, 12, 15)))
    scene.later(days=15)
    assert register_close(scene) == ["needs"]
    scene.later(days=17)
    _due(scene)
    second = _rounds(scene)[-1]
    assert second.closes_on == date(2024, 1, 16)
    assert register_close(scene) == []
    scene.later(days=15)
    assert register_close(scene) == ["needs"]


def register_close(scene: Scene) -> list[str]:
    with scene.database.writing() as db:
        today = scene.calendar.local_date(scene.now)
        return register.close_due(db, Forms(), now=scene.now, today=today)


def test_a_round_that_only_the_next_one_ended_has_no_length(scene: Scene) -> None:
    scene.open(MONTHLY)
    scene.later(days=32)
    _due(scene)
    assert _rounds(scene)[-1].closes_on is None


def test_a_person_may_start_a_round_early_or_stop_them_all(scene: Scene) -> None:
    scene.open(MONTHLY)
    with scene.database.writing() as db:
        opened = rounds.start(db, "needs", MONTHLY, now=scene.now, calendar=scene.calendar)
        assert (opened.number, opened.name) == (2, "December 2023 (2)")
        rounds.stop(db, "needs", now=scene.now)
    scene.later(days=100)
    assert _due(scene) == []


def test_a_survey_that_was_never_open_has_no_next_round(scene: Scene) -> None:
    with scene.database.writing() as db:
        register.add(db, MONTHLY, now=scene.now)
        with pytest.raises(CannotOpen, match="survey open needs"):
            rounds.start(db, "needs", MONTHLY, now=scene.now, calendar=Calendar())
        with pytest.raises(CannotOpen, match="no round"):
            rounds.stop(db, "needs", now=scene.now)


def test_a_round_waits_where_a_promise_cannot_be_kept(scene: Scene) -> None:
    survey_id = scene.open(MONTHLY)
    broken = _with(MONTHLY, audience=Audience.YOUTH)
    with scene.database.writing() as db:
        row = db.get_one(SurveyRow, survey_id)
        version = register.add(db, _with(broken, form_id="other"), now=scene.now).survey
        row.version_id = version.version_id
    scene.later(days=32)
    [found] = _due(scene)
    assert "cannot change" in found.problem
    with scene.database.reading() as db:
        row = db.get_one(SurveyRow, survey_id)
        assert (row.round, row.state) == (1, SurveyState.OPEN)


def test_a_form_that_no_longer_recurs_opens_no_further_round(scene: Scene) -> None:
    scene.open(MONTHLY)
    with scene.database.writing() as db:
        register.add(db, PRACTITIONERS, now=scene.now)
    scene.later(days=32)
    assert _due(scene) == []
    assert _rounds(scene)[0].next_on is None


def test_the_last_day_of_a_form_counts_for_the_round_it_lies_in(scene: Scene) -> None:
    settings = _with(MONTHLY, closes=date(2023, 12, 15)).settings
    calendar = Calendar()
    old = SurveyRound(survey_id=1, number=1, opened_at=scene.now)
    new = SurveyRound(
        survey_id=1,
        number=2,
        opened_at=scene.now + timedelta(days=40),
        closes_on=date(2024, 1, 20),
    )
    assert round_rows.last_day(old, settings, calendar) == date(2023, 12, 15)
    assert round_rows.last_day(new, settings, calendar) == date(2024, 1, 20)
    assert round_rows.last_day(None, settings, calendar) == date(2023, 12, 15)
