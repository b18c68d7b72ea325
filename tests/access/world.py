"""One partnership in which everything that the role table speaks of is there, with marked words."""

from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session as Db

from storage.audit import record
from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.people import Contact, Person, Role
from storage.surveys import SurveySession
from surveys.definition import Audience
from tests.reminders.small_plan import SmallPlan
from tests.surveys.results.answered import (
    NOW,
    TODAY,
    add_survey,
    answer,
    form,
    practitioners,
)

OWN, GROUP, LATE, QUIET = "marked-own-work", "marked-group-work", "marked-late-work", "marked-quiet"
THEIRS, OURS = "marked-practitioner-words", "marked-practitioner-survey"
UNREAD, READ, HELD, YOUNG = "marked-unread", "marked-reviewed", "marked-held", "marked-young-survey"
REF, CONTACT, NOTED = "MRKDREF2", "marked-contact-4471", "marked.act"
MARKS = (OWN, GROUP, LATE, QUIET, THEIRS, OURS, UNREAD, READ, HELD, YOUNG, REF, CONTACT, NOTED)

LEFT, DEPUTY, BOTH, ELSEWHERE = "left", "deputy", "both", "elsewhere"
"""Somebody who has left, a lead's deputy, a lead who is voice lead too, a lead of another body."""


def email_of(who: str) -> str:
    return f"{who}@rochdale.example"


def shown_in(text: str) -> set[str]:
    """Which marks stand in a text."""
    return {mark for mark in MARKS if mark in text}


def furnish(database: Database) -> dict[str, int]:
    """Everybody and everything; the ids of people by name. Each role's person is called by it."""
    with database.writing() as db:
        people = {role.value: _person(database, db, role.value, role) for role in Role}
        people[LEFT] = _person(database, db, LEFT, Role.REVIEWER, Role.MANAGER, active=False)
        people[DEPUTY] = _person(database, db, DEPUTY, Role.LEAD)
        people[BOTH] = _person(database, db, BOTH, Role.LEAD, Role.VOICE_LEAD)
        people[ELSEWHERE] = _person(database, db, ELSEWHERE, Role.LEAD)
        db.get_one(Person, people["lead"]).deputy_id = people[DEPUTY]
        _plan(db, people)
        _practitioners(db)
        _young_people(db)
        record(db, at=NOW, act=NOTED, subject="thing:1", person_id=people["manager"])
    return people


def _person(database: Database, db: Db, name: str, *roles: Role, active: bool = True) -> int:
    person = Person(
        name=f"The {name}",
        key=name,
        email=email_of(name),
        email_hash=database.keyring.fingerprint("email", email_of(name)),
        roles=[role.value for role in roles],
        active=active,
    )
    db.add(person)
    db.flush()
    return person.id or 0


def _plan(db: Db, people: dict[str, int]) -> None:
    plan = SmallPlan.start(db)
    learning = plan.body("Learning group", chair_person_id=people["chair"])
    other = plan.body("Other group", contact_person_id=people[ELSEWHERE])
    later = TODAY + timedelta(days=200)
    plan.action("1.1", later, bodies=[learning], people=[people["lead"]], text=OWN)
    plan.action("1.2", later, bodies=[learning], text=GROUP)
    plan.action("2.1", date(2023, 10, 2), bodies=[other], text=LATE)
    plan.action("2.2", later, people=[people[BOTH]], text=QUIET)


def _practitioners(db: Db) -> None:
    survey = add_survey(db, form("tool", titles={"en": OURS}))
    answer(db, survey, [{**told, "more": THEIRS} for told in practitioners(20)])


def _young_people(db: Db) -> None:
    definition = form("young", audience=Audience.YOUTH, titles={"en": YOUNG})
    survey = add_survey(db, definition)
    told = [{**one, "more": ""} for one in practitioners(20)]
    for place, words in enumerate((UNREAD, READ, HELD)):
        told[place]["more"] = words
    names = answer(db, survey, told)
    contact = Contact(platform="telegram", address=CONTACT, address_hash="marked")
    db.add(contact)
    db.flush()
    for place, (words, decision) in enumerate(((UNREAD, ""), (READ, "none"), (HELD, "redact"))):
        session = db.get_one(SurveySession, f"s{names[place]}")
        session.contact_id = contact.id
        db.add(
            ReviewItem(
                ref=REF if not decision else f"DNE{place}",
                survey_id=survey.id,
                pseudonym=names[place],
                question="more",
                words=words,
                tier="amber",
                language="en",
                received_at=NOW,
                due_at=NOW + timedelta(hours=8),
                state=ReviewState.CLOSED if decision else ReviewState.WAITING,
                decision=decision,
                decided_at=NOW if decision else None,
            )
        )


def contents_of(folder: Path) -> str:
    """Everything in the files of a folder, as text."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)
