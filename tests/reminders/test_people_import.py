"""Importing people from a list: by e-mail, once each, with whatever is wrong named by cell."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from reminders.people_import import import_people, read_people
from storage.audit import AuditEntry
from storage.database import Database
from storage.issues import Severity
from storage.people import Person
from storage.plans import Body
from tests.reminders.plan_files import codes, save, sheet_of
from tests.reminders.plans_made import action, bring_in, plan, snapshot

HEAD = "E-mail,Name,Agency,Roles,Body,Language\n"


def by_name(db: Session) -> list[Person]:
    """Everybody, by name."""
    return list(db.exec(select(Person).order_by(Person.name)))


def listed(folder: Path, *lines: str, head: str = HEAD) -> Path:
    """A list of people as a CSV file."""
    path = folder / "people.csv"
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_people_come_in_with_their_roles_and_language(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    path = listed(
        tmp_path,
        "sam@example.org,Sam Lee,Police,lead; voice lead,,pl",
        "kim@example.org,Kim,NHS,Reviewer,,",
    )
    with database.writing() as db:
        result = import_people(db, path, now=now)
        assert (result.added, result.issues) == (2, ())
        kim, sam = by_name(db)
        assert (sam.name, sam.agency, sam.language) == ("Sam Lee", "Police", "pl")
        assert sam.roles == ["lead", "voice_lead"]
        assert kim.roles == ["reviewer"]
        assert kim.email_hash == database.keyring.fingerprint("email", "kim@example.org")
        entry = db.exec(select(AuditEntry)).one()
        assert entry.act == "people imported"
        assert "example.org" not in entry.detail


def test_importing_again_updates_by_e_mail_and_never_doubles(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    with database.writing() as db:
        import_people(db, listed(tmp_path, "sam@example.org,Sam,,lead,,"), now=now)
        path = listed(tmp_path, "SAM@example.org,Sam Lee,,manager,,")
        again = import_people(db, path, now=now)
        assert (again.added, again.changed) == (0, 1)
        person = db.exec(select(Person)).one()
        assert (person.name, person.roles) == ("Sam Lee", ["manager"])
        before = snapshot(db)
        assert import_people(db, path, now=now).unchanged == 1
        assert snapshot(db) == before


def test_two_people_whose_addresses_begin_alike_are_two(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    path = listed(tmp_path, "qa@one.example,QA one,,,,", "qa@two.example,QA two,,,,")
    with database.writing() as db:
        assert import_people(db, path, now=now).added == 2


def test_who_is_listed_with_a_body_becomes_its_contact_or_chair(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    path = listed(
        tmp_path,
        "sam@example.org,Sam,,lead,Quality Assurance Sub-group,",
        "kim@example.org,Kim,,chair,qa,",
        "lou@example.org,Lou,,lead,qa,",
    )
    with database.writing() as db:
        bring_in(db, plan(action("1.1")), now)
        result = import_people(db, path, now=now)
        body = db.exec(select(Body).where(Body.key == "qa")).one()
        named = {row.id: row.name for row in db.exec(select(Person).order_by(col(Person.id)))}
        assert named[body.contact_person_id] == "Sam"
        assert named[body.chair_person_id] == "Kim"
        assert codes(result.issues) == ["post-taken", "post-taken"]
        assert import_people(db, path, now=now).changed == 0


def test_what_is_wrong_is_named_by_cell_and_the_rest_comes_in(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    sheet = sheet_of(
        [
            ("Name", "E-mail", "Roles", "Body", "Language"),
            ("Sam", "not an address", "lead", None, None),
            ("Kim", "kim@example.org", "wizard", "Unheard Of", "the language of the sea"),
            (None, "lou@example.org", "lead", None, None),
        ],
        title="people",
    )
    with database.writing() as db:
        result = import_people(db, save(sheet, tmp_path, "people.xlsx"), now=now)
        assert {issue.code: str(issue.place) for issue in result.issues} == {
            "not-an-e-mail": "people.xlsx [people] B2",
            "no-e-mail": "people.xlsx [people] 2",
            "role-unknown": "people.xlsx [people] 3",
            "language-unknown": "people.xlsx [people] 3",
            "lead-unknown": "people.xlsx [people] D3",
            "cell-missing": "people.xlsx [people] A4",
        }
        assert all(issue.remedy for issue in result.issues)
        assert [person.name for person in by_name(db)] == ["Kim", "Sam"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("people.csv", b"", "file-empty"),
        ("people.xlsx", b"Name,E-mail\nSam,sam@example.org\n", "not-what-its-name-says"),
        ("people.csv", HEAD.encode(), "nobody-in-it"),
        ("people.csv", b"a,b\n1,2\n", "no-heading-row"),
    ],
)
def test_a_file_without_people_leaves_the_database_untouched(
    database: Database, now: datetime, tmp_path: Path, name: str, data: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with database.writing() as db:
        before = snapshot(db)
        result = import_people(db, path, now=now)
        assert codes(result.issues, Severity.ERROR) == [code]
        assert result.total == 0
        assert snapshot(db) == before
    assert read_people(path)[0] == ()
