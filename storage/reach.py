"""Where one person stands in the tables: found by walking the metadata, so that no table is missed.

A column leads to a person by its foreign key, or by holding a pseudonym. A row is about them, or
they only did something to it: then it is another's, and only its reference is theirs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, Column, String, Table, func, or_
from sqlmodel import Session, col, select

from storage.concerns import ReviewItem
from storage.people import Contact, Person
from storage.rows import chunks, columns, rows
from storage.schema import metadata
from storage.surveys import SurveySession
from storage.types import Encrypted

NOTHING_PERSONAL: Mapping[str, str] = {
    "action": "the plan: posts and bodies as printed",
    "campaign": "a survey sent to many: how many, and the words of its audience",
    "course": "a course: its name and day",
    "cycle": "the plan: what the partnership does at an interval",
    "edition_file": "goes with its digest",
    "hearing_theme": "what came up in a session, counted",
    "house_mark": "the database's own notes about itself",
    "inbox_key": "numbers of events, without who they were of",
    "invite": "tokens, of which nothing says whose they are",
    "lease": "which node is at work",
    "partnership": "the partnership's own name",
    "plan": "the plan: its title, period, and contacts as printed",
    "pooled_response": "anonymous: no way leads from here to anybody",
    "priority": "the plan: its priorities",
    "sending_batch": "how many messages went out at once",
    "survey_round": "when a survey was open",
    "survey_version": "a form without anybody's answers",
    "theme": "what was said, counted: the codebook's words",
    "told_verdict": "one tap about what was published; no way leads from here to anybody",
    "tombstone": "keyed digests of what was erased",
}
"""Tables in which no column leads to a person, and why that is so."""

CONCERN_TABLES = ("review_item", "review_event")
"""What reviewers wrote down: withheld until an officer releases it."""

_ABOUT = {
    "id",
    "person_id",
    "made_for_id",
    "contact_id",
    "pseudonym",
    "session_id",
    "last_session_id",
    "item_id",
}
_DID_ONLY = {("review_event", "person_id")}
_KINDS = {
    "person": "people",
    "contact": "contacts",
    "survey_session": "sessions",
    "review_item": "items",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """One person, by every key under which they stand somewhere. `marks`: of the audit log."""

    people: frozenset[int] = frozenset()
    contacts: frozenset[int] = frozenset()
    sessions: frozenset[str] = frozenset()
    pseudonyms: frozenset[str] = frozenset()
    items: frozenset[int] = frozenset()
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """What one table holds: rows about them, and references to rows to which they did something."""

    table: str
    about: Sequence[Mapping[str, Any]] = ()
    did: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """All tables: the parts where something was found, and how many rows each table has."""

    parts: Sequence[Part] = ()
    looked_through: Mapping[str, int] = field(default_factory=dict)

    def part(self, table: str) -> Part:
        return next((part for part in self.parts if part.table == table), Part(table))


def subject_of_person(session: Session, person_id: int) -> Subject:
    """A professional, their addresses, and what they answered as a practitioner."""
    contacts = session.exec(select(Contact.id).where(col(Contact.person_id) == person_id)).all()
    return _subject(session, contacts, people=[person_id])


def subject_of_session(session: Session, session_id: str) -> Subject:
    """A respondent: the session, and what else came from where it was answered."""
    found = session.get_one(SurveySession, session_id)
    contacts = [] if found.contact_id is None else [found.contact_id]
    return _subject(session, contacts, sessions=[session_id])


def subject_of_item(session: Session, item_id: int) -> Subject:
    """Whoever wrote a text of the review queue; the text alone where nothing leads further."""
    item = session.get_one(ReviewItem, item_id)
    mine = col(SurveySession.pseudonym) == item.pseudonym
    found = session.exec(select(SurveySession.id).where(mine)).first() if item.pseudonym else None
    if found is not None:
        return subject_of_session(session, found)
    return _subject(session, [], items=[item_id])


def _subject(
    session: Session,
    contacts: Iterable[int | None],
    *,
    people: Sequence[int] = (),
    sessions: Sequence[str] = (),
    items: Sequence[int] = (),
) -> Subject:
    where = frozenset(one for one in contacts if one is not None)
    theirs = session.exec(
        select(SurveySession.id, SurveySession.pseudonym).where(
            or_(col(SurveySession.contact_id).in_(where), col(SurveySession.id).in_(sessions))
        )
    ).all()
    pseudonyms = frozenset(row[1] for row in theirs)
    queued = session.exec(
        select(ReviewItem.id, ReviewItem.ref).where(
            or_(col(ReviewItem.pseudonym).in_(pseudonyms), col(ReviewItem.id).in_(items))
        )
    ).all()
    return Subject(
        people=frozenset(people),
        contacts=where,
        sessions=frozenset(row[0] for row in theirs),
        pseudonyms=pseudonyms,
        items=frozenset(row[0] for row in queued if row[0] is not None),
        marks=frozenset(
            [
                *(f"person:{one}" for one in people),
                *(f"contact:{one}" for one in where),
                *(f"review item {row[1]}" for row in queued),
            ]
        ),
    )


def links(table: Table) -> dict[str, str]:
    """The columns of a table that lead to a person, and to which of their keys."""
    found = {}
    for column in table.c:
        kind = _kind(table, column)
        if kind is not None:
            found[column.name] = kind
    return found


def _kind(table: Table, column: Column[Any]) -> str | None:
    if column.name == "pseudonym":
        return "pseudonyms"
    if column.name == "last_session_id":
        return "sessions"
    if table.name in _KINDS and column.name == "id":
        return _KINDS[table.name]
    for key in column.foreign_keys:
        if (target := key.column.table.name) in _KINDS:
            return _KINDS[target]
    return None


def look(session: Session, subject: Subject) -> Reached:
    """Walks every table."""
    parts, counts = [], {}
    for table in metadata().sorted_tables:
        part, counts[table.name] = _look_in(session, table, subject)
        if part.about or part.did:
            parts.append(part)
    return Reached(parts, counts)


def _look_in(session: Session, table: Table, subject: Subject) -> tuple[Part, int]:
    key = [column.name for column in table.primary_key]
    about: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    did: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for name, kind in links(table).items():
        for row in _rows(session, table, table.c[name], getattr(subject, kind)):
            place = tuple(row[one] for one in key)
            if name in _ABOUT and (table.name, name) not in _DID_ONLY:
                about[place] = row
            else:
                did[place] = {**{one: row[one] for one in key}, "as": name}
    if table.name == "audit_entry":
        for row in _rows(session, table, table.c.subject, subject.marks):
            about[tuple(row[one] for one in key)] = row
    rest = [row for place, row in did.items() if place not in about]
    return Part(table.name, list(about.values()), rest), _count(session, table)


def _count(session: Session, table: Table) -> int:
    count: int = rows(session, columns(func.count().label("n")).select_from(table))[0].n
    return count


def _rows(
    session: Session, table: Table, column: Column[Any], wanted: Iterable[Any]
) -> Iterable[Mapping[str, Any]]:
    order = list(table.primary_key)
    for chunk in chunks(sorted(wanted)):
        query = columns(*table.c).where(column.in_(chunk)).order_by(*order)
        for row in rows(session, query):
            yield dict(row._mapping)


def names_of(session: Session, person_id: int) -> tuple[str, ...]:
    """By what a professional is named in texts: the e-mail, and a name of more than one word."""
    person = session.get_one(Person, person_id)
    names = (person.email or "", person.name if " " in person.name.strip() else "")
    return tuple(name.strip() for name in names if name.strip())


_YOUNG_WORDS = {"answer", "survey_session", "kept_message", *CONCERN_TABLES}


def mentions(session: Session, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Where these names stand in texts of other rows: table, column and key, never the text.

    What young people and reviewers wrote is not searched: it is not about professionals' data.
    """
    wanted = [name.casefold() for name in names]
    found: list[tuple[str, str, str]] = []
    for table in metadata().sorted_tables if wanted else ():
        if table.name not in _YOUNG_WORDS:
            found += _mentioned_in(session, table, wanted)
    return found


def _mentioned_in(
    session: Session, table: Table, wanted: Sequence[str]
) -> Iterable[tuple[str, str, str]]:
    texts = [one.name for one in table.c if not one.foreign_keys and _holds_text(one)]
    key = [one.name for one in table.primary_key]
    if not texts:
        return
    names = dict.fromkeys((*key, *texts))
    for row in rows(session, columns(*(table.c[name] for name in names))):
        for name in texts:
            text = str(getattr(row, name) or "").casefold()
            if any(one in text for one in wanted):
                place = "/".join(str(getattr(row, one)) for one in key)
                yield table.name, name, place


def _holds_text(column: Column[Any]) -> bool:
    return isinstance(column.type, (String, JSON, Encrypted)) and not column.name.endswith("_hash")
