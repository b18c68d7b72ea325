"""Who a plan's people are among those already known, and how they are written down.

An e-mail address is the same person wherever it stands. Without one, the id of a plan counts, but
only within its partnership: the "chair" of one is not the "chair" of another.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from reminders.plan_rows import ROLES, BodyRow, PersonRow
from reminders.plan_stored import Stored
from storage.issues import Issue, Severity
from storage.people import Person, email_hash
from storage.plans import ActionLead, Body, BodyMember
from storage.types import keyring_of

LONGEST_LANGUAGE = 12
_SEPARATOR = re.compile(r"[,;\n]")
_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,2}")


@dataclass(slots=True)
class KnownPeople:
    """Everybody stored, found as a plan names them."""

    db: Session
    by_hash: dict[str, Person] = field(default_factory=dict)
    by_key: dict[str, list[Person]] = field(default_factory=dict)
    ours: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()

    @classmethod
    def of(cls, db: Session, stored: Stored) -> "KnownPeople":
        known = cls(db, ours=stored.own_people, others=stored.others_people)
        for person in stored.people.values():
            known.enter(person)
        return known

    def enter(self, person: Person) -> None:
        """Make a person findable by what stands in the row now."""
        if person.email_hash:
            self.by_hash[person.email_hash] = person
        same = self.by_key.setdefault(person.key, []) if person.key else []
        if person not in same:
            same.append(person)

    def by_email(self, email: str) -> Person | None:
        """The person with this address."""
        return self.by_hash.get(self.hash_of(email)) if email else None

    def hash_of(self, email: str) -> str:
        """What a person's address is found by."""
        return email_hash(keyring_of(self.db.connection().dialect), email)

    def called(self, key: str) -> Person | None:
        """The person whom this partnership calls so, or somebody whom no partnership has yet."""
        same = [row for row in self.by_key.get(key, ()) if row.id not in self.others and row.active]
        return next((row for row in same if row.id in self.ours), same[0] if same else None)

    def find(self, row: PersonRow) -> Person | None:
        """The person whom a row of a plan means."""
        return self.by_email(row.email) or self.called(row.id)


def one_each(rows: Iterable[PersonRow], issues: list[Issue]) -> list[PersonRow]:
    """People by address: who holds two posts is one person, with the roles of both."""
    kept: dict[str, PersonRow] = {}
    for row in rows:
        key = row.email.casefold() or f"\0{row.id}"
        first = kept.get(key)
        if first is None:
            kept[key] = _usable(row, issues)
            continue
        row = _usable(row, issues)
        kept[key] = replace(first, roles=tuple(dict.fromkeys((*first.roles, *row.roles))))
        issues.append(_shared(first, row))
    return list(kept.values())


def _usable(row: PersonRow, issues: list[Issue]) -> PersonRow:
    """The row with the roles and the language that can be used."""
    roles = dict.fromkeys(
        role.strip().replace(" ", "_").casefold()
        for text in row.roles
        for role in _SEPARATOR.split(text)
        if role.strip()
    )
    row = replace(row, roles=tuple(role for role in roles if role in ROLES))
    row = replace(row, reads=_codes(row, issues))
    issues.extend(_unknown_role(row, role) for role in roles if role not in ROLES)
    if len(row.language) <= LONGEST_LANGUAGE:
        return row
    issues.append(
        Issue(
            row.place,
            "language-unknown",
            f'"{row.language[:40]}" is not the code of a language; it was left out.',
            "Write a code such as en, pl or pt-BR.",
            Severity.ADVICE,
        )
    )
    return replace(row, language="")


def _codes(row: PersonRow, issues: list[Issue]) -> tuple[str, ...]:
    """The languages that somebody reads, as codes."""
    given = dict.fromkeys(
        code.strip().casefold()
        for text in row.reads
        for code in _SEPARATOR.split(text)
        if code.strip()
    )
    issues.extend(_unknown_code(row, code) for code in given if not _CODE.fullmatch(code))
    return tuple(code for code in given if _CODE.fullmatch(code))


def _unknown_code(row: PersonRow, code: str) -> Issue:
    return Issue(
        row.place,
        "language-unknown",
        f'"{code[:40]}", under "reads", is not the code of a language; it was left out.',
        "Write codes such as en, pl, ur.",
        Severity.ADVICE,
    )


