"""Who is told what and when, until somebody has it: transcripts with a clock driven by hand."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from storage.database import Database
from storage.mail import Outbox
from storage.people import Role
from storage.types import Keyring
from surveys import concerns
from surveys.screening import Tier
from tests.backends import SqliteBackend
from tests.surveys.concerns.scene import CALENDAR, CLOCKS, Scene, local

REVIEWER, MANAGER = Role.REVIEWER, Role.MANAGER


def _office(database: Database, now: str) -> tuple[Scene, dict[str, int], int]:
    scene = Scene(database, now)
    people = {name: scene.person(name, REVIEWER) for name in ("rita", "dan", "olga", "rob")} | {
        "mona": scene.person("mona", MANAGER)
    }
    return scene, people, scene.survey(people["rita"], people["dan"])


def test_a_red_in_hours_goes_from_one_to_the_next_until_the_managers_hear(
    database: Database,
) -> None:
    scene, people, survey = _office(database, "2023-12-04T10:00")
    scene.on_call(people["olga"], "2023-12-04T09:00", "2023-12-05T09:00")
    scene.text(Tier.RED, survey)
    scene.until("2023-12-04T11:00")
    assert scene.told("concern_alert", "concern_unheard") == [
        "Mon 10:00 rita console concern_alert",
        "Mon 10:15 rita console concern_alert",
        "Mon 10:15 dan console concern_alert",
        "Mon 10:30 rita console concern_alert",
        "Mon 10:30 dan console concern_alert",
        "Mon 10:30 olga console concern_alert",
        "Mon 10:45 rita console concern_alert",
        "Mon 10:45 dan console concern_alert",
        "Mon 10:45 olga console concern_alert",
        "Mon 10:45 rob console concern_alert",
        "Mon 11:00 rita console concern_alert",
        "Mon 11:00 dan console concern_alert",
        "Mon 11:00 olga console concern_alert",
        "Mon 11:00 rob console concern_alert",
        "Mon 11:00 mona console concern_unheard",
    ]


def test_a_red_at_night_goes_to_the_on_call_first(database: Database) -> None:
    scene, people, survey = _office(database, "2023-12-22T17:00")
    scene.on_call(people["olga"], "2023-12-22T17:00", "2023-12-27T09:00")
    scene.now = local("2023-12-22T23:40")
    scene.text(Tier.RED, survey)
    scene.until("2023-12-22T23:56")
    assert scene.told("concern_alert") == [
        "Fri 23:40 olga console concern_alert",
        "Fri 23:55 olga console concern_alert",
        "Fri 23:55 rita console concern_alert",
    ]


def test_a_red_goes_to_every_place_and_an_amber_to_one(database: Database) -> None:
    scene = Scene(database, "2023-12-04T10:00")
    rita = scene.person("rita", REVIEWER, places=("email", "slack", "pager"))
    survey = scene.survey(rita, None)
    scene.text(Tier.RED, survey)
    assert scene.told() == [
        f"Mon 10:00 rita {place} concern_alert" for place in ("email", "slack", "pager")
    ]
    scene.text(Tier.AMBER, survey)
    assert scene.told() == ["Mon 10:00 rita slack concern_alert"]


def test_an_amber_of_the_night_is_said_in_the_morning_and_repeated_in_hours_alone(
    database: Database,
) -> None:
    scene, _, survey = _office(database, "2023-12-22T23:30")
    scene.text(Tier.AMBER, survey)
    assert scene.told() == ["Wed 09:00 rita console concern_alert"]
    scene.until("2023-12-26T23:30", every=240)
    scene.until("2023-12-27T17:30", every=30)
    assert scene.told("concern_alert") == [
        "Wed 17:00 rita console concern_alert",
        "Wed 17:00 dan console concern_alert",
    ]
    scene.until("2023-12-28T10:30", every=30)
    assert scene.told("concern_alert") == [
        f"Thu {hour} {name} console concern_alert"
        for hour, names in (("09:00", "rita dan olga rob"), ("10:00", "rita dan olga rob"))
        for name in names.split()
    ]


def test_who_cannot_be_reached_is_passed_over_at_once(database: Database) -> None:
    scene, people, survey = _office(database, "2023-12-04T10:00")
    scene.lose(people["rita"])
    ref = scene.text(Tier.RED, survey)
    assert scene.told() == ["Mon 10:00 dan console concern_alert"]
    scene.lose(people["dan"])  # found out by sending
    scene.now += timedelta(minutes=1)
    scene.minute()
    assert scene.told() == [
        "Mon 10:01 olga console concern_alert",
        "Mon 10:01 rob console concern_alert",
    ]
    assert "not delivered" in scene.whats(ref)
    with database.reading() as db:
        assert concerns.undelivered(db) == []


def test_whoever_is_away_has_a_stand_in_and_who_reads_the_language_comes_first(
    database: Database,
) -> None:
    scene = Scene(database, "2023-12-04T10:00")
    rita = scene.person("rita", REVIEWER)
    dan = scene.person("dan", REVIEWER, reads=("en", "pl"))
    sue = scene.person("sue", REVIEWER)
    survey = scene.survey(rita, dan)
    scene.text(Tier.RED, survey, language="pl")
    assert scene.told() == ["Mon 10:00 dan console concern_alert"]
    scene.away(rita, date(2023, 12, 8), stand_in=sue)
    scene.text(Tier.RED, survey)
    assert scene.told() == ["Mon 10:00 sue console concern_alert"]


def test_acknowledging_stops_all_and_says_in_every_place_who_has_it(database: Database) -> None:
    scene = Scene(database, "2023-12-04T10:00")
    rita = scene.person("rita", REVIEWER, places=("slack", "teams", "email", "pager"))
    dan = scene.person("dan", REVIEWER, places=("email",))
    ref = scene.text(Tier.RED, scene.survey(rita, dan))
    scene.until("2023-12-04T10:15")
    scene.sent()
    scene.told()
    with database.writing() as db:
        item = concerns.find(db, ref)
        assert item is not None
        assert concerns.acknowledge(db, item, person_id=rita, now=scene.now)
        assert not concerns.acknowledge(db, item, person_id=dan, now=scene.now)
    assert sorted(scene.told()) == [
        "Mon 10:15 dan email concern_taken",
        "Mon 10:15 rita slack concern_taken",
        "Mon 10:15 rita teams concern_taken",
    ]
    scene.until("2023-12-04T13:00", every=15)
    assert scene.told() == []


def test_what_is_handed_back_is_told_again_at_once(database: Database) -> None:
    scene, people, survey = _office(database, "2023-12-04T10:00")
    ref = scene.text(Tier.RED, survey)
    with database.writing() as db:
        item = concerns.find(db, ref)
        assert item is not None
        concerns.acknowledge(db, item, person_id=people["rita"], now=scene.now)
        with pytest.raises(concerns.NotAllowed, match="not with you"):
            concerns.hand_back(db, item, person_id=people["dan"], now=scene.now)
        concerns.hand_back(db, item, person_id=people["rita"], now=scene.now)
    scene.told()
    scene.until("2023-12-04T10:01")
    assert scene.told() == ["Mon 10:01 rita console concern_alert"]


def test_two_nodes_that_look_at_once_tell_everybody_once(database: Database) -> None:
    scene, _, survey = _office(database, "2023-12-04T10:00")
    ref = scene.text(Tier.RED, survey)
    scene.told()
    scene.now = local("2023-12-04T10:15")
    scene.minute()
    first = scene.told("concern_alert")
    scene.minute()
    assert len(first) == 2
    assert scene.told("concern_alert") == []
    assert scene.item(ref).alerts == 2


def test_no_message_carries_a_word(database: Database) -> None:
    scene, _, survey = _office(database, "2023-12-04T10:00")
    scene.text(Tier.RED, survey)
    scene.until("2023-12-04T12:00", every=15)
    with database.reading() as db:
        assert all("a text" not in row.params for row in db.exec(select(Outbox)))


def test_where_nobody_at_all_can_be_told_the_doctor_can_say_so(database: Database) -> None:
    scene = Scene(database, "2023-12-04T10:00")
    ref = scene.text(Tier.RED, None)
    scene.minute()
    with database.reading() as db:
        lost = concerns.unreachable(db, now=scene.now, calendar=CALENDAR, clocks=CLOCKS)
        assert [item.ref for item in lost] == [ref]
    scene.person("rita", REVIEWER)
    scene.until("2023-12-04T10:02")
    assert scene.told() == ["Mon 10:01 rita console concern_alert"]


def test_every_reviewer_hears_once_a_day_in_hours_how_many_are_overdue(
    database: Database,
) -> None:
    scene, _, survey = _office(database, "2023-12-04T10:00")
    scene.text(Tier.NONE, survey)
    for day, hour in (("04", "23:00"), ("05", "09:59"), ("05", "10:00"), ("05", "12:00")):
        scene.now = local(f"2023-12-{day}T{hour}")
        scene.minute()
    assert sorted(scene.told()) == [
        f"Tue 10:00 {name} console concerns_overdue" for name in ("dan", "olga", "rita", "rob")
    ]


_NAMES = ("rita", "dan", "olga", "rob")
_STEP = timedelta(minutes=5)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    away=st.sets(st.sampled_from(_NAMES)),
    unreached=st.sets(st.sampled_from(_NAMES)),
    called=st.sampled_from((*_NAMES, "")),
    at=st.sampled_from(("2023-12-04T10:07", "2023-12-22T23:40", "2023-12-25T03:00")),
)
def test_an_unacknowledged_red_is_never_silent_whoever_is_absent(
    tmp_path: Path, keyring: Keyring, away: set[str], unreached: set[str], called: str, at: str
) -> None:
    with SqliteBackend(tmp_path).prepared() as url, Database(url, keyring) as database:
        _never_silent(database, away, unreached, called, at)


def _never_silent(
    database: Database, away: set[str], unreached: set[str], called: str, at: str
) -> None:
    scene, people, survey = _office(database, at)
    for name in away:
        scene.away(people[name], date(2024, 1, 31))
    for name in unreached:
        scene.lose(people[name])
    if called:
        scene.on_call(people[called], "2023-12-04T09:00", "2023-12-31T09:00")
    begun = scene.now
    scene.text(Tier.RED, survey)
    for _ in range(18):
        scene.now += _STEP
        scene.minute()
    with database.reading() as db:
        wanted = col(Outbox.intent).in_(["concern_alert", "concern_unheard"])
        rows = list(db.exec(select(Outbox).where(wanted)))
    times = sorted({row.created_at for row in rows})
    assert times[0] <= begun + _STEP
    longest = CLOCKS.repeat_red + _STEP
    assert all(b - a <= longest for a, b in pairwise([*times, scene.now]))
    reached = [{row.contact_id for row in rows if row.created_at == at} for at in times]
    assert all(one <= other for one, other in pairwise(reached)), "a circle that grows"
    assert len(reached[-1]) == len(set(_NAMES) - unreached) + 1


def test_many_reds_of_one_person_are_one_alert_until_somebody_has_the_first(
    database: Database,
) -> None:
    scene, people, survey = _office(database, "2023-12-04T10:00")
    first = scene.text(Tier.RED, survey, pseudonym="ann")
    more = [scene.text(Tier.RED, survey, pseudonym="ann") for _ in range(119)]
    scene.text(Tier.AMBER, survey, pseudonym="ann")
    scene.text(Tier.RED, survey, pseudonym="ben")
    assert scene.told("concern_alert") == ["Mon 10:00 rita console concern_alert"] * 2
    assert scene.whats(more[7]) == [f"gathered with {first}"]
    assert scene.item(more[7]).due_at == scene.now + timedelta(minutes=15)
    scene.minute()
    assert scene.told("concern_alert") == []
    scene.now += timedelta(minutes=5)
    with database.writing() as db:
        item = concerns.find(db, first)
        assert item is not None
        concerns.acknowledge(db, item, person_id=people["rita"], now=scene.now)
    scene.until("2023-12-04T10:16")
    # Once for ann's others, which wait past their time, and ben's again, one step further.
    alerts = scene.told("concern_alert")
    assert alerts.count("Mon 10:15 rita console concern_alert") == 2
    assert alerts.count("Mon 10:15 dan console concern_alert") == 1


def test_handing_over_many_reds_of_one_person_pages_the_on_call_once(database: Database) -> None:
    scene, people, survey = _office(database, "2023-12-04T16:55")
    scene.on_call(people["olga"], "2023-12-04T17:00", "2023-12-05T09:00")
    refs = [scene.text(Tier.RED, survey, pseudonym="ann") for _ in range(20)]
    scene.told()
    with database.writing() as db:
        concerns.hand_over(db, people["rita"], scene.now)
    assert scene.told("concern_alert").count("Mon 16:55 olga console concern_alert") == 1
    assert {scene.item(ref).passed_to_id for ref in refs} == {people["olga"]}


def test_the_record_of_an_anonymous_text_names_no_other_text(database: Database) -> None:
    scene, people, _ = _office(database, "2023-12-04T10:00")
    survey = scene.survey(people["rita"], people["dan"], mode="anonymous")
    scene.text(Tier.RED, survey, pseudonym="drawn")
    second = scene.text(Tier.RED, survey, pseudonym="drawn")
    assert scene.whats(second) == ["gathered"]
