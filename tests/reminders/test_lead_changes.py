"""Who leads changes with an import: whoever came or went is told, each in one message."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from reminders.plan_rows import BodyRow, PersonRow, PlanRows
from storage.database import Database
from storage.mail import Outbox
from storage.people import Contact, Person
from storage.plans import Nudge
from tests.reminders.plans_made import BODIES, NURSE, TODAY, action, bring_in, plan

SAM = PersonRow("sam", "Sam Taylor", "Police", "sam@example.org", ("lead",))
QA = BodyRow("qa", "Quality Assurance Subgroup", "subgroup", "qa@example.org")


def _rows(*leads: tuple[str, ...], qa: BodyRow = QA) -> PlanRows:
    actions = [action(f"1.{at}", leads=names) for at, names in enumerate(leads, 1)]
    return plan(*actions, people=(NURSE, SAM), bodies=(qa, *BODIES[1:]))


def _reached(db: Session) -> None:
    for person in db.exec(select(Person)).all():
        name = f"c{person.id}"
        db.add(Contact(platform="console", address=name, address_hash=name, person_id=person.id))
    db.flush()


def _told(db: Session) -> list[tuple[str, str, list[int], str]]:
    """Intent, to whom, which actions, and the other person."""
    found = db.exec(
        select(Outbox, Person.email)
        .join(Contact, col(Contact.id) == col(Outbox.contact_id))
        .join(Person, col(Person.id) == col(Contact.person_id))
        .order_by(col(Outbox.id))
    ).all()
    told = []
    for row, email in found:
        params: dict[str, Any] = json.loads(row.params)
        other = db.get(Person, params.get("to") or 0)
        name = (other.email or "") if other is not None else ""
        told.append((row.intent, email or "", params["actions"], name))
    return told


@pytest.fixture
def start() -> PlanRows:
    return _rows(("nurse",), ("nurse",), ("qa",))


def test_the_first_import_tells_nobody_and_the_same_again_neither(
    database: Database, now: datetime, start: PlanRows
) -> None:
    with database.writing() as db:
        bring_in(db, start, now)
        _reached(db)
        bring_in(db, start, now)
        assert _told(db) == []


def test_a_lead_who_is_changed_hears_it_once_for_all_actions(
    database: Database, now: datetime, start: PlanRows
) -> None:
    with database.writing() as db:
        bring_in(db, start, now)
        _reached(db)
        changed = _rows(("sam",), ("sam",), ("qa",))
        bring_in(db, changed, now)
        expected = [
            ("no_longer_yours", "nurse@example.org", [1, 2], "sam@example.org"),
            ("yours_now", "sam@example.org", [1, 2], ""),
        ]
        assert _told(db) == expected
        asked = db.exec(select(Nudge)).all()
        assert [(one.action_id, one.queued_on, one.stage) for one in asked] == [
            (1, TODAY, "given"),
            (2, TODAY, "given"),
        ]
        bring_in(db, changed, now + timedelta(hours=1))
        assert _told(db) == expected, "the same file again changes nothing"


def test_a_bodys_new_contact_is_told_and_the_former_one(
    database: Database, now: datetime, start: PlanRows
) -> None:
    with database.writing() as db:
        bring_in(db, start, now)
        _reached(db)
        new = replace(QA, contact="sam@example.org")
        bring_in(db, _rows(("nurse",), ("nurse",), ("qa",), qa=new), now)
        assert _told(db) == [
            ("no_longer_yours", "qa@example.org", [3], "sam@example.org"),
            ("yours_now", "sam@example.org", [3], ""),
        ]


def test_what_comes_back_to_somebody_is_asked_anew(
    database: Database, now: datetime, start: PlanRows
) -> None:
    other = _rows(("sam",), ("nurse",), ("qa",))
    with database.writing() as db:
        bring_in(db, start, now)
        _reached(db)
        for number, rows in enumerate((other, start, other), 1):
            bring_in(db, rows, now + timedelta(hours=number))
        sams = [one for one in _told(db) if one[0] == "yours_now" and one[1] == "sam@example.org"]
        assert len(sams) == 2
        last = db.exec(select(Outbox).order_by(col(Outbox.id).desc())).first()
        assert last is not None
        batch = json.loads(last.params)["batch"]
        [asked] = db.exec(select(Nudge).where(Nudge.batch == batch)).all()
        assert asked.answered_at is None
