"""Who is on call, and when nobody is; the rota as a file."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from storage.audit import AuditEntry
from storage.database import Database
from storage.people import Person, Role
from surveys import concerns
from surveys.clock_words import read_instant
from surveys.concerns import NotAllowed
from surveys.concerns.rota_file import import_rota
from tests.surveys.concerns.scene import CALENDAR, CLOCKS, Scene, clock, local

HOLIDAY = "2023-12-22T12:00"  # the Friday before Christmas, a Monday


def _gaps(scene: Scene, until: str) -> list[str]:
    with scene.database.reading() as db:
        found = concerns.gaps(db, scene.now, local(until), calendar=CALENDAR, clocks=CLOCKS)
    return [f"{clock(one.starts_at)} - {clock(one.ends_at)}" for one in found]


def test_without_a_rota_nobody_is_there_over_a_bank_holiday_weekend(database: Database) -> None:
    scene = Scene(database, HOLIDAY)
    assert _gaps(scene, "2023-12-27T12:00") == ["Fri 17:00 - Wed 09:00"]


@pytest.mark.parametrize(
    ("turns", "gaps"),
    [
        ([("2023-12-22T17:00", "2023-12-27T09:00")], []),
        ([("2023-12-22T09:00", "2023-12-28T09:00")], []),
        (
            [("2023-12-22T20:00", "2023-12-26T17:00")],
            ["Fri 17:00 - Fri 20:00", "Tue 17:00 - Wed 09:00"],
        ),
        ([("2023-12-22T17:00", "2023-12-24T09:00"), ("2023-12-24T09:00", "2023-12-27T09:00")], []),
        (
            [("2023-12-22T17:00", "2023-12-24T09:00"), ("2023-12-24T09:30", "2023-12-27T09:00")],
            ["Sun 09:00 - Sun 09:30"],
        ),
        (
            [("2023-12-23T00:00", "2023-12-24T00:00"), ("2023-12-23T12:00", "2023-12-25T00:00")],
            ["Fri 17:00 - Sat 00:00", "Mon 00:00 - Wed 09:00"],
        ),
    ],
)
def test_gaps_are_what_no_turn_covers(
    database: Database, turns: list[tuple[str, str]], gaps: list[str]
) -> None:
    scene = Scene(database, HOLIDAY)
    for n, (starts, ends) in enumerate(turns):
        scene.on_call(scene.person(f"p{n}", Role.REVIEWER), starts, ends)
    assert _gaps(scene, "2023-12-27T12:00") == gaps


def test_a_turn_of_somebody_on_leave_covers_nothing_until_they_are_back(
    database: Database,
) -> None:
    scene = Scene(database, HOLIDAY)
    olga = scene.person("olga", Role.REVIEWER)
    scene.on_call(olga, "2023-12-22T17:00", "2023-12-27T09:00")
    scene.away(olga, date(2023, 12, 24))
    assert _gaps(scene, "2023-12-27T12:00") == ["Fri 17:00 - Mon 00:00"]
    with database.reading() as db:
        assert concerns.on_call(db, local("2023-12-23T12:00")) == []
        assert [one.name for one in concerns.on_call(db, local("2023-12-25T12:00"))] == ["olga"]


def test_the_night_on_which_the_clocks_change_is_covered_to_the_hour(database: Database) -> None:
    for n, day in enumerate(("2024-03-30", "2024-10-26")):
        scene = Scene(database, f"{day}T12:00")
        starts, ends = f"{day}T12:00", f"{day[:-2]}{int(day[-2:]) + 1}T12:00"
        scene.on_call(scene.person(f"p{n}", Role.REVIEWER), starts, ends)
        assert _gaps(scene, ends) == []
    assert local("2024-03-31T12:00") - local("2024-03-30T12:00") == timedelta(hours=23)


@pytest.mark.parametrize(
    ("starts", "ends", "why"),
    [
        ("2023-12-23T17:00", "2023-12-23T09:00", "ends before it begins"),
        ("2023-12-01T17:00", "2023-12-02T09:00", "over already"),
        ("2023-12-22T17:00", "2024-03-02T09:00", "longer than"),
        ("2023-12-24T17:00", "2023-12-29T09:00", "on call then already"),
    ],
)
def test_a_turn_that_cannot_be_is_refused_with_what_to_do(
    database: Database, starts: str, ends: str, why: str
) -> None:
    scene = Scene(database, HOLIDAY)
    olga = scene.person("olga", Role.REVIEWER)
    scene.on_call(olga, "2023-12-22T17:00", "2023-12-27T09:00")
    with database.writing() as db, pytest.raises(NotAllowed, match=why):
        concerns.add_shift(db, olga, local(starts), local(ends), now=scene.now)


def test_nobody_but_a_reviewer_is_on_call_and_every_change_is_in_the_log(
    database: Database,
) -> None:
    scene = Scene(database, HOLIDAY)
    mona, olga = scene.person("mona", Role.MANAGER), scene.person("olga", Role.REVIEWER)
    with database.writing() as db:
        with pytest.raises(NotAllowed, match="no reviewer"):
            concerns.add_shift(
                db, mona, scene.now, scene.now + timedelta(hours=1), now=scene.now, by_id=mona
            )
        row = concerns.add_shift(
            db, olga, scene.now, scene.now + timedelta(hours=1), now=scene.now, by_id=mona
        )
        assert row.id is not None
        concerns.remove_shift(db, row.id, now=scene.now, by_id=mona)
        with pytest.raises(NotAllowed, match="no turn"):
            concerns.remove_shift(db, row.id, now=scene.now, by_id=mona)
        assert concerns.shifts(db) == []
        acts = [(one.act, one.person_id) for one in db.exec(select(AuditEntry))]
    assert acts == [("rota.added", mona), ("rota.removed", mona)]


GOOD = """person,from,until
olga,2023-12-22 17:00,2023-12-23 09:00
rob,23/12/2023 09:00,2023-12-24T09:00
"""


def _import(scene: Scene, path: Path, text: str | bytes) -> tuple[int, list[str]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with scene.database.writing() as db:
        added, issues = import_rota(db, path, now=scene.now)
    return added, [f"{issue.place.row}: {issue.problem}" for issue in issues]


def test_a_file_is_imported_once_however_often_it_is_given(
    database: Database, tmp_path: Path
) -> None:
    scene = Scene(database, HOLIDAY)
    scene.person("olga", Role.REVIEWER)
    scene.person("rob", Role.REVIEWER)
    assert _import(scene, tmp_path / "rota.csv", GOOD) == (2, [])
    assert _import(scene, tmp_path / "rota.csv", GOOD.replace(",", ";")) == (0, [])
    with database.reading() as db:
        assert [(one.name, clock(one.starts_at)) for one in concerns.shifts(db)] == [
            ("olga", "Fri 17:00"),
            ("rob", "Sat 09:00"),
        ]


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("", ["1: No column is headed person or from or until."]),
        ("who,from\nolga,x", ["1: No column is headed until."]),
        ("person,from,until\n\n,,\n", ["None: There is no turn in the file."]),
        (b"\x89PNG\x00", ["None: The file is not a CSV table."]),
        (
            f"{GOOD}nobody,2023-12-22 17:00,2023-12-23 09:00",
            ["4: Nobody in the people list has this e-mail."],
        ),
        (GOOD + "olga,tomorrow,2023-12-23 09:00\n", ["4: The time under 'from' cannot be read."]),
        (GOOD + "olga,2023-12-24 17:00\n", ["4: The time under 'until' cannot be read."]),
        (
            GOOD + "olga,2023-12-22 20:00,2023-12-23 12:00\n",
            ["4: It overlaps an earlier line of the same person."],
        ),
        (GOOD + "mona,2023-12-24 17:00,2023-12-25 09:00\n", ["4: This person is no reviewer."]),
        (
            GOOD + "olga,2023-12-25 17:00,2023-12-25 09:00\n=1+1,\n",
            ["4: It ends before it begins.", "5: Nobody in the people list has this e-mail."],
        ),
    ],
)
def test_each_bad_line_is_named_and_nothing_is_half_imported(
    database: Database, tmp_path: Path, text: str | bytes, issues: list[str]
) -> None:
    scene = Scene(database, HOLIDAY)
    for name in ("olga", "rob"):
        scene.person(name, Role.REVIEWER)
    scene.person("mona", Role.MANAGER)
    assert _import(scene, tmp_path / "rota.csv", text) == (0, issues)
    with database.reading() as db:
        assert concerns.shifts(db) == []


def test_a_time_that_the_clocks_skip_is_no_time() -> None:
    assert read_instant("2024-03-31 01:30") is None
    assert read_instant("2024-03-31 02:30") == local("2024-03-31T02:30")
    assert read_instant(" 2024-10-27 01:30 ") == local("2024-10-27T01:30")


def test_people_say_what_they_read_whatever_its_region_is_called() -> None:
    amira = Person(name="Amira", reads=["en", "ur-Latn"])
    assert concerns.reads(amira, "ur")
    assert concerns.reads(amira, "EN-GB")
    assert not concerns.reads(amira, "pl")
    assert concerns.reads(Person(name="Ann"), "en")
