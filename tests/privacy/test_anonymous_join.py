"""Whoever has the whole database joins no answer of an anonymous survey to a contact."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from storage.anonymous import PooledResponse, TookPart
from storage.backup import copy_to
from storage.database import Database
from storage.surveys import SurveySession
from storage.types import Keyring
from surveys.definition import Mode
from tests.bot.conftest import staged
from tests.bot.stage import Stage
from tests.privacy.adversary import Looked, Seen, attack, look
from tests.privacy.crowd import PEOPLE, Crowd

WAVES = 3


def _shown(found: Sequence[object]) -> str:
    return "\n".join(map(str, found[:12]))


def test_no_attack_on_an_anonymous_survey_beats_chance(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.reviewers()
    crowds = [Crowd(stage, Mode.ANONYMOUS, seed) for seed in range(WAVES)]
    for crowd in crowds:
        crowd.answer()
        stage.later(days=1)
    assert stage.rows(PooledResponse) == []
    assert len(stage.rows(TookPart, TookPart.has_finished)) == WAVES * PEOPLE
    assert {row.contact_id for row in stage.rows(SurveySession)} == {None}
    found = attack([crowd.wave() for crowd in crowds], look(stage.database))
    assert found == [], _shown(found)
    written = "".join(capsys.readouterr())
    for crowd in crowds:
        assert not [one for one in crowd.people if one.name in written or one.text in written]


def test_a_backup_from_half_way_does_not_help(
    sqlite_database: Database, keyring: Keyring, tmp_path: Path
) -> None:
    with staged(sqlite_database) as stage:
        stage.reviewers()
        crowds = [Crowd(stage, Mode.ANONYMOUS, seed) for seed in range(2)]
        for number, crowd in enumerate(crowds):
            target = tmp_path / f"copy{number}.db"
            crowd.answer(half_way=partial(copy_to, sqlite_database, target, now=stage.now))
            stage.later(days=1)
        waves, now = [crowd.wave() for crowd in crowds], look(sqlite_database)
    then = Seen()
    for number, wave in enumerate(waves):
        with Database(f"sqlite:///{tmp_path}/copy{number}.db", keyring) as copy:
            theirs = look(copy).contacts.of([row[0] for row in wave.truth])
        for name, values in theirs.values.items():
            then.values[name].update(values)
    assert then.values["took_part.contact_id"]
    found = attack(waves, Looked(then, now.answers, now.texts))
    assert found == [], _shown(found)


def test_the_same_attacks_find_who_said_what_in_a_confidential_survey(stage: Stage) -> None:
    stage.reviewers()
    crowds = [Crowd(stage, Mode.CONFIDENTIAL, seed) for seed in range(2)]
    for crowd in crowds:
        crowd.answer(close=False)
        stage.later(days=1)
    found = attack([crowd.wave() for crowd in crowds], look(stage.database))
    assert {one.attack for one in found} == {"equal values", "nearest", "order"}
