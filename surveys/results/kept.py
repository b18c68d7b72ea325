"""What was seen last of a survey's results, so that the next look gives nobody away.

Kept is what may be seen, never a count that is hidden. Within the partnership there is one row for
each round, replaced in steps; what went out to the public is added and stays.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.audit import record
from storage.voice import Publication
from surveys.results.safe import table_moved_safely
from surveys.results.view import Count, CrossTable, Line, QuestionResult, Shape, SurveyResults
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
    pairs: list[Pair] = []
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
    was, now = _counts(old.lines), _counts(new.lines)
    if old.shape is Shape.BANDS and list(was) != list(now):
        return [_TOLD_APART]
    if old.shape in (Shape.MANY, Shape.WORDS):
        return [({n: c}, {n: now.get(n)}, people) for n, c in was.items()]
    return [(was, now, people)]


def _rows(old: CrossTable, new: CrossTable | None) -> list[Pair]:
    rows = {row.group: row for row in new.rows} if new else {}
    return [
        (
            {line.name: line.count},
            {line.name: _counts(rows[row.group].cells).get(line.name)},
            (0, 0),
        )
        for row in old.rows
        if row.group in rows
        for line in row.cells
    ]


def _counts(lines: tuple[Line, ...]) -> dict[str, Count]:
    return {line.name: line.count for line in lines}


# -- as JSON


def plain(thing: Any) -> Any:
    """A view as `json.dumps` takes it."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {field.name: plain(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, date):
        return thing.isoformat()
    if isinstance(thing, Mapping):
        return {str(key): plain(value) for key, value in thing.items()}
    return [plain(item) for item in thing] if isinstance(thing, tuple) else thing


def restored(kind: Any, value: Any) -> Any:
    """The view that `plain` wrote, by the types of its fields."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if value is None:
            return None
        return restored(next(one for one in inner if one is not NoneType), value)
    if origin is tuple:
        return tuple(restored(inner[0], item) for item in value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: restored(hints[name], item) for name, item in value.items()})  # type: ignore[operator]
    if kind is date:
        return date.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value
