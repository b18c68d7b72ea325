"""The close of hours: one message, one press; and what passes without one."""

import pytest
from sqlmodel import select

from storage.audit import AuditEntry
from storage.database import Database
from storage.people import Role
from surveys import concerns
from surveys.concerns import HandOver, NotAllowed
from surveys.screening import Tier
from tests.surveys.concerns.scene import CALENDAR, Scene, clock, local

FRIDAY = "2023-12-22T16:00"


class Friday:
    """The Friday before Christmas: Rita and Dan work, Olga is on call from five."""

    def __init__(self, database: Database, *, on_call: bool = True) -> None:
        self.scene = Scene(database, FRIDAY)
        self.rita = self.scene.person("rita", Role.REVIEWER)
        self.dan = self.scene.person("dan", Role.REVIEWER)
        self.olga = self.scene.person("olga", Role.REVIEWER)
        if on_call:
            self.scene.on_call(self.olga, "2023-12-22T17:00", "2023-12-27T09:00")
        self.survey = self.scene.survey(self.rita, self.dan)
        self.database = database

    def press(self, person_id: int) -> HandOver:
        with self.database.writing() as db:
            return concerns.hand_over(db, person_id, self.scene.now)


def test_half_an_hour_before_the_close_whoever_has_something_unread_is_asked_once(
    database: Database,
) -> None:
    friday = Friday(database)
    scene = friday.scene
    for _ in range(2):
        scene.text(Tier.NONE, friday.survey)
    scene.until("2023-12-22T16:59")
    assert scene.told() == ["Fri 16:30 rita console hand_over_offer"]
    with database.reading() as db:
        [what] = concerns.hand_over_due(db, scene.now)
    assert (what.red_waiting, what.unread, what.to, clock(what.at)) == (0, 2, "olga", "Fri 17:00")


def test_where_nothing_is_unread_or_it_is_no_working_day_nobody_is_asked(
    database: Database,
) -> None:
    friday = Friday(database)
    scene = friday.scene
    with database.reading() as db:
        assert concerns.hand_over_due(db, local("2023-12-22T16:45")) == ()
    scene.text(Tier.NONE, friday.survey)
    with database.reading() as db:
        for at in ("2023-12-22T16:29", "2023-12-22T17:00", "2023-12-23T16:45"):
            assert concerns.hand_over_due(db, local(at)) == ()
        assert len(concerns.hand_over_due(db, local("2023-12-22T16:45"))) == 1


def test_one_press_hands_over_and_the_on_call_is_told(database: Database) -> None:
    friday = Friday(database)
    scene = friday.scene
    calm, red = scene.text(Tier.NONE, friday.survey), scene.text(Tier.RED, friday.survey)
    scene.told()
    scene.now = local("2023-12-22T16:50")
    what = friday.press(friday.rita)
    assert (what.red_waiting, what.unread, what.to) == (1, 1, "olga")
    assert scene.told() == [
        "Fri 16:50 olga console concern_alert",
        "Fri 16:50 rita console concern_alert",
        "Fri 16:50 olga console handed_over",
    ]
    assert [scene.item(ref).passed_to_id for ref in (calm, red)] == [friday.olga] * 2
    assert "handed over" in scene.whats(calm)
    assert friday.press(friday.rita).unread == 0, "a second press hands nothing over"
    with database.reading() as db:
        acts = [(one.act, one.person_id) for one in db.exec(select(AuditEntry))]
        assert concerns.hand_over_of(db, friday.olga, scene.now).unread == 1
    assert ("concerns.handed_over", friday.rita) in acts


def test_with_nobody_on_call_nothing_is_handed_over_and_it_is_said(database: Database) -> None:
    friday = Friday(database, on_call=False)
    friday.scene.text(Tier.NONE, friday.survey)
    with pytest.raises(NotAllowed, match="Nobody is on call from 17:00"):
        friday.press(friday.rita)


def test_at_the_close_a_red_passes_by_itself_and_the_rest_waits_for_the_morning(
    database: Database,
) -> None:
    friday = Friday(database)
    scene = friday.scene
    scene.now = local("2023-12-22T16:52")
    red, amber = scene.text(Tier.RED, friday.survey), scene.text(Tier.AMBER, friday.survey)
    calm = scene.text(Tier.NONE, friday.survey)
    scene.told()
    scene.until("2023-12-22T17:01")
    assert scene.told("concern_alert") == [
        "Fri 17:00 olga console concern_alert",
        "Fri 17:00 rita console concern_alert",
        "Fri 17:00 olga console concern_alert",
        "Fri 17:00 rita console concern_alert",
    ]
    assert scene.item(red).passed_to_id == friday.olga
    assert scene.item(amber).passed_to_id is None
    assert scene.item(calm).passed_to_id is None
    assert scene.whats(red).count("passed at close") == 1


def test_a_red_that_somebody_has_stays_with_them(database: Database) -> None:
    friday = Friday(database)
    scene = friday.scene
    ref = scene.text(Tier.RED, friday.survey)
    with database.writing() as db:
        item = concerns.find(db, ref)
        assert item is not None
        concerns.acknowledge(db, item, person_id=friday.rita, now=scene.now)
    scene.told()
    scene.until("2023-12-22T17:30", every=5)
    assert scene.told() == []
    assert scene.item(ref).passed_to_id is None


def test_what_was_handed_over_is_repeated_to_the_on_call_at_night(database: Database) -> None:
    friday = Friday(database)
    scene = friday.scene
    scene.text(Tier.AMBER, friday.survey)
    scene.now = local("2023-12-22T16:50")
    friday.press(friday.rita)
    scene.told()
    scene.until("2023-12-22T18:30", every=10)
    heard = [line for line in scene.told("concern_alert") if "olga" in line]
    assert heard == [
        "Fri 17:00 olga console concern_alert",
        "Fri 18:00 olga console concern_alert",
    ]
    assert CALENDAR.is_working_day(local(FRIDAY).date())
