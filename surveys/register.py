"""Which surveys there are: adding a version, opening, closing."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.audit import record
from storage.calendar import Calendar
from storage.people import person_of
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveyState, SurveyVersion
from surveys import round_rows
from surveys.anonymous_rules import why_not
from surveys.concerns import Covering, needs_cover, uncovered
from surveys.concerns.covering import not_named
from surveys.definition import Survey
from surveys.sessions import Forms
from surveys.xlsform import read_xlsform

STATUS_UPDATE = "status_update"


class CannotOpen(ValueError):
    """The survey cannot be opened as things stand; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Added:
    """What adding a form did: the survey, and whether this version is new."""

    survey: SurveyRow
    is_new_version: bool


def add(db: Db, form: Survey, *, now: datetime, action_ref: str = "") -> Added:
    """Adds a survey or a new version of it. Sessions under way finish on the version they have.

    CannotOpen where a new version of an open survey would break what its respondents were told.
    """
    slug = form.settings.form_id
    version = _version(db, slug, form.fingerprint())
    is_new = version is None
    if version is None:
        version = SurveyVersion(
            slug=slug, fingerprint=form.fingerprint(), definition=form.to_json(), added_at=now
        )
        db.add(version)
        db.flush()
    row = find(db, slug)
    if row is None:
        row = SurveyRow(slug=slug, title="", audience="", mode="", added_at=now)
    if row.opened_at is not None and is_new:
        _may_replace(row, form)
    if row.state == SurveyState.OPEN and is_new:
        _may_be_open(db, row, form)
    row.title = form.settings.title
    row.audience = form.settings.audience
    if row.opened_at is None:
        row.mode = form.settings.mode
    row.version_id = version.id
    row.action_ref = action_ref or row.action_ref
    db.add(row)
    db.flush()
    return Added(row, is_new)


def _version(db: Db, slug: str, fingerprint: str) -> SurveyVersion | None:
    return db.exec(
        select(SurveyVersion).where(
            SurveyVersion.slug == slug, SurveyVersion.fingerprint == fingerprint
        )
    ).first()


def find(db: Db, slug: str) -> SurveyRow | None:
    return db.exec(select(SurveyRow).where(SurveyRow.slug == slug)).first()


def every(db: Db) -> list[SurveyRow]:
    """All surveys but the built-in form, by name."""
    rows = db.exec(
        select(SurveyRow).where(col(SurveyRow.slug) != STATUS_UPDATE).order_by(SurveyRow.slug)
    )
    return list(rows)


_PLAIN = Calendar()


def open_survey(
    db: Db,
    slug: str,
    form: Survey,
    *,
    now: datetime,
    person_id: int | None = None,
    calendar: Calendar = _PLAIN,
    covering: Covering | None = None,
) -> SurveyRow:
    """Opens a survey to respondents, or opens it again. CannotOpen where it would break a promise.

    `calendar` says on which day a form that comes round opens next. `covering`: what was agreed
    locally about who reads; without it only that a reviewer and a deputy are named is looked at.
    """
    row = find(db, slug)
    if row is None:
        raise CannotOpen(f"there is no survey '{slug}'; add it first with `survey add FILE`")
    if row.opened_at is not None:
        _may_replace(row, form)
    _may_be_open(db, row, form)
    if covering is not None and (missing := not_covered(db, form, now, covering)):
        raise CannotOpen("\n".join(["nobody could be sure to read what comes in:", *missing]))
    row.state, row.opened_at, row.closed_at = SurveyState.OPEN, row.opened_at or now, None
    db.add(row)
    round_rows.note_opened(db, row, form.settings, now=now, calendar=calendar)
    record(db, at=now, act="survey opened", subject=f"survey {slug}", person_id=person_id)
    return row


