"""The results of a survey: counted in the database, protected, and only ever moved in steps.

A look is a reading transaction, which may be long; what is new is then noted in a short writing
one. All tables of a round come from one count of the same people, so that no table can be
subtracted from another that is a day younger.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.database import Database
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveyRound, SurveySession, SurveyState, SurveyVersion
from surveys.definition import Question, Survey
from surveys.results import counts
from surveys.results.counts import Scope
from surveys.results.kept import keep, last_seen, may_follow, people_moved, published
from surveys.results.made import make
from surveys.results.scales import Plan, plan_of
from surveys.results.view import (
    BY_INVITATION,
    Shape,
    SideBySide,
    SurveyResults,
    Withheld,
    matched_questions,
    rounded_to_five,
    same_questions,
)
from surveys.sessions import Forms
from surveys.suppression import Audience, threshold_for


class NoResults(ValueError):
    """There is no such survey, round or grouping; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to see: which survey, which round (the newest without one), and for whom.

    `by` is a grouping question's name, or `group` for the group that invited.
    """

    slug: str
    seen_by: Audience = Audience.INTERNAL
    round: int | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look found; `is_new` where it has to be noted before anybody sees it."""

    survey_id: int
    results: SurveyResults
    before: SurveyResults | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """One round of one survey, with its form."""

    row: SurveyRow
    form: Survey
    scope: Scope
    round: int
    round_name: str
    is_running: bool
    plans: tuple[Plan, ...]

    @property
    def survey_id(self) -> int:
        return self.row.id or 0


def results_of(
    database: Database,
    forms: Forms,
    wanted: Wanted,
    *,
    now: datetime,
    today: date,
    person_id: int | None = None,
) -> SurveyResults:
    """The results as they may be seen now. NoResults where there are none of this name."""
    with database.reading() as db:
        looked = look(db, forms, wanted, today=today)
    if not looked.is_new:
        return as_seen(looked.results)
    with database.writing() as db:
        return as_seen(settle(db, looked, now=now, person_id=person_id))


def rounds_of(
    database: Database, forms: Forms, wanted: Wanted, *, now: datetime, today: date
) -> SideBySide:
    """All rounds of a recurring survey, the oldest first. Rounds are never added up."""
    with database.reading() as db:
        row = _survey(db, wanted.slug)
        numbers = _rounds(db, row)
    found = tuple(
        results_of(database, forms, replace(wanted, round=number, by=""), now=now, today=today)
        for number in sorted(numbers)
    )
    return SideBySide(found, same_questions(found))


def beside(
    database: Database, forms: Forms, both: tuple[Wanted, Wanted], *, now: datetime, today: date
) -> SideBySide:
    """Two surveys on the questions that they share by `loop_matches`."""
    found = tuple(
        results_of(database, forms, replace(one, by=""), now=now, today=today) for one in both
    )
    return SideBySide(found, matched_questions(found))


def look(db: Db, forms: Forms, wanted: Wanted, *, today: date) -> Looked:
    """Works out what may be seen; what was seen last stands until enough people came since."""
    subject = subject_of(db, forms, wanted.slug, wanted.round)
    _check_grouping(subject.form, wanted.by)
    threshold = threshold_for(wanted.seen_by, _setting(subject.form, wanted.seen_by))
    before = last_seen(db, subject.survey_id, wanted.seen_by, subject.round)
    if before is not None:
        before = replace(before, is_running=subject.is_running, round_name=subject.round_name)
    people = counts.people(db, subject.scope)
    public = wanted.seen_by is Audience.PUBLIC
    out = published(db, subject.survey_id, subject.round) if public else []
    _refuse_second_breakdown(out, wanted.by)
    stays = _stays(before, wanted, subject, people.total, threshold)
    if stays is not None:
        return Looked(subject.survey_id, stays, before, is_new=False)
    why = _withheld(wanted, subject, people.total, threshold)
    results = make(db, subject, wanted, people=people, threshold=threshold, today=today, why=why)
    if why is not None:
        return Looked(subject.survey_id, results, before, is_new=False)
    if before is not None and replace(results, as_of=before.as_of) == before:
        return Looked(subject.survey_id, before, before, is_new=False)
    if before is not None and not all(may_follow(one, results, threshold) for one in out):
        return Looked(subject.survey_id, before, before, is_new=False)
    return Looked(subject.survey_id, results, before, is_new=True)


def settle(db: Db, looked: Looked, *, now: datetime, person_id: int | None = None) -> SurveyResults:
    """Notes new results; where somebody else noted some since the look, those count."""
    results = looked.results
    last = last_seen(db, looked.survey_id, results.seen_by, results.round)
    if last is not None and (
        looked.before is None or (last.people, last.as_of, last.breakdowns) != _mark(looked.before)
    ):
        return replace(last, is_running=results.is_running)
    keep(db, looked.survey_id, results, now=now, person_id=person_id)
    return results


def _mark(before: SurveyResults) -> tuple[object, ...]:
    return before.people, before.as_of, before.breakdowns


def as_seen(results: SurveyResults) -> SurveyResults:
    """Rounded for the public, and for everybody while people still answer."""
    public = results.seen_by is Audience.PUBLIC
    return rounded_to_five(results) if public or results.is_running else results