def _unknown_role(row: PersonRow, role: str) -> Issue:
    return Issue(
        row.place,
        "role-unknown",
        f'"{role[:40]}" is not a role; it was left out.',
        f"Use one of: {', '.join(name.replace('_', ' ') for name in ROLES)}.",
    )


def _shared(first: PersonRow, row: PersonRow) -> Issue:
    return Issue(
        row.place,
        "e-mail-of-two-posts",
        f'"{row.post[:60]}" and "{first.post[:60]}" have one e-mail address: they are one person.',
        "If they are two people, give each an address of their own.",
        Severity.ADVICE,
    )


def person_values(row: PersonRow, *, language: bool) -> dict[str, Any]:
    """What a row says of a person; `language` only where it is not the person's own choice."""
    values: dict[str, Any] = {"key": row.id, "name": row.post, "agency": row.agency}
    if row.roles:
        values["roles"] = list(row.roles)
    if row.language and language:
        values["language"] = row.language
    if row.reads:
        values["reads"] = list(row.reads)
    return {name: value for name, value in values.items() if value}


def has_new_email(known: KnownPeople, person: Person, email: str) -> bool:
    """Whether a row gives a person an address that is not theirs yet."""
    return bool(email) and person.email_hash != known.hash_of(email)


def set_email(known: KnownPeople, person: Person, email: str) -> None:
    """Give a person an address, and the hash by which it is found."""
    person.email, person.email_hash = email.strip(), known.hash_of(email)


def enter_person(known: KnownPeople, row: PersonRow, *, language: bool = False) -> Person:
    """Write one row's person: found and brought up to date, or new.

    With `language`, the row's language counts for somebody known too.
    """
    called = known.called(row.id)
    person = known.by_email(row.email) or called
    if person is None:
        person = Person(**person_values(row, language=True))
    else:
        for name, value in person_values(row, language=language).items():
            setattr(person, name, value)
    if has_new_email(known, person, row.email):
        set_email(known, person, row.email)
    known.db.add(person)
    known.db.flush()
    known.enter(person)
    if called is not None and called is not person:
        _become(known.db, called, person)
    return person


def _become(db: Session, former: Person, person: Person) -> None:
    """One person was known twice, by post and by address: what they lead goes to the address."""
    if former.email_hash:
        return  # two people with addresses of their own
    db.flush()
    db.execute(
        update(ActionLead).where(col(ActionLead.person_id) == former.id).values(person_id=person.id)
    )
    for name in ("contact_person_id", "deputy_person_id", "chair_person_id"):
        column = getattr(Body, name)
        db.execute(update(Body).where(column == former.id).values({name: person.id}))
    for seat in db.exec(select(BodyMember).where(BodyMember.person_id == former.id)).all():
        db.merge(BodyMember(body_id=seat.body_id, person_id=person.id or 0))
        db.delete(seat)
    former.active = False
    db.add(former)


BODY_POSTS = (
    ("contact", "contact_person_id"),
    ("deputy", "deputy_person_id"),
    ("chair", "chair_person_id"),
)


def enter_post(known: KnownPeople, body: BodyRow, email: str) -> Person:
    """The person behind a body's contact address; one unknown so far is called by the body."""
    person = known.by_email(email)
    if person is not None:
        return person
    person = Person(name=body.name)
    set_email(known, person, email)
    known.db.add(person)
    known.db.flush()
    known.enter(person)
    return person


def posts_of(body: BodyRow) -> Iterator[tuple[str, str, str]]:
    """The posts that a row fills: name, column, address."""
    for name, column in BODY_POSTS:
        if email := getattr(body, name):
            yield name, column, email


def people_entries(rows: Iterable[PersonRow], people: dict[str, Person]) -> list[dict[str, Any]]:
    """What the tables have no column for, kept with the plan: never an address."""
    return [
        {
            "id": row.id,
            "person": people[row.id].id,
            "post": row.post,
            "agency": row.agency,
            "bodies": list(row.bodies),
            "platform": row.platform,
            "language": row.language,
            "note": row.note,
            "source_lines": row.source_lines,
        }
        for row in rows
    ]
