"""The first day: the plan comes in, and everybody who answers for something has an address."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.app import App
from bot.demo.stage import Stage
from bot.year.script import BadScript, MeasureStory, Post, Script
from reminders.plan_import import ImportResult, import_file
from storage.people import Person, email_hash, person_of
from storage.plans import Body, Indicator
from storage.types import keyring_of
from surveys.register import example_survey


def bring_in(stage: Stage, script: Script) -> ImportResult:
    """What `plan import` and the sheets of people and bodies do; each then has a console."""
    result = stage.do(lambda app: _import(app, script.plan))
    with stage.app.database.writing() as db:
        for post in script.people:
            _enter(db, post)
        for measure in script.measures:
            _measure(db, measure)
    with stage.app.database.reading() as db:
        known = db.exec(
            select(Person).where(col(Person.email_hash).is_not(None)).order_by(col(Person.id))
        ).all()
    for person in known:
        stage.connect(person)
    return result


def example_plan(name: str) -> Path:
    """A plan that ships with the program."""
    return example_survey("x").parent.parent / "plans" / name


def _import(app: App, plan: str) -> ImportResult:
    around = app.around
    with app.database.writing() as db:
        return import_file(
            db, example_plan(plan), now=around.now, today=around.today, calendar=around.calendar
        )


def _enter(db: Db, post: Post) -> None:
    person = person_of(db, post.email) or _named(db, post.is_already) or Person(name=post.name)
    person.name = post.name or person.name
    person.email = post.email
    person.email_hash = email_hash(keyring_of(db.connection().dialect), post.email)
    person.roles = sorted({*person.roles, *post.roles})
    person.reads = list(post.reads)
    db.add(person)
    db.flush()
    for body in _bodies(db, post.contact, post):
        body.contact_person_id = person.id
    for body in _bodies(db, post.deputy, post):
        body.deputy_person_id = person.id
    for body in _bodies(db, post.chair, post):
        body.chair_person_id = person.id
    db.flush()


def _named(db: Db, name: str) -> Person | None:
    return db.exec(select(Person).where(Person.name == name)).first() if name else None


def _bodies(db: Db, keys: Iterable[str], post: Post) -> list[Body]:
    wanted = tuple(keys)
    found = db.exec(select(Body).where(col(Body.key).in_(wanted))).all()
    if missing := set(wanted) - {body.key for body in found}:
        raise BadScript(f"{post.email}: the plan has no body {', '.join(sorted(missing))}.")
    return list(found)


def _measure(db: Db, story: MeasureStory) -> None:
    row = db.exec(select(Indicator).where(Indicator.ref == story.ref)).first()
    if row is None:
        raise BadScript(f"The plan has no measure {story.ref}.")
    keeper = person_of(db, story.keeper)
    row.unit = story.unit or row.unit
    row.baseline, row.baseline_on = story.baseline, story.baseline_on
    row.target, row.target_on = story.target, story.target_on
    row.keeper_id = keeper.id if keeper is not None else None
    db.add(row)


def set_meetings(app: App, script: Script, today: date) -> None:
    """Each body's next meeting, as its diary has it."""
    with app.database.writing() as db:
        for diary in script.meetings:
            coming = min((day for day in diary.on if day >= today), default=None)
            body = db.exec(select(Body).where(Body.key == diary.body)).first()
            if body is None:
                raise BadScript(f"meetings: the plan has no body {diary.body}.")
            if coming is not None and body.next_meeting != coming:
                body.next_meeting = coming
                db.add(body)
