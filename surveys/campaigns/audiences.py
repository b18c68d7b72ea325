"""Who a campaign goes to: people chosen by role, body, agency, list or course, and whether each can
be reached.

Read in batches of plain columns, so that a hundred thousand people are never in memory as rows.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import and_, col, select

from storage.invitations import CoursePlace, NoThanks
from storage.people import Contact, ContactState, Person, email_hash
from storage.plans import Body
from storage.rows import chunks, columns, rows
from storage.types import keyring_of

_BATCH = 2000
NO_ADDRESS = "no_address"
GONE = "gone"
NO_THANKS = "no_thanks"
EVERY_INVITATION = "every"


@dataclass(frozen=True, slots=True)
class Listed:
    """One person as the choice looks at them; `trouble` is why they cannot be reached, if so."""

    id: int
    agency: str = ""
    roles: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    language: str = "en"
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person must fulfil: each kind that is given, in one of its values.

    `people` is a list of ids, from a file or a course. Nothing given is nobody, so that a
    forgotten option does not write to everyone: `everyone` says so.
    """

    roles: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    people: frozenset[int] | None = None
    everyone: bool = False

    @property
    def is_nobody(self) -> bool:
        given = self.roles or self.bodies or self.agencies or self.people is not None
        return not (given or self.everyone)

    def takes(self, person: Listed) -> bool:
        """Whether this person is meant."""
        if self.is_nobody:
            return False
        return (
            (not self.roles or not self.roles.isdisjoint(person.roles))
            and (not self.bodies or not self.bodies.isdisjoint(person.bodies))
            and (not self.agencies or person.agency.casefold() in self.agencies)
            and (self.people is None or person.id in self.people)
        )

    def in_words(self) -> str:
        """How the audience was chosen, as the campaign shows it."""
        parts = [
            f"{name} {', '.join(sorted(values))}"
            for name, values in (
                ("role", self.roles),
                ("body", self.bodies),
                ("agency", self.agencies),
            )
            if values
        ]
        if self.people is not None:
            parts.append("from a list")
        return "; ".join(parts) or "everyone"


@dataclass(slots=True)
class Preview:
    """How many an audience has, who cannot be reached and why, and in which languages."""

    total: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    agencies: Counter[str] = field(default_factory=Counter)
    unreached: list[tuple[int, str]] = field(default_factory=list)

    @property
    def reached(self) -> int:
        return self.total - self.troubles.total()


def choose(people: Iterable[Listed], wanted: Wanted) -> Iterator[Listed]:
    """Those who are meant, in the order given. Pure."""
    return (person for person in people if wanted.takes(person))


def preview(people: Iterable[Listed], *, shown: int = 50) -> Preview:
    """Counts an audience; names `shown` of those who cannot be reached, by id. Pure."""
    found = Preview()
    for person in people:
        found.total += 1
        found.languages[person.language] += 1
        found.agencies[person.agency] += 1
        if person.trouble:
            found.troubles[person.trouble] += 1
            if len(found.unreached) < shown:
                found.unreached.append((person.id, person.trouble))
    return found


def listed(db: Db, *, survey_id: int, only: Collection[int] | None = None) -> Iterator[Listed]:
    """Everybody active, by id; `trouble` is set for those whom this survey's mail cannot reach."""
    bodies, refusing = _bodies(db), _refusing(db, survey_id)
    for found in _batches(db, only):
        states = _contact_states(db, [row.id for row in found])
        for row in found:
            trouble = NO_THANKS if row.id in refusing else states.get(row.id, NO_ADDRESS)
            yield Listed(
                id=row.id,
                agency=row.agency,
                roles=frozenset(row.roles or ()),
                bodies=bodies.get(row.id, frozenset()),
                language=row.language,
                trouble=trouble,
            )


def _batches(db: Db, only: Collection[int] | None) -> Iterator[Sequence[Any]]:
    wanted = columns(Person.id, Person.agency, Person.roles, Person.language)
    wanted = wanted.where(col(Person.active)).order_by(col(Person.id))
    if only is not None:
        for ids in chunks(sorted(only)):
            yield rows(db, wanted.where(col(Person.id).in_(ids)))
        return
    last = 0
    while found := rows(db, wanted.where(col(Person.id) > last).limit(_BATCH)):
        yield found
        last = found[-1].id


def _contact_states(db: Db, people: Sequence[int]) -> Mapping[int, str]:
    """ "" for who has an address that works; GONE for who has only one that does not."""
    query = columns(Contact.person_id, Contact.state).where(col(Contact.person_id).in_(people))
    found: dict[int, str] = {}
    for person_id, state in rows(db, query):
        if state == ContactState.ACTIVE:
            found[person_id] = ""
        else:
            found.setdefault(person_id, GONE)
    return found


def _refusing(db: Db, survey_id: int) -> set[int]:
    scopes = [scope_of(survey_id), EVERY_INVITATION]
    return set(db.exec(select(NoThanks.person_id).where(col(NoThanks.scope).in_(scopes))))


def scope_of(survey_id: int) -> str:
    """What somebody refuses who refuses this survey."""
    return f"survey {survey_id}"


def _bodies(db: Db) -> Mapping[int, frozenset[str]]:
    """The bodies that each person is contact, deputy or chair of, by key."""
    found: dict[int, set[str]] = {}
    for body in db.exec(select(Body)):
        for person_id in (body.contact_person_id, body.deputy_person_id, body.chair_person_id):
            if person_id is not None:
                found.setdefault(person_id, set()).add(body.key)
    return {person_id: frozenset(keys) for person_id, keys in found.items()}


def body_keys(db: Db) -> frozenset[str]:
    """The bodies that may be named."""
    return frozenset(db.exec(select(Body.key)))


def agencies(db: Db) -> frozenset[str]:
    """The agencies that somebody active is of."""
    found = db.exec(select(Person.agency).where(col(Person.active)).distinct())
    return frozenset(agency for agency in found if agency)


def people_of(db: Db, emails: Sequence[str]) -> dict[str, int]:
    """The active people of these e-mail addresses, by address."""
    keyring = keyring_of(db.connection().dialect)
    by_hash = {email_hash(keyring, one): one for one in emails}
    found: dict[str, int] = {}
    for chunk in chunks(list(by_hash)):
        query = columns(Person.email_hash, Person.id).where(
            and_(col(Person.email_hash).in_(chunk), col(Person.active))
        )
        found |= {by_hash[digest]: person_id for digest, person_id in rows(db, query)}
    return found


def attendees(db: Db, course_id: int, *, attended: bool) -> frozenset[int]:
    """Who was at a course, or who had a place and was not."""
    query = select(CoursePlace.person_id).where(
        col(CoursePlace.course_id) == course_id, col(CoursePlace.attended).is_(attended)
    )
    return frozenset(db.exec(query))
