"""After a course: the evaluation to those who came, a word to those who did not, and months later
the follow-up survey.

A course is known by its name and day. Its list may come again as often as it is corrected: nobody
is doubled, and newcomers are asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select, update

from storage.audit import record
from storage.calendar import Calendar, add_months
from storage.database import insert_new, upsert
from storage.invitations import (
    Campaign,
    CampaignKind,
    CampaignMember,
    Course,
    CoursePlace,
    MemberState,
)
from storage.people import Person, email_hash
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveyState
from storage.types import keyring_of
from surveys.campaigns import NOBODY, CannotStart, Started, of_key, take_in
from surveys.campaigns.audiences import attendees, listed, people_of
from surveys.campaigns.pace import Pace
from surveys.definition import Audience, Mode
from surveys.sessions import Forms

USUAL_MONTHS = 6
_CORRECTED = "corrected"
_TOO_LATE = timedelta(days=92)
"""A follow-up that was missed for so long is not sent any more: it would ask about another year."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """One row of a course's list."""

    email: str
    name: str = ""
    attended: bool = True
    agency: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class CourseTaken:
    """What a course's list did. `brought`: people who were not known before."""

    course_id: int
    added: int
    changed: int
    unchanged: int
    brought: int
    asked: Started
    missed: Started


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """A course whose follow-up is due; `problem` says why nobody could be asked."""

    course_id: int
    course: str
    slug: str
    taken: int = 0
    problem: str = ""


def take_course(
    db: Db,
    rows: Sequence[Attendee],
    *,
    name: str,
    held_on: date,
    evaluation: SurveyRow,
    missed: SurveyRow | None,
    now: datetime,
    calendar: Calendar,
    pace: Pace,
    person_id: int | None = None,
) -> CourseTaken:
    """Notes who was at a course and starts what they are asked. CannotStart says why it cannot."""
    if held_on > calendar.local_date(now):
        raise CannotStart("the course has not been held yet; import its list when it has")
    for survey in filter(None, (evaluation, missed)):
        _may_ask(survey)
    course = _course(db, name, held_on, evaluation, missed, now)
    missed = _as_before(db, course, missed)
    assert course.id is not None
    added, changed, brought = _places(db, course.id, rows)
    _correct(db, course.id)
    record(
        db,
        at=now,
        act="course list imported",
        subject=f"course {course.id}",
        person_id=person_id,
        detail=f"{added} added, {changed} changed, {brought} people new",
    )
    return CourseTaken(
        course_id=course.id,
        added=added,
        changed=changed,
        unchanged=len(rows) - added - changed,
        brought=brought,
        asked=_ask(db, course, evaluation, "evaluation", now=now, calendar=calendar, pace=pace),
        missed=_tell_absent(db, course, evaluation, missed, now, calendar, pace),
    )


def _may_ask(survey: SurveyRow) -> None:
    if survey.audience != Audience.PRACTITIONERS:
        raise CannotStart(
            f"'{survey.slug}' is not for practitioners, so delegates of a course cannot be asked it"
        )
    if survey.mode == Mode.ANONYMOUS:
        raise CannotStart(
            f"'{survey.slug}' is anonymous, and delegates of a course are asked by name; put its "
            f"link on the course's last slide: `survey invite {survey.slug} --group NAME`"
        )
    if survey.state != SurveyState.OPEN:
        raise CannotStart(
            f"'{survey.slug}' is not open; open it first: `survey open {survey.slug}`"
        )


def _course(
    db: Db,
    name: str,
    held_on: date,
    evaluation: SurveyRow,
    missed: SurveyRow | None,
    now: datetime,
) -> Course:
    row = {
        "name": name,
        "held_on": held_on,
        "evaluation_id": evaluation.id,
        "missed_id": missed.id if missed else None,
        "added_at": now,
    }
    insert_new(db, Course, [row])
    same = select(Course).where(col(Course.name) == name, col(Course.held_on) == held_on)
    course = db.exec(same).one()
    if course.evaluation_id != evaluation.id:
        raise CannotStart(
            "this course was imported with another evaluation; give that one with --survey, or the "
            "course another name"
        )
    return course


