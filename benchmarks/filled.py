"""Databases far fuller than a partnership's own: ten thousand actions, a million answers.

Written table by table, so that filling takes seconds; the keys are fixed, because a child process
opens the same file.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.people import Contact, ContactState, Person
from storage.plans import (
    Action,
    ActionLead,
    Body,
    Indicator,
    IndicatorReading,
    Partnership,
    Plan,
)
from storage.surveys import Answer, SessionState, Survey, SurveySession, SurveyState, SurveyVersion
from storage.types import Keyring
from storage.voice import Theme, ThemeCoding
from surveys.screening import Tier

KEYRING = Keyring({"benchmark": b"k" * 32}, b"l" * 32)
FRIDAY = date(2023, 12, 1)
NOW = datetime(2023, 12, 1, 9, tzinfo=UTC)
PEOPLE = 500
BODIES = 40
QUESTIONS = 8
GROUPS = 20
THEMES = 12
INDICATORS = 40
READINGS = 8
_OPENED = datetime(2023, 11, 20, 9, tzinfo=UTC)


def database(path: Path) -> Database:
    """The database in this file."""
    return Database(f"sqlite:///{path}", KEYRING)


def fill(path: Path, *, actions: int, answers: int, surveys: int = 1) -> None:
    """A new file with so many open actions, and so many answers, shared out over the surveys."""
    with database(path) as made:
        made.create_all()
        with made.writing() as db:
            _people(db)
            _plan(db, actions)
            _indicators(db)
            for number in range(1, surveys + 1 if answers else 1):
                _survey(db, number, answers // QUESTIONS // surveys)
        made.fold_log()


def _many(db: Session, table: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
    db.connection().execute(insert(table.__table__), list(rows))  # type: ignore[attr-defined]


def _people(db: Session) -> None:
    _many(db, Person, ({"id": n, "name": f"Lead {n}"} for n in range(1, PEOPLE + 1)))
    contacts = (
        {
            "platform": "console",
            "address": f"lead{n}",
            "address_hash": f"{n:032d}",
            "person_id": n,
            "state": ContactState.ACTIVE,
        }
        for n in range(1, PEOPLE + 1)
    )
    _many(db, Contact, contacts)


def _plan(db: Session, actions: int) -> None:
    _many(db, Partnership, [{"id": 1, "slug": "large", "name": "A large partnership"}])
    plan = {"id": 1, "partnership_id": 1, "title": "Plan", "period_label": "2022-24"}
    _many(db, Plan, [plan | {"imported_at": NOW - timedelta(days=90)}])
    bodies = (
        {"id": n, "partnership_id": 1, "key": f"b{n}", "name": f"Body {n}", "contact_person_id": n}
        for n in range(1, BODIES + 1)
    )
    _many(db, Body, bodies)
    _many(db, Action, (_action(n) for n in range(1, actions + 1)))
    leads = (
        {
            "action_id": n,
            "person_id": n % PEOPLE + 1 if n % 2 else None,
            "body_id": None if n % 2 else n % BODIES + 1,
        }
        for n in range(1, actions + 1)
    )
    _many(db, ActionLead, leads)


def _action(number: int) -> dict[str, Any]:
    """Every tenth is ongoing; the others are due from two months ago to ten months on."""
    ongoing = number % 10 == 0
    due = None if ongoing else FRIDAY + timedelta(days=number % 360 - 60)
    return {
        "id": number,
        "plan_id": 1,
        "ref": f"1.{number}",
        "text": f"What is to be done, number {number}",
        "deadline_kind": "ongoing" if ongoing else "date",
        "first_due_on": due,
        "due_on": due,
        "position": number,
    }


def _indicators(db: Session) -> None:
    """Measures with a reading a quarter for two years."""
    measures = (
        {
            "id": n,
            "plan_id": 1,
            "ref": f"M{n}",
            "text": f"What is measured, number {n}",
            "direction": ("increase", "reduce", "none")[n % 3],
            "unit": "%",
            "baseline": 40.0,
            "target": 60.0,
            "position": n,
        }
        for n in range(1, INDICATORS + 1)
    )
    _many(db, Indicator, measures)
    readings = (
        {
            "indicator_id": n,
            "on": FRIDAY - timedelta(days=91 * back),
            "value": 50.0 + (n * back) % 17,
            "narrative": "It moves as the plan expects.",
            "recorded_at": NOW - timedelta(days=91 * back),
        }
        for n in range(1, INDICATORS + 1)
        for back in range(READINGS)
    )
    _many(db, IndicatorReading, readings)


def _survey(db: Session, number: int, people: int) -> None:
    slug = f"large{number}"
    version = {"id": number, "slug": slug, "fingerprint": "f", "definition": "{}"}
    _many(db, SurveyVersion, [version | {"added_at": _OPENED}])
    survey = {
        "id": number,
        "slug": slug,
        "title": f"A large survey, number {number}",
        "audience": "youth",
        "mode": "confidential",
        "version_id": number,
        "state": SurveyState.OPEN,
        "added_at": _OPENED,
        "opened_at": _OPENED,
    }
    _many(db, Survey, [survey])
    everyone = range((number - 1) * people + 1, number * people + 1)
    _many(db, SurveySession, (_session(n, number) for n in everyone))
    _many(db, Answer, (row for n in everyone for row in _answers(n, number)))
    _many(db, ReviewItem, (_review(n, number) for n in everyone))
    first = (number - 1) * THEMES
    themes = (
        {"id": first + n, "survey_id": number, "name": f"Theme {n}", "created_at": _OPENED}
        for n in range(1, THEMES + 1)
    )
    _many(db, Theme, themes)
    codings = (
        {"theme_id": first + n % THEMES + 1, "pseudonym": f"p{n}", "question": f"q{QUESTIONS}"}
        for n in everyone
    )
    _many(db, ThemeCoding, codings)


def _session(number: int, survey: int) -> dict[str, Any]:
    return {
        "id": f"s{number}",
        "survey_id": survey,
        "version_id": survey,
        "round": 1,
        "pseudonym": f"p{number}",
        "state": SessionState.COMPLETE,
        "progress": "[]",
        "group_name": f"Group {number % GROUPS}",
        "started_at": _OPENED,
        "moved_at": _OPENED,
    }


def _answers(number: int, survey: int) -> Iterable[dict[str, Any]]:
    """Seven chosen, the last in own words."""
    for question in range(1, QUESTIONS + 1):
        in_words = question == QUESTIONS
        yield {
            "pseudonym": f"p{number}",
            "question": f"q{question}",
            "version_id": survey,
            "round": 1,
            "value": None if in_words else str(number % 5),
            "words": "more people to talk to at school" if in_words else None,
            "answered_on": FRIDAY - timedelta(days=number % 10),
        }


def _review(number: int, survey: int) -> dict[str, Any]:
    received = NOW - timedelta(hours=number % 240)
    return {
        "ref": f"R{number}",
        "survey_id": survey,
        "pseudonym": f"p{number}",
        "question": f"q{QUESTIONS}",
        "words": "more people to talk to at school",
        "tier": Tier.NONE,
        "received_at": received,
        "due_at": received + timedelta(days=1),
        "acknowledged_at": received + timedelta(hours=5),
        "decided_at": received + timedelta(hours=5),
        "state": ReviewState.CLOSED,
    }
