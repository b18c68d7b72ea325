"""Starting a campaign again, and twice at once."""

from dataclasses import replace
from datetime import datetime
from threading import Barrier, Thread

import pytest

from storage.database import Database
from storage.invitations import CampaignMember
from storage.surveys import Invite
from storage.types import Keyring
from tests.surveys.campaigns.scene import Scene


@pytest.fixture
def scene(database: Database, now: datetime) -> Scene:
    return Scene(database, now)


def test_a_newcomer_is_asked_though_there_is_no_time_left_to_ask_everyone(scene: Scene) -> None:
    scene.people(30)
    scene.open()
    scene.pace = replace(scene.pace, cap_per_hour=10)
    last = scene.calendar.local_date(scene.now)
    assert scene.start(closes_on=last).taken == 30
    scene.people(1)
    scene.later(hours=5)
    assert scene.start(closes_on=last).taken == 1


def test_two_who_start_it_at_once_take_everybody_in_once_with_one_token_each(
    scene: Scene, database_url: str, keyring: Keyring
) -> None:
    people = scene.people(40)
    survey_id = scene.open()
    gate, failed, found = Barrier(2), [], []

    def node() -> None:
        try:
            with Database(database_url, keyring) as own:
                gate.wait(20)
                found.append(replace(scene, database=own).start())
        except Exception as error:  # noqa: BLE001 - the test thread must learn of it
            failed.append(error)

    threads = [Thread(target=node) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert sum(one.taken for one in found) == len(people)
    assert len(scene.rows(CampaignMember)) == len(scene.rows(Invite)) == len(people)
    assert {row.survey_id for row in scene.rows(Invite)} == {survey_id}