def _as_before(db: Db, course: Course, missed: SurveyRow | None) -> SurveyRow | None:
    """What those who missed it get was settled when the list first came: nobody gets both."""
    if missed is not None and missed.id != course.missed_id:
        raise CannotStart(
            "this course was imported with another survey, or a note, for those who missed it; "
            "leave out --not-attended"
        )
    return None if course.missed_id is None else db.get(SurveyRow, course.missed_id)


def _places(db: Db, course_id: int, rows: Sequence[Attendee]) -> tuple[int, int, int]:
    """Added, changed, and how many people were not known."""
    known = people_of(db, [row.email for row in rows])
    strangers = [row for row in rows if row.email not in known]
    _bring(db, strangers)
    ids = known | people_of(db, [row.email for row in strangers])
    here = {
        place.person_id: place
        for place in db.exec(select(CoursePlace).where(col(CoursePlace.course_id) == course_id))
    }
    new = {row.email for row in strangers}
    by_lists = _brought_by_lists(db, list(known.values()))
    wanted = [
        {
            "course_id": course_id,
            "person_id": ids[row.email],
            "attended": row.attended,
            "brought": row.email in new or ids[row.email] in by_lists,
        }
        for row in rows
        if row.email in ids
    ]
    added = sum(row["person_id"] not in here for row in wanted)
    changed = sum(
        row["person_id"] in here and here[row["person_id"]].attended != row["attended"]
        for row in wanted
    )
    db.expire_all()
    upsert(db, CoursePlace, wanted, key=("course_id", "person_id"))
    return added, changed, len(strangers)


def _brought_by_lists(db: Db, people: Sequence[int]) -> set[int]:
    """Those of these whom only lists made known, of this course or another: the last list that
    goes takes them with it.
    """
    query = select(CoursePlace.person_id).where(
        col(CoursePlace.person_id).in_(people), col(CoursePlace.brought)
    )
    return set(db.exec(query))


def _bring(db: Db, strangers: Sequence[Attendee]) -> None:
    """People of a list who are not known: without roles, and only for as long as the course."""
    keyring = keyring_of(db.connection().dialect)
    rows = [
        {
            "key": "",
            "email": row.email.strip(),
            "email_hash": email_hash(keyring, row.email),
            "name": row.name or row.email.strip(),
            "agency": row.agency,
            "roles": [],
            "language": row.language or "en",
            "active": True,
        }
        for row in strangers
    ]
    insert_new(db, Person, rows)


def _correct(db: Db, course_id: int) -> None:
    """A list that was put right: who came is asked how it was, who did not is not.

    A message that went out stays the only one: no reminder follows it.
    """
    for what, attended in (("evaluation", True), ("missed", False), ("note", False)):
        _move(db, course_id, what, attended=not attended, out=True)
        _move(db, course_id, what, attended=attended, out=False)


def _move(db: Db, course_id: int, what: str, *, attended: bool, out: bool) -> None:
    meant = select(CoursePlace.person_id).where(
        col(CoursePlace.course_id) == course_id, col(CoursePlace.attended).is_(attended)
    )
    theirs = select(Campaign.id).where(col(Campaign.key) == _key(course_id, what))
    going = col(CampaignMember.state).in_(
        [MemberState.PLANNED, MemberState.UNREACHED, MemberState.QUEUED]
    )
    corrected = col(CampaignMember.reason) == _CORRECTED
    state = MemberState.STOPPED if out else MemberState.PLANNED
    db.exec(
        update(CampaignMember)
        .where(
            col(CampaignMember.campaign_id).in_(theirs),
            col(CampaignMember.person_id).in_(meant),
            going if out else corrected,
        )
        .values(state=state, reason=_CORRECTED if out else "", remind_on=None)
        .execution_options(synchronize_session=False)
    )


def _key(course_id: int, what: str) -> str:
    return f"course:{course_id}:{what}"


def group_of(course: Course) -> str:
    """What the answers of a course are counted under; the same course on another day is another."""
    return f"{course.name} ({course.held_on.isoformat()})"


