"""Whether open surveys are still covered; one that is not closes itself politely."""

from typing import TYPE_CHECKING

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.mail import Trace, Urgency, queue
from storage.people import TERMINAL, Person, Role, contacts_of, everywhere, people_with
from storage.surveys import SessionState, Survey, SurveySession, SurveyState
from surveys.concerns import Covering, cover, is_anonymous
from surveys.definition import Survey as Form
from surveys.register import not_covered, pause_survey

if TYPE_CHECKING:
    from bot.app import App
    from bot.circumstances import Circumstances


def covering_of(around: "Circumstances") -> Covering:
    """What was agreed locally about who reads, from the settings."""
    settings = around.settings
    return Covering(around.calendar, settings.concerns.clocks(), settings.help_lines)


def at_the_terminal_alone(db: Db, row: Survey) -> list[str]:
    """Those of its reviewer and deputy whom no alert rings: nobody looks at a terminal at night."""
    ids = [one for one in (row.reviewer_id, row.deputy_id) if one is not None]
    places = everywhere(db, ids)
    found = [
        db.get_one(Person, one).name
        for one in ids
        if places.get(one) and {place.platform for place in places[one]} == {TERMINAL}
    ]
    return found if row.audience == "youth" else []


def advice_on_reaching(db: Db, row: Survey) -> str:
    """What to do where an alert would wait at a terminal; mostly nothing."""
    names = " and ".join(at_the_terminal_alone(db, row))
    if not names:
        return ""
    return (
        f"No alert rings {names}: they are reached at the terminal alone, which is for trying "
        "out. Before you ask real young people, connect them by chat or e-mail (`people code`, "
        "`people link`)."
    )


def advice_on_opening(form: Form, around: "Circumstances") -> str:
    """What to think of where schools are closed on the day a survey opens; mostly nothing."""
    if not form.settings.is_youth or around.calendar.is_school_day(around.today):
        return ""
    if around.today.weekday() >= 5:
        return ""
    return (
        "Schools are closed today: fewer adults see these young people now. Make sure that the "
        "reviewer and the deputy are there over the holidays, or open it when term begins."
    )


def watch_cover(app: "App") -> list[str]:
    """Pauses each open survey that nobody could be sure to read; which they were.

    Managers and reviewers hear the reason and the remedy; who is under way is told kindly.
    """
    paused = []
    with app.database.writing() as db:
        rows = db.exec(
            select(Survey).where(Survey.state == SurveyState.OPEN).order_by(col(Survey.slug))
        ).all()
        for row in rows:
            if row.version_id is None:
                continue
            form = app.around.forms.of(db, row.version_id)
            missing = not_covered(db, form, app.around.now, covering_of(app.around))
            if missing and pause_survey(db, row, now=app.around.now):
                _tell_staff(app, db, row, "\n".join(missing))
                _tell_those_under_way(app, db, row)
                paused.append(row.slug)
    return paused


def _tell_staff(app: "App", db: Db, row: Survey, problem: str) -> None:
    managers = [one.id for one in people_with(db, Role.MANAGER) if one.id is not None]
    now = app.around.now
    for contact in contacts_of(db, {*managers, *cover(db, row.id)}).values():
        assert contact.id is not None
        queue(
            db,
            key=f"paused:{row.id}:{now:%Y%m%d%H%M%S}:{contact.id}",
            intent="say",
            contact_id=contact.id,
            now=now,
            params={
                "wording": "reviewer.paused",
                "words": {"survey": row.slug, "problem": problem},
            },
            urgency=Urgency.ALERT,
        )


def _tell_those_under_way(app: "App", db: Db, row: Survey) -> None:
    now = app.around.now
    trace = Trace.NONE if is_anonymous(db, row.id) else Trace.KEPT
    open_ones = db.exec(
        select(SurveySession.id, SurveySession.contact_id).where(
            SurveySession.survey_id == row.id,
            SurveySession.state == SessionState.OPEN,
            col(SurveySession.contact_id).is_not(None),
        )
    ).all()
    for session_id, contact_id in open_ones:
        assert contact_id is not None
        queue(
            db,
            key=f"pause:{session_id}:{now:%Y%m%d%H%M%S}",
            intent="survey_paused",
            contact_id=contact_id,
            now=now,
            params={"s": session_id},
            trace=trace,
        )