def groupings(form: Survey) -> tuple[str, ...]:
    """By what results may be broken down."""
    return (*(question.name for question in _grouping(form)), BY_INVITATION)


def _grouping(form: Survey) -> Iterator[Question]:
    for question in form.questions:
        plan = plan_of(question) if question.is_grouping else None
        if plan is not None and plan.shape is Shape.ONE:
            yield question


def _refuse_second_breakdown(out: Sequence[SurveyResults], by: str) -> None:
    others = [found.by for one in out for found in one.breakdowns if by and found.by != by]
    if others:
        raise NoResults(
            f"these results went out by {others[0]}; a second breakdown of the same people "
            f"could be set against the first. Show them by {others[0]}, or without --by."
        )


def _stays(
    before: SurveyResults | None, wanted: Wanted, subject: Subject, people: int, threshold: int
) -> SurveyResults | None:
    """What was seen last, where it must stand; a threshold that was raised hides more at once,
    but only while the people are the same.
    """
    if before is None:
        return None
    same = people == before.people and before.threshold >= threshold
    if wanted.seen_by is Audience.PUBLIC:
        lacks = bool(wanted.by) and before.by(wanted.by) is None
        return before if subject.is_running or (same and not lacks) else None
    if people == before.people:
        return before if same else None
    return None if people_moved(before, people, max(threshold, before.threshold)) else before


def _withheld(wanted: Wanted, subject: Subject, people: int, threshold: int) -> Withheld | None:
    if wanted.seen_by is Audience.PUBLIC and subject.is_running:
        return Withheld.STILL_OPEN
    return Withheld.TOO_FEW if people < threshold else None


def _setting(form: Survey, seen_by: Audience) -> int | None:
    """A survey may raise a threshold; a lower setting is for another audience."""
    setting = form.settings.threshold
    return setting if setting is not None and setting > threshold_for(seen_by) else None


def _check_grouping(form: Survey, by: str) -> None:
    if by and by not in groupings(form):
        raise NoResults(
            f"{form.settings.form_id} has no grouping question '{by}'; results can be shown by "
            f"{', '.join(groupings(form))} (mark a question of one choice with loop_grouping)"
        )


# -- which answers


def subject_of(db: Db, forms: Forms, slug: str, round_number: int | None = None) -> Subject:
    """One round of a survey: the newest, or the one that is asked for."""
    row = _survey(db, slug)
    names = _rounds(db, row)
    number = row.round if round_number is None else round_number
    if number not in names:
        raise NoResults(
            f"{slug} has no round {number}; it has {', '.join(map(str, sorted(names)))}"
        )
    several = len(names) > 1
    versions = db.exec(
        select(SurveyVersion.id)
        .where(col(SurveyVersion.slug) == slug)
        .order_by(col(SurveyVersion.id))
    ).all()
    ids = tuple(version for version in versions if version is not None)
    newest = _newest_version(db, row, number if several else None)
    made = {version: forms.of(db, version) for version in ids}
    form = made[newest]
    plans = _plans(form, [made[version] for version in reversed(ids)])
    by_version = {
        (version, name): plan
        for version, other in made.items()
        for name, plan in plans.items()
        if other.position(name) is not None and other.question(name).kind is plan.question.kind
    }
    scope = Scope(row.id or 0, ids, number if several else None, by_version)
    running = row.state in (SurveyState.OPEN, SurveyState.PAUSED) and number == row.round
    return Subject(row, form, scope, number, names[number], running, tuple(plans.values()))


def _survey(db: Db, slug: str) -> SurveyRow:
    row = db.exec(select(SurveyRow).where(col(SurveyRow.slug) == slug)).first()
    if row is None or row.version_id is None:
        raise NoResults(f"there is no survey '{slug}'; see `listening-loop survey list`")
    if row.audience == "leads":
        raise NoResults(f"what leads say in {slug} are updates to their actions: see `plan show`")
    return row


def _rounds(db: Db, row: SurveyRow) -> dict[int, str]:
    """Number and name of every round so far."""
    found = db.exec(
        select(SurveyRound.number, SurveyRound.name).where(col(SurveyRound.survey_id) == row.id)
    ).all()
    return dict.fromkeys(range(1, row.round + 1), "") | dict(found)


def _newest_version(db: Db, row: SurveyRow, number: int | None) -> int:
    """The version whose labels count: the newest that anybody of the round answered."""
    if number is None or number == row.round:
        return row.version_id or 0
    used = db.exec(
        select(func.max(col(SurveySession.version_id))).where(
            col(SurveySession.survey_id) == row.id, col(SurveySession.round) == number
        )
    ).one()
    return used or row.version_id or 0


def _plans(form: Survey, newest_first: list[Survey]) -> Mapping[str, Plan]:
    """How each question is counted: the form's own, then those that only other versions had.

    Choices that an earlier version offered come after the present ones.
    """
    plans: dict[str, Plan] = {}
    for version in (form, *newest_first):
        for question in version.questions:
            plan = plan_of(question)
            if plan is None:
                continue
            known = plans.get(question.name)
            if known is None:
                plans[question.name] = plan
            elif known.shape is plan.shape and known.question.kind is question.kind:
                lines = dict(known.lines) | {
                    n: t for n, t in plan.lines if n not in dict(known.lines)
                }
                plans[question.name] = replace(known, lines=tuple(lines.items()))
    return plans