def _ask(
    db: Db,
    course: Course,
    survey: SurveyRow,
    what: str,
    *,
    now: datetime,
    calendar: Calendar,
    pace: Pace,
    attended: bool = True,
    kind: CampaignKind = CampaignKind.INVITATION,
) -> Started:
    assert course.id is not None
    assert survey.id is not None
    meant = attendees(db, course.id, attended=attended)
    if not meant:
        return NOBODY
    people = listed(db, survey_id=survey.id, only=meant)
    campaign = of_key(
        db,
        key=_key(course.id, what),
        survey=survey,
        occasion=_key(course.id, what),
        now=now,
        first_at=max(now, calendar.at_local(course.held_on, time(17, 0))),
        pace=pace,
        kind=kind,
        course_id=course.id,
        audience=f"{'attended' if attended else 'missed'} {course.name}"[:200],
    )
    if _is_over(campaign, survey):
        return replace(NOBODY, is_over=True)
    return take_in(
        db, campaign, people, now=now, calendar=calendar, pace=pace, group_name=group_of(course)
    )


def _is_over(campaign: Campaign, survey: SurveyRow) -> bool:
    """Whether it sends nothing more: stopped, forgotten already, or of a round that is past."""
    is_past = campaign.kind is CampaignKind.INVITATION and campaign.round != survey.round
    return campaign.stopped_at is not None or campaign.asked is not None or is_past


def _tell_absent(
    db: Db,
    course: Course,
    evaluation: SurveyRow,
    missed: SurveyRow | None,
    now: datetime,
    calendar: Calendar,
    pace: Pace,
) -> Started:
    """A short survey where one is named, else a short note."""
    if missed is not None:
        return _ask(
            db, course, missed, "missed", now=now, calendar=calendar, pace=pace, attended=False
        )
    return _ask(
        db,
        course,
        evaluation,
        "note",
        now=now,
        calendar=calendar,
        pace=pace,
        attended=False,
        kind=CampaignKind.NOTE,
    )


def due_on(course: Course, months: int, calendar: Calendar) -> date:
    """The working day on which a course's follow-up goes out."""
    return calendar.working_day_after(add_months(course.held_on, months))


def run_due(
    db: Db, forms: Forms, *, now: datetime, calendar: Calendar, pace: Pace
) -> list[FollowedUp]:
    """Starts the follow-up of every course whose months have passed. Twice does no more."""
    today = calendar.local_date(now)
    found = []
    for survey, of, months in _follow_ups(db, forms):
        for course in _courses_of(db, of):
            day = due_on(course, months, calendar)
            if day <= today <= day + _TOO_LATE:
                found.append(_follow(db, course, survey, now, calendar, pace))
    return [one for one in found if one.taken or one.problem]


def _follow_ups(db: Db, forms: Forms) -> Iterable[tuple[SurveyRow, str, int]]:
    """Surveys that follow up another: which one, and after how many months."""
    for survey in db.exec(select(SurveyRow).order_by(col(SurveyRow.id))).all():
        if survey.version_id is not None:
            settings = forms.of(db, survey.version_id).settings
            if settings.follow_up_of:
                months = settings.follow_up_months or USUAL_MONTHS
                yield survey, settings.follow_up_of, months


def _courses_of(db: Db, slug: str) -> Sequence[Course]:
    query = (
        select(Course)
        .join(SurveyRow, col(SurveyRow.id) == col(Course.evaluation_id))
        .where(col(SurveyRow.slug) == slug)
        .order_by(col(Course.id))
    )
    return db.exec(query).all()


def _follow(
    db: Db, course: Course, survey: SurveyRow, now: datetime, calendar: Calendar, pace: Pace
) -> FollowedUp:
    assert course.id is not None
    try:
        _may_ask(survey)
    except CannotStart as error:
        return FollowedUp(course.id, course.name, survey.slug, problem=str(error))
    started = _ask(db, course, survey, f"follow:{survey.id}", now=now, calendar=calendar, pace=pace)
    return FollowedUp(course.id, course.name, survey.slug, taken=started.taken)
