"""What was seen last of a survey's results, so that the next look gives nobody away.

Kept is what may be seen, never a count that is hidden. Within the partnership there is one row for
each round, replaced in steps; what went out to the public is added and stays.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.audit import record
from storage.plain import plain, restored
from storage.voice import Publication
from surveys.results.safe import table_moved_safely
from surveys.results.view import (
    Count,
    CrossRow,
    CrossTable,
    Line,
    QuestionResult,
    Shape,
    SurveyResults,
)
from surveys.suppression import Audience

_FORMAT = 1


def kind_of(seen_by: Audience, round_number: int) -> str:
    """The kind of publication that keeps the results of a round."""
    return f"results-{seen_by.value}:{round_number}"


def last_seen(db: Db, survey_id: int, seen_by: Audience, round_number: int) -> SurveyResults | None:
    """The results as they were last seen by this audience."""
    row = _last(db, survey_id, kind_of(seen_by, round_number))
    if row is None or row.content.get("format") != _FORMAT:
        return None
    found: SurveyResults = restored(SurveyResults, row.content["view"])
    return found


def published(db: Db, survey_id: int, round_number: int) -> list[SurveyResults]:
    """All that went out to the public of a round, the newest last: anybody may have kept it."""
    kind = kind_of(Audience.PUBLIC, round_number)
    rows = db.exec(
        select(Publication)
        .where(col(Publication.survey_id) == survey_id, col(Publication.kind) == kind)
        .order_by(col(Publication.id))
    ).all()
    return [
        restored(SurveyResults, row.content["view"])
        for row in rows
        if row.content.get("format") == _FORMAT
    ]


def keep(
    db: Db, survey_id: int, results: SurveyResults, *, now: datetime, person_id: int | None
) -> None:
    """Notes what is seen from now on; what goes to the public is recorded in the audit log too."""
    kind = kind_of(results.seen_by, results.round)
    row = _last(db, survey_id, kind) if results.seen_by is Audience.INTERNAL else None
    if row is None:
        row = Publication(
            kind=kind, survey_id=survey_id, period_end=results.as_of, published_at=now
        )
    row.period_end, row.published_at, row.published_by_id = results.as_of, now, person_id
    row.content = {"format": _FORMAT, "view": plain(results)}
    db.add(row)
    if results.seen_by is Audience.PUBLIC:
        record(
            db,
            at=now,
            act="results.public",
            subject=f"survey {results.slug} round {results.round}",
            person_id=person_id,
            actor="" if person_id else "command line",
        )
    db.flush()


def _last(db: Db, survey_id: int, kind: str) -> Publication | None:
    return db.exec(
        select(Publication)
        .where(col(Publication.survey_id) == survey_id, col(Publication.kind) == kind)
        .order_by(col(Publication.id).desc())
        .limit(1)
    ).first()


# -- what may follow what


def people_moved(before: SurveyResults, people: int, threshold: int) -> bool:
    """Whether enough people came, or went, since: one person alone never shows."""
    return abs(people - (before.people or 0)) >= threshold


def may_follow(before: SurveyResults, after: SurveyResults, threshold: int) -> bool:
    """Whether new figures may go to the public after earlier ones: no difference may be small."""
    people = (before.people or 0, after.people or 0)
    if not table_moved_safely({}, {}, people=people, threshold=threshold):
        return False
    return all(
        table_moved_safely(old, new, people=moved, threshold=threshold)
        for old, new, moved in _pairs(before, after, people)
    )


Pair = tuple[Mapping[str, Count], Mapping[str, Count], tuple[int, int]]
_TOLD_APART: Pair = ({"": 0}, {"": 1}, (0, 1))
"""Bands with other ends: sums of the old and the new ones could be subtracted."""


def _pairs(before: SurveyResults, after: SurveyResults, people: tuple[int, int]) -> list[Pair]:
    pairs: list[Pair] = [
        (_counts(before.languages), _counts(after.languages), people),
        (_counts(before.completion), _counts(after.completion), people),
        ({"": before.reach.invited}, {"": after.reach.invited}, (0, 0)),
    ]
    for old in before.questions:
        new = after.question(old.name)
        if new is not None:
            pairs += _question(old, new, people)
    for was in before.breakdowns:
        now = after.by(was.by)
        sizes = {group.name: group.people for group in now.groups} if now else {}
        pairs.append(({group.name: group.people for group in was.groups}, sizes, people))
        new_tables = {table.question: table for table in now.tables} if now else {}
        for table in was.tables:
            pairs += _rows(table, new_tables.get(table.question))
    return pairs


def _question(old: QuestionResult, new: QuestionResult, people: tuple[int, int]) -> list[Pair]:
    """Lines that share people are compared each against the rest."""
    was, now = _counts(_every_line(old)), _counts(_every_line(new))
    if old.shape is Shape.BANDS and list(was) != list(now):
        return [_TOLD_APART]
    if old.shape is Shape.MANY:
        of = (old.base or 0, new.base or 0)
        chosen: list[Pair] = [({n: c}, {n: now.get(n)}, of) for n, c in was.items()]
        return [({"": of[0]}, {"": of[1]}, people), *chosen]
    return [(was, now, people)]


def _every_line(question: QuestionResult) -> tuple[Line, ...]:
    none = question.no_answer
    return (*question.lines, *(() if none is None else (none,)))


def _rows(old: CrossTable, new: CrossTable | None) -> list[Pair]:
    rows = {row.group: row for row in new.rows} if new else {}
    return [
        ({name: count}, {name: after.get(name)}, (0, 0))
        for row in old.rows
        if row.group in rows
        for after in [_counts_of(rows[row.group])]
        for name, count in _counts_of(row).items()
    ]


def _counts_of(row: CrossRow) -> dict[str, Count]:
    """A row's cells, and of how many people they are."""
    return {**_counts(row.cells), f"of everyone: {row.of_everyone}": row.base}


def _counts(lines: tuple[Line, ...]) -> dict[str, Count]:
    return {line.name: line.count for line in lines}
