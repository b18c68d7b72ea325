"""Who is who, and what each role may ask for. The table is in DOMAIN, Roles."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam
from sqlmodel import Session as Db
from sqlmodel import col

from storage.people import Person, Role, people_with
from storage.rows import columns, rows


class Right(StrEnum):
    """What a person may do in chat.

    COUNTS: how many concerns wait and whether the clock was kept, never more. PEOPLE: who leads
    what, how they are reached, codes, leave. TRACE: whose answers they were, with a logged reason.
    """

    OWN_ACTIONS = "own_actions"
    GROUP_ACTIONS = "group_actions"
    ALL_ACTIONS = "all_actions"
    EXCEPTIONS = "exceptions"
    DIGEST = "digest"
    AGGREGATES = "aggregates"
    APPROVE = "approve"
    SETTLE_IMPORT = "settle_import"
    PEOPLE = "people"
    PUBLISH = "publish"
    READ_REVIEWED = "read_reviewed"
    REVIEW = "review"
    TRACE = "trace"
    COUNTS = "counts"
    AUDIT = "audit"


_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.LEAD: frozenset({Right.OWN_ACTIONS}),
    Role.CHAIR: frozenset({Right.OWN_ACTIONS, Right.GROUP_ACTIONS, Right.DIGEST, Right.AGGREGATES}),
    Role.MANAGER: frozenset(
        {
            Right.OWN_ACTIONS,
            Right.GROUP_ACTIONS,
            Right.ALL_ACTIONS,
            Right.EXCEPTIONS,
            Right.DIGEST,
            Right.AGGREGATES,
            Right.APPROVE,
            Right.SETTLE_IMPORT,
            Right.PEOPLE,
            Right.PUBLISH,
            Right.COUNTS,
            Right.AUDIT,
        }
    ),
    Role.VOICE_LEAD: frozenset({Right.PUBLISH, Right.READ_REVIEWED}),
    Role.REVIEWER: frozenset({Right.REVIEW, Right.TRACE, Right.COUNTS}),
    Role.EXECUTIVE: frozenset(
        {Right.OWN_ACTIONS, Right.EXCEPTIONS, Right.DIGEST, Right.AGGREGATES, Right.COUNTS}
    ),
    Role.SCRUTINEER: frozenset({Right.DIGEST, Right.AUDIT}),
    Role.YOUTH_WORKER: frozenset(),
    Role.ADMIN: frozenset({Right.AUDIT}),
}
_HELPED_BY: dict[Right, tuple[Role, ...]] = {
    Right.REVIEW: (Role.REVIEWER,),
    Right.TRACE: (Role.REVIEWER,),
    Right.PUBLISH: (Role.VOICE_LEAD, Role.MANAGER),
    Right.READ_REVIEWED: (Role.VOICE_LEAD,),
}


@dataclass(frozen=True, slots=True)
class Who:
    """A known person and everything their roles allow."""

    person_id: int
    name: str
    roles: frozenset[Role]
    rights: frozenset[Right]

    def may(self, right: Right) -> bool:
        return right in self.rights


def who_is(db: Db, person_id: int | None) -> Who | None:
    """The person behind a contact; None for young people and strangers."""
    if person_id is None:
        return None
    found = rows(db, _known(), id=person_id)
    if not found:
        return None
    name, given = found[0]
    roles = _roles(given)
    return Who(person_id, name, roles, rights_of(roles))


@lru_cache(maxsize=1)
def _known() -> Select[Any]:
    """Made once, as it is asked with every message; without what would have to be decrypted."""
    return columns(col(Person.name), col(Person.roles)).where(
        col(Person.id) == bindparam("id"), col(Person.active)
    )


def roles_of(person: Person) -> frozenset[Role]:
    """A person without a role of ours leads actions, and no more."""
    return _roles(person.roles)


def _roles(given: Iterable[str]) -> frozenset[Role]:
    known = set(Role)
    return frozenset(Role(role) for role in given if role in known) or frozenset({Role.LEAD})


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """Everything that these roles allow together."""
    return frozenset[Right]().union(*(_RIGHTS[role] for role in roles))


def who_can(db: Db, right: Right) -> tuple[str, ...]:
    """The posts of those whom somebody may ask who lacks this right; the manager's by default."""
    people = [
        person
        for role in _HELPED_BY.get(right, (Role.MANAGER,))
        for person in people_with(db, role)
    ]
    return tuple(dict.fromkeys(person.name for person in people if person.name))


def refusal(db: Db, right: Right, say: Callable[..., str], contact: str) -> str:
    """What somebody is told who lacks a right: whose it is, and who can help.

    `say` gives a text of the catalogue; `contact` is the partnership's own, from the settings.
    """
    who = " / ".join(who_can(db, right))
    return f"{say(f'refused.{right}')} {say('refused.ask', who=who, contact=contact)}"
