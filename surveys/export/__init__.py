"""Answers as files: protected tables for everybody who may see results, raw rows for very few."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import col

from storage.audit import record
from storage.database import Database
from storage.rows import columns
from storage.surveys import Answer, SessionState, SurveySession
from surveys.export.files import Column, TableFile, Value, write_csv, write_xlsx
from surveys.export.rows import TABLE_COLUMNS, RawColumns, raw_columns, table_rows
from surveys.results import Subject, Wanted, subject_of
from surveys.results.view import SurveyResults
from surveys.reviewed import AsOthersRead, read_replies
from surveys.sessions import Forms

WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
_RAW_START = (
    Column("row", "A number of this file only; another export gives another"),
    Column("round", "Round", "integer"),
    Column("finished", "1 if the survey was taken to its end", "integer"),
)
_AT_ONCE = 500
_SHORTEST_REASON = 8


class ExportRefused(ValueError):
    """What was asked may not be written; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and how many responses are in it."""

    written: tuple[Path, ...]
    rows: int


def export_tables(results: SurveyResults, out: Path, as_format: str) -> list[Path]:
    """The results as rows, protected as they are seen; `c` where a count is hidden."""
    if results.withheld is not None:
        raise ExportRefused(
            f"there is nothing to write yet: fewer than {results.threshold} people have answered, "
            "or the survey is still open and this is for the public"
        )
    table = TableFile(
        name=f"{results.slug}-results",
        title=f"{results.title}: results",
        columns=TABLE_COLUMNS,
        notice=_table_notice(results),
    )
    return WRITERS[as_format](table, table_rows(results), out)[1]


def _table_notice(results: SurveyResults) -> tuple[str, ...]:
    rounded = " Every number is rounded to the nearest five." if results.is_rounded else ""
    return (
        f"{results.title}: results as they were on {results.as_of.isoformat()}.",
        f"c is a count that is not shown: fewer than {results.threshold} people, nobody included, "
        f"or one that would give such a count away.{rounded}",
        "_no_answer: no answer, or not asked. _other_groups: all groups too small to be shown "
        "alone. _wrote: wrote something in their own words.",
        f"For the {'public' if results.seen_by.value == 'public' else 'partnership only'}.",
    )


def export_raw(
    database: Database,
    forms: Forms,
    wanted: Wanted,
    out: Path,
    as_format: str,
    *,
    reason: str,
    person_id: int,
    for_roles: Sequence[str],
    now: datetime,
) -> Exported:
    """A row for each response, without pseudonym, group, language or time; recorded beforehand.

    Words are in it only where a reviewer has read every one of them and held none back.
    `for_roles`: who may have such a file, as it says of itself.
    """
    reason = " ".join(reason.split())
    if len(reason) < _SHORTEST_REASON:
        raise ExportRefused("raw answers need a reason, in a few words: --reason TEXT")
    with database.reading() as db:
        subject = subject_of(db, forms, wanted.slug, wanted.round)
    with database.writing() as db:
        record(
            db,
            at=now,
            act="answers.export_raw",
            subject=f"survey {wanted.slug} round {subject.round}",
            person_id=person_id,
            detail=reason[:200],
        )
    made = raw_columns(subject.form, _RAW_START)
    table = TableFile(
        name=f"{wanted.slug}-raw",
        title=f"{subject.form.settings.title}: RAW responses",
        columns=made.columns,
        notice=_raw_notice(subject, for_roles, reason),
    )
    with database.reading() as db:
        count, written = WRITERS[as_format](table, _raw_rows(db, subject, made), out)
    return Exported(tuple(written), count)


def _raw_notice(subject: Subject, roles: Sequence[str], reason: str) -> tuple[str, ...]:
    return (
        f"RAW RESPONSES to {subject.form.settings.title}. Nothing in this file is protected: "
        "somebody who knows a person may find them in it.",
        f"Only these roles may have it: {', '.join(roles)}. Do not send it on, do not put it into "
        "a report, and delete it when its reason is over.",
        f"Reason given: {reason}. The export is in the audit log.",
        "Rows are in random order, with numbers that are new in every export. Words stand here "
        "only where a reviewer has read them and held nothing back. No inviting group, language "
        "or time is in it.",
        "For anything that is shared use the protected tables: survey export without --raw.",
    )


def _raw_rows(db: Db, subject: Subject, made: RawColumns) -> Iterator[tuple[Value, ...]]:
    """As the database gives them, some hundred at a time.

    Pseudonyms are random, so their letters from a random place on give an order that says nothing,
    and another one each time.
    """
    place = secrets.randbelow(8) + 1
    query = (
        columns(SurveySession.pseudonym, SurveySession.round, SurveySession.state)
        .where(*subject.scope.sessions())
        .order_by(func.substr(SurveySession.pseudonym, place), col(SurveySession.pseudonym))
        .execution_options(yield_per=_AT_ONCE)
    )
    for batch in db.connection().execute(query).partitions(_AT_ONCE):
        told = _answers(db, subject, [row[0] for row in batch])
        for pseudonym, number, state in batch:
            start = (f"r{secrets.token_hex(8)}", number, int(state == SessionState.COMPLETE))
            yield made.row(start, told.get(pseudonym, {}))


def _answers(db: Db, subject: Subject, pseudonyms: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    read = read_replies(subject.survey_id, pseudonyms)
    coded = columns(Answer.pseudonym, Answer.question, Answer.value).where(
        col(Answer.pseudonym).in_(pseudonyms), col(Answer.value).is_not(None)
    )
    words = (
        columns(Answer.pseudonym, Answer.question, Answer.words)
        .join(
            read,
            (read.c.pseudonym == col(Answer.pseudonym)) & (read.c.question == col(Answer.question)),
        )
        .where(col(Answer.pseudonym).in_(pseudonyms), col(Answer.words).is_not(None))
    )
    for pseudonym, question, value in db.connection().execute(coded):
        found.setdefault(pseudonym, {})[question] = value
    as_read = AsOthersRead(db, subject.survey_id, pseudonyms)
    for pseudonym, question, value in db.connection().execute(words):
        if left := as_read.of((pseudonym, question), value):
            found.setdefault(pseudonym, {})[question] = left
    return found
