"""One page of "you said, we did" for the survey on the stage, published as people publish it."""

from datetime import datetime

from sqlmodel import Session, col, select

from digests import publishing
from digests.period import Period
from digests.responses import approve, draft
from digests.themes import add_theme
from storage.calendar import Calendar
from storage.people import Person
from storage.surveys import Survey, SurveySession
from storage.voice import ResponseKind, ThemeCoding


def publish_something(db: Session, *, now: datetime) -> int:
    """Gives the publication's id; everybody who asked for it has their line in the outbox."""
    survey = db.exec(select(Survey).where(col(Survey.audience) == "youth")).one()
    person = db.exec(select(Person).order_by(col(Person.id))).first()
    assert survey.id is not None
    assert person is not None
    assert person.id is not None
    theme = add_theme(db, survey_id=survey.id, name="Somebody to talk to", now=now)
    assert theme.id is not None
    for pseudonym in db.exec(select(SurveySession.pseudonym)):
        db.add(ThemeCoding(theme_id=theme.id, pseudonym=pseudonym, question="help"))
    made = draft(db, theme_id=theme.id, kind=ResponseKind.WE_DID, text="A worker comes on Mondays.")
    today = now.date()
    approve(db, made.id or 0, person_id=person.id, now=now, today=today)
    done = publishing.publish(
        db,
        survey.id,
        person_id=person.id,
        period=Period.week_to(today),
        now=now,
        calendar=Calendar(),
        points_to_nobody=True,
    )
    return done.publication_id
