"""The rows that say when a survey was open, round by round; register.py keeps them."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.calendar import Calendar
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveyRound
from surveys.definition import Settings
from surveys.recurrence import closing_day, next_opening, one_of_its_own, round_name


def current(db: Db, survey: SurveyRow) -> SurveyRound | None:
    """The round that a survey is in, or was last in; None where it was never opened."""
    return db.get(SurveyRound, (survey.id, survey.round))


def every(db: Db, survey_id: int) -> list[SurveyRound]:
    """All rounds of a survey, the first one first."""
    rows = db.exec(
        select(SurveyRound)
        .where(col(SurveyRound.survey_id) == survey_id)
        .order_by(col(SurveyRound.number))
    )
    return list(rows)


def current_of(db: Db, surveys: list[SurveyRow]) -> Mapping[int, SurveyRound]:
    """The present round of each of these surveys, by survey."""
    ids = [survey.id for survey in surveys]
    rows = db.exec(select(SurveyRound).where(col(SurveyRound.survey_id).in_(ids))).all()
    wanted = {survey.id: survey.round for survey in surveys}
    return {row.survey_id: row for row in rows if wanted[row.survey_id] == row.number}


def note_opened(
    db: Db, survey: SurveyRow, settings: Settings, *, now: datetime, calendar: Calendar
) -> SurveyRound:
    """The row of the round that opens now; one that was closed goes on."""
    assert survey.id is not None
    row = current(db, survey)
    if row is not None:
        row.closed_at = None
    else:
        row = _new(db, survey, settings, now, calendar)
    db.add(row)
    db.flush()
    return row


def _new(
    db: Db, survey: SurveyRow, settings: Settings, now: datetime, calendar: Calendar
) -> SurveyRound:
    assert survey.id is not None
    today, earlier = calendar.local_date(now), every(db, survey.id)
    first = calendar.local_date(earlier[0].opened_at) if earlier else today
    name = round_name(settings.recurs, today, calendar)
    return SurveyRound(
        survey_id=survey.id,
        number=survey.round,
        name=one_of_its_own(name, {row.name for row in earlier}),
        opened_at=now,
        closes_on=closing_day(today, _length(earlier, settings, now, calendar), calendar),
        next_on=next_opening(first, today, settings.recurs, settings.audience, calendar)
        if settings.recurs
        else None,
    )


def _length(
    earlier: list[SurveyRound], settings: Settings, now: datetime, calendar: Calendar
) -> int | None:
    """For how many days the round before was open; None where only this one ended it."""
    if not earlier:
        return None
    last = earlier[-1]
    opened = calendar.local_date(last.opened_at)
    ends = last_day(last, settings, calendar)
    if ends is None and last.closed_at is not None and last.closed_at < now:
        ends = calendar.local_date(last.closed_at)
    return None if ends is None else (ends - opened).days


def note_closed(db: Db, survey: SurveyRow, *, now: datetime) -> None:
    """The present round ends; when the next one opens stays as it was."""
    row = current(db, survey)
    if row is not None:
        row.closed_at = now
        db.add(row)


def last_day(row: SurveyRound | None, settings: Settings, calendar: Calendar) -> date | None:
    """The last day of a round: the form's own date, unless that was an earlier round's."""
    if row is None:
        return settings.closes
    opened = calendar.local_date(row.opened_at)
    if settings.closes is not None and settings.closes >= opened:
        return settings.closes
    return row.closes_on
