"""The next round of a survey that comes round: opened by a person, or when it is due.

A person opens the first round. Who may be asked, and who reads what young people write, is
checked anew each time; where a promise could not be kept the round waits, and says why.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.audit import record
from storage.calendar import Calendar
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveyRound, SurveyState
from surveys import round_rows
from surveys.concerns import Covering
from surveys.definition import Survey
from surveys.register import CannotOpen, close_survey, find, open_survey
from surveys.sessions import Forms


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a round that was due; `problem` says why it did not open."""

    slug: str
    number: int
    name: str = ""
    problem: str = ""


def start(
    db: Db,
    slug: str,
    form: Survey,
    *,
    now: datetime,
    calendar: Calendar,
    person_id: int | None = None,
    covering: Covering | None = None,
) -> SurveyRound:
    """Opens the next round now; the present one is closed first. CannotOpen says why it cannot."""
    row = find(db, slug)
    if row is None or row.opened_at is None:
        raise CannotOpen(
            f"'{slug}' was never open; its first round begins with `survey open {slug}`"
        )
    if row.state in (SurveyState.OPEN, SurveyState.PAUSED):
        close_survey(db, slug, now=now, person_id=person_id)
    row.round += 1
    db.add(row)
    db.flush()
    open_survey(db, slug, form, now=now, person_id=person_id, calendar=calendar, covering=covering)
    opened = round_rows.current(db, row)
    assert opened is not None
    return opened


def stop(db: Db, slug: str, *, now: datetime, person_id: int | None = None) -> SurveyRound:
    """No further round opens by itself; the present one goes on."""
    row = find(db, slug)
    present = round_rows.current(db, row) if row is not None else None
    if present is None:
        raise CannotOpen(f"'{slug}' has no round yet; see `survey list`")
    present.next_on = None
    db.add(present)
    record(db, at=now, act="survey rounds stopped", subject=f"survey {slug}", person_id=person_id)
    return present


def open_due(
    db: Db,
    forms: Forms,
    *,
    now: datetime,
    today: date,
    calendar: Calendar,
    covering: Covering | None = None,
) -> list[Opened]:
    """Opens every round whose day has come, each by itself; what opened, and what could not."""
    due = db.exec(
        select(SurveyRow.id)
        .join(SurveyRound, col(SurveyRound.survey_id) == col(SurveyRow.id))
        .where(col(SurveyRound.number) == col(SurveyRow.round), col(SurveyRound.next_on) <= today)
        .order_by(col(SurveyRow.id))
    ).all()
    found = (_open_one(db, forms, survey_id, now, today, calendar, covering) for survey_id in due)
    return [opened for opened in found if opened is not None]


def _open_one(
    db: Db,
    forms: Forms,
    survey_id: int | None,
    now: datetime,
    today: date,
    calendar: Calendar,
    covering: Covering | None,
) -> Opened | None:
    """Reads again under the survey's lock: another node may have opened the round meanwhile."""
    row = db.exec(select(SurveyRow).where(col(SurveyRow.id) == survey_id).with_for_update()).one()
    db.refresh(row)
    present = round_rows.current(db, row)
    if present is None or present.next_on is None or present.next_on > today:
        return None
    assert row.version_id is not None
    form = forms.of(db, row.version_id)
    if form.settings.recurs is None:
        present.next_on = None
        db.add(present)
        return None
    try:
        with db.begin_nested():
            opened = start(db, row.slug, form, now=now, calendar=calendar, covering=covering)
    except CannotOpen as error:
        return Opened(row.slug, present.number + 1, problem=str(error))
    return Opened(row.slug, opened.number, opened.name)
