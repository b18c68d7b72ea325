"""Who is who, and what each role may ask for. The table is in DOMAIN, Roles."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session as Db

from storage.people import Person, Role


class Right(StrEnum):
    """What a person may do in chat."""

    OWN_ACTIONS = "own_actions"
    ALL_ACTIONS = "all_actions"
    DIGEST = "digest"
    APPROVE = "approve"
    SETTLE_IMPORT = "settle_import"
    PUBLISH = "publish"
    READ_REVIEWED = "read_reviewed"
    REVIEW = "review"


_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.LEAD: frozenset({Right.OWN_ACTIONS}),
    Role.CHAIR: frozenset({Right.OWN_ACTIONS, Right.DIGEST}),
    Role.MANAGER: frozenset(
        {
            Right.OWN_ACTIONS,
            Right.ALL_ACTIONS,
            Right.DIGEST,
            Right.APPROVE,
            Right.SETTLE_IMPORT,
            Right.PUBLISH,
        }
    ),
    Role.VOICE_LEAD: frozenset({Right.PUBLISH, Right.READ_REVIEWED}),
    Role.REVIEWER: frozenset({Right.REVIEW}),
    Role.EXECUTIVE: frozenset({Right.OWN_ACTIONS, Right.DIGEST}),
    Role.SCRUTINEER: frozenset({Right.DIGEST}),
    Role.YOUTH_WORKER: frozenset(),
    Role.ADMIN: frozenset(),
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
    person = db.get(Person, person_id) if person_id is not None else None
    if person is None or person.id is None or not person.active:
        return None
    roles = frozenset(Role(role) for role in person.roles if role in set(Role)) or {Role.LEAD}
    rights = frozenset[Right]().union(*(_RIGHTS[role] for role in roles))
    return Who(person.id, person.name, frozenset(roles), rights)
