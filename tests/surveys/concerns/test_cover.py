"""Whether young people's words are covered: every missing thing, with what to do."""

from dataclasses import replace
from datetime import date, time

import pytest

from bot.settings import HelpLine
from storage.database import Database
from storage.people import Person, Role
from surveys import concerns
from surveys.definition import Audience, Survey
from surveys.register import CannotOpen, add, example_survey, find, open_survey, pause_survey
from surveys.xlsform import read_xlsform
from tests.surveys.concerns.scene import Scene, local

NOW = "2023-12-04T10:00"
ALWAYS = HelpLine(name="Front door", number="1", local=True)
DAY = HelpLine(name="Day", number="1", local=True, opens=time(9), closes=time(17))
NIGHT = HelpLine(name="Night", number="2", local=True, opens=time(17), closes=time(9))
ELSEWHERE = HelpLine(name="Childline", number="3")


@pytest.fixture(scope="module")
def form() -> Survey:
    found, _ = read_xlsform(example_survey("domestic_abuse_young_people.xlsx"))
    assert found is not None
    return replace(
        found, settings=replace(found.settings, reviewer="rita", deputy="dan"), languages=("en",)
    )


def _missing(scene: Scene, form: Survey, *lines: HelpLine, at: str = NOW) -> tuple[str, ...]:
    with scene.database.reading() as db:
        return concerns.uncovered(db, form, local(at), lines=lines)


def test_every_missing_thing_is_named_with_its_remedy(database: Database, form: Survey) -> None:
    scene = Scene(database, NOW)
    nothing = _missing(scene, form)
    assert len(nothing) == 2
    assert "loop_reviewer" in nothing[0]
    assert "concerns rota add" in nothing[1]
    scene.person("rita", places=())
    scene.person("dan", Role.REVIEWER)
    found = _missing(scene, replace(form, languages=("en", "pl")))
    assert [one.split(" ", 4)[:4] for one in found] == [
        ["the", "reviewer", "(rita)", "may"],
        ["the", "reviewer", "(rita)", "cannot"],
        ["nobody", "reads", "pl:", "name"],
        ["nobody", "is", "on", "call"],
    ]


def _staffed(database: Database) -> tuple[Scene, int, int]:
    scene = Scene(database, NOW)
    return scene, scene.person("rita", Role.REVIEWER), scene.person("dan", Role.REVIEWER)


@pytest.mark.parametrize(
    ("lines", "is_covered"),
    [
        ((), False),
        ((ELSEWHERE,), False),
        ((DAY,), False),
        ((NIGHT,), False),
        ((DAY, NIGHT), True),
        ((ALWAYS,), True),
    ],
    ids=["none", "national", "day", "night", "both", "always"],
)
def test_at_night_a_local_number_is_open_or_somebody_is_on_call(
    database: Database, form: Survey, lines: tuple[HelpLine, ...], is_covered: bool
) -> None:
    scene, _, dan = _staffed(database)
    assert (_missing(scene, form, *lines) == ()) is is_covered
    scene.on_call(dan, "2023-12-04T17:00", "2023-12-12T09:00")
    assert _missing(scene, form) == ()
    assert "Mon 11 Dec 17:00" not in "".join(_missing(scene, form))


def test_both_away_on_the_next_working_day_is_no_cover(database: Database, form: Survey) -> None:
    scene, rita, dan = _staffed(database)
    scene.away(rita, date(2023, 12, 5))
    assert _missing(scene, form, ALWAYS) == ()
    scene.away(dan, date(2023, 12, 5))
    [why] = _missing(scene, form, ALWAYS)
    assert "both rita and dan are away on 05.12.2023" in why


def test_whoever_left_is_no_reviewer(database: Database, form: Survey) -> None:
    scene, rita, _ = _staffed(database)
    with database.writing() as db:
        db.get_one(Person, rita).active = False
    [why] = _missing(scene, form, ALWAYS)
    assert "has left" in why


def test_a_survey_without_young_peoples_words_needs_no_cover(
    database: Database, form: Survey
) -> None:
    scene = Scene(database, NOW)
    grown = replace(form, settings=replace(form.settings, audience=Audience.PRACTITIONERS))
    assert _missing(scene, grown) == ()


def test_what_is_not_covered_does_not_open_and_what_was_paused_is_opened_by_a_person(
    database: Database, form: Survey
) -> None:
    scene, _, _ = _staffed(database)
    slug = form.settings.form_id
    with database.writing() as db:
        add(db, form, now=scene.now)
        with pytest.raises(CannotOpen, match="on call"):
            open_survey(db, slug, form, now=scene.now, covering=concerns.Covering())
        covered = concerns.Covering(lines=(ALWAYS,))
        open_survey(db, slug, form, now=scene.now, covering=covered)
        row = find(db, slug)
        assert row is not None
        assert pause_survey(db, row, now=scene.now)
        assert not pause_survey(db, row, now=scene.now)
        assert (str(row.state), row.closed_at) == ("paused", None)
        open_survey(db, slug, form, now=scene.now, covering=covered)
        assert str(row.state) == "open"
