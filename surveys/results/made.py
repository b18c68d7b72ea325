"""All tables of one round from one count of the same people."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import Session as Db

from surveys.results import counts
from surveys.results.counts import People
from surveys.results.safe import partition
from surveys.results.tables import Grouping, breakdown, deciders, question_result, soften
from surveys.results.tally import Asked, Counts, asked
from surveys.results.view import (
    BY_INVITATION,
    Line,
    QuestionResult,
    Reach,
    Shape,
    SurveyResults,
    Withheld,
    share,
)
from surveys.suppression import Audience

if TYPE_CHECKING:
    from surveys.results import Subject, Wanted


def make(
    db: Db,
    subject: "Subject",
    wanted: "Wanted",
    *,
    people: People,
    threshold: int,
    today: date,
    why: Withheld | None,
) -> SurveyResults:
    """The results of a round as they stand in the database now; bare where they are withheld."""
    settings = subject.form.settings
    bare = SurveyResults(
        slug=settings.form_id,
        titles=settings.titles,
        written_in=settings.default_language,
        asked=subject.row.audience,
        seen_by=wanted.seen_by,
        threshold=threshold,
        round=subject.round,
        round_name=subject.round_name,
        is_running=subject.is_running,
        as_of=today,
        withheld=why,
    )
    return bare if why is not None else _filled(db, subject, wanted, bare, people)


def _filled(
    db: Db, subject: "Subject", wanted: "Wanted", bare: SurveyResults, people: People
) -> SurveyResults:
    """With all its tables, each protected as the others need it."""
    threshold, total = bare.threshold, people.total
    counted = counts.questions(db, subject.scope)
    ready = [
        asked(plan, counted.get(plan.name, Counts()), total, threshold)
        for plan in subject.plans
        if plan.name in counted or subject.form.position(plan.name) is not None
    ]
    by = deciders(subject.form)
    seen = soften((question_result(one, threshold) for one in ready), by)
    pairs = list(zip(ready, seen, strict=True))
    places, open_ended = counts.invited(db, subject.survey_id)
    invited = _by_group(subject, people.by_group(), places)
    found = (
        breakdown(grouping, pairs, by, threshold)
        for grouping in _groupings(db, subject, pairs, wanted, invited)
    )
    return replace(
        bare,
        people=total,
        questions=seen,
        breakdowns=tuple(one for one in found if one is not None),
        languages=_languages(subject, people, threshold),
        completion=_completion(people, threshold),
        reach=_reach(subject, wanted, Came(total, invited, places, open_ended), threshold),
    )


def _groupings(
    db: Db,
    subject: "Subject",
    pairs: list[tuple[Asked, QuestionResult]],
    wanted: "Wanted",
    invited: dict[str, int],
) -> Iterator[Grouping]:
    """By which breakdowns are made: for the public only by what was asked for."""
    public = wanted.seen_by is Audience.PUBLIC
    for one, result in pairs:
        question = one.plan.question
        is_wanted = wanted.by == question.name if public else question.is_grouping
        if is_wanted and one.plan.shape is Shape.ONE and not result.is_rounded:
            grouped = counts.by_question(db, subject.scope, question.name)
            people = one.cells(one.counts, one.people)
            yield Grouping(question.name, question.labels, people, grouped, dict(one.plan.lines))
    if len(invited) > 1 and (not public or wanted.by == BY_INVITATION):
        grouped = counts.by_invitation(db, subject.scope)
        yield Grouping(BY_INVITATION, {}, invited, grouped)


def _by_group(subject: "Subject", came: dict[str, int], places: dict[str, int]) -> dict[str, int]:
    """How many of each inviting group took part, the groups that nobody came from included."""
    if subject.scope.round is not None:
        # Invitations do not say for which round they were: only who came is sure.
        return dict(sorted(came.items()))
    names = sorted({*came, *(name for name in places if name)})
    return {name: came.get(name, 0) for name in names}


def _languages(subject: "Subject", people: People, threshold: int) -> tuple[Line, ...]:
    if len(subject.form.languages) < 2:
        return ()
    came = people.by_language()
    names = dict.fromkeys((*subject.form.languages, *came))
    return _lines({name: came.get(name, 0) for name in names}, people.total, threshold)


def _completion(people: People, threshold: int) -> tuple[Line, ...]:
    counts = {name: count for name, count in people.by_progress().items() if count}
    return _lines(counts, people.total, threshold)


def _lines(counts: dict[str, int], people: int, threshold: int) -> tuple[Line, ...]:
    cells = partition(counts, threshold)
    return tuple(Line(name, {}, count, share(count, people)) for name, count in cells.items())


@dataclass(frozen=True, slots=True)
class Came:
    """Who took part, by group; the places on invitations, and whether posters invited others."""

    people: int
    groups: dict[str, int]
    places: dict[str, int]
    open_ended: bool


def _reach(subject: "Subject", wanted: "Wanted", came: Came, threshold: int) -> Reach:
    """Places on personal invitations, where no poster invites others; groups that few came from."""
    total = sum(came.places.values())
    rest = total - came.people
    known = bool(came.places) and not came.open_ended and subject.scope.round is None
    exact = known and total >= threshold and (rest == 0 or rest >= threshold)
    asked_groups = tuple(name for name in came.places if name)
    unheard = tuple(name for name in asked_groups if came.groups.get(name, 0) < threshold)
    public = wanted.seen_by is Audience.PUBLIC
    return Reach(total if exact else None, asked_groups, () if public else unheard)