def _may_replace(row: SurveyRow, form: Survey) -> None:
    """Who is asked, and in which mode, was promised when the survey was opened."""
    if (row.mode, row.audience) != (form.settings.mode, form.settings.audience):
        raise CannotOpen(
            "the mode and the audience cannot change once a survey was opened; give the form "
            "another form_id and add it as a new survey"
        )


def _may_be_open(db: Db, row: SurveyRow, form: Survey) -> None:
    if not form.questions:
        raise CannotOpen("it has no questions: it stands for listening without a survey")
    if reason := why_not(form):
        raise CannotOpen(reason)
    _cover(db, row, form)


def _cover(db: Db, row: SurveyRow, form: Survey) -> None:
    """A young people's survey with free text needs two people who read it."""
    reviewer = person_of(db, form.settings.reviewer)
    deputy = person_of(db, form.settings.deputy)
    row.reviewer_id = None if reviewer is None else reviewer.id
    row.deputy_id = None if deputy is None else deputy.id
    if not needs_cover(form):
        return
    if missing := not_named(form, reviewer, deputy):
        raise CannotOpen(missing)


def not_covered(db: Db, form: Survey, now: datetime, covering: Covering) -> tuple[str, ...]:
    """Every reason why nobody could be sure to read what comes in, each with what to do."""
    found = uncovered(
        db,
        form,
        now,
        calendar=covering.calendar,
        clocks=covering.clocks,
        lines=covering.lines,
    )
    return tuple(f"- {one}" for one in found)


def pause_survey(db: Db, row: SurveyRow, *, now: datetime) -> bool:
    """An open survey takes nobody new in until a person opens it again; False if it is not open.

    Those under way may come to an end; the round goes on.
    """
    if row.state != SurveyState.OPEN:
        return False
    row.state = SurveyState.PAUSED
    db.add(row)
    record(db, at=now, act="survey paused", subject=f"survey {row.slug}", actor="bot")
    return True


def close_survey(db: Db, slug: str, *, now: datetime, person_id: int | None = None) -> SurveyRow:
    """Closes a survey to newcomers; those under way may finish."""
    row = find(db, slug)
    if row is None:
        raise CannotOpen(f"there is no survey '{slug}'; see `survey list`")
    if row.state == SurveyState.CLOSED:
        # What is kept for so long after the close counts from the first one.
        return row
    row.state, row.closed_at = SurveyState.CLOSED, now
    db.add(row)
    round_rows.note_closed(db, row, now=now)
    record(db, at=now, act="survey closed", subject=f"survey {slug}", person_id=person_id)
    return row


def close_due(db: Db, forms: Forms, *, now: datetime, today: date) -> list[str]:
    """Closes the open surveys whose last day has passed; which they were."""
    running = col(SurveyRow.state).in_([SurveyState.OPEN, SurveyState.PAUSED])
    rows = list(db.exec(select(SurveyRow).where(running)))
    rounds = round_rows.current_of(db, rows)
    closed = []
    for row in rows:
        if row.version_id is None or row.id is None:
            continue
        settings = forms.of(db, row.version_id).settings
        closes = round_rows.last_day(rounds.get(row.id), settings, _PLAIN)
        if closes is not None and closes < today:
            close_survey(db, row.slug, now=now)
            closed.append(row.slug)
    return closed


def install_built_in(db: Db, *, now: datetime) -> SurveyRow:
    """The form that a lead answers; a partnership's own `status_update` replaces it."""
    row = find(db, STATUS_UPDATE)
    if row is not None:
        return row
    row = add(db, _built_in(), now=now).survey
    row.state, row.opened_at = SurveyState.OPEN, now
    db.add(row)
    db.flush()
    return row


@cache
def _built_in() -> Survey:
    form, issues = read_xlsform(example_survey("status_update.xlsx"))
    if form is None:
        raise RuntimeError(f"the built-in form is damaged: {issues[0]}")
    return form


def example_survey(name: str) -> Path:
    """A form that ships with the program."""
    return Path(str(resources.files("surveys"))).parent / "examples" / "surveys" / name
