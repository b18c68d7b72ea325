"""Who is who, and what they may see and do now. What each role may is in bot/role_table.py."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, bindparam
from sqlmodel import Session as Db
from sqlmodel import col

from bot.role_table import Right as Right
from bot.role_table import results_right as results_right
from bot.role_table import rights_of as rights_of
from storage.break_glass import BreakGlass
from storage.people import Person, Role, people_with
from storage.rows import columns, rows

if TYPE_CHECKING:
    from bot.circumstances import Circumstances

_HELPED_BY: dict[Right, tuple[Role, ...]] = {
    Right.REVIEW: (Role.REVIEWER,),
    Right.TRACE: (Role.REVIEWER,),
    Right.EXPORT_RAW: (Role.REVIEWER, Role.VOICE_LEAD),
    Right.EXPORT_ANSWERS: (Role.REVIEWER,),
    Right.ERASE_ANSWERS: (Role.REVIEWER,),
    Right.PUBLISH: (Role.VOICE_LEAD, Role.MANAGER),
    Right.READ_REVIEWED: (Role.VOICE_LEAD,),
}


@dataclass(frozen=True, slots=True)
class Who:
    """A known person and everything their roles allow, and a glass they broke, as long as it is."""

    person_id: int
    name: str
    roles: frozenset[Role]
    rights: frozenset[Right]

    def may(self, right: Right) -> bool:
        return right in self.rights


def who_acts(db: Db, person_id: int | None, around: "Circumstances") -> Who | None:
    """The person behind a contact, as things stand now; None for young people and strangers."""
    roles = around.settings.concerns.break_glass
    return who_is(db, person_id, now=around.now, break_glass=roles)


def who_is(
    db: Db,
    person_id: int | None,
    *,
    now: datetime | None = None,
    break_glass: Iterable[str] = (),
) -> Who | None:
    """The same by roles alone; with `now` what a broken glass allows at that moment, too.

    `break_glass`: the roles that may break it.
    """
    if person_id is None:
        return None
    found = rows(db, _known(), id=person_id) if now is None else _with_glass(db, person_id, now)
    if not found:
        return None
    name, given = found[0][:2]
    roles = _roles(given)
    rights = rights_of(roles) | _emergency(roles, set(break_glass))
    for _, _, role, traces in found if now is not None else ():
        rights |= _behind_the_glass(roles, role, traces=traces)
    return Who(person_id, name, roles, rights)


@lru_cache(maxsize=1)
def _known() -> Select[Any]:
    """Made once, as it is asked with every message; without what would have to be decrypted."""
    return columns(col(Person.name), col(Person.roles)).where(
        col(Person.id) == bindparam("id"), col(Person.active)
    )


def _with_glass(db: Db, person_id: int, now: datetime) -> Any:
    return rows(db, _known_with_glass(), id=person_id, now=now)


@lru_cache(maxsize=1)
def _known_with_glass() -> Select[Any]:
    """A row for each glass that is open, or one without."""
    is_open = and_(
        col(BreakGlass.person_id) == col(Person.id),
        col(BreakGlass.begins) <= bindparam("now"),
        col(BreakGlass.ends) > bindparam("now"),
    )
    wanted = columns(
        col(Person.name), col(Person.roles), col(BreakGlass.role), col(BreakGlass.traces)
    )
    return (
        wanted.select_from(Person)
        .outerjoin(BreakGlass, is_open)
        .where(col(Person.id) == bindparam("id"), col(Person.active))
    )


def _emergency(roles: frozenset[Role], break_glass: set[str]) -> frozenset[Right]:
    may = bool({role.value for role in roles} & break_glass)
    return frozenset({Right.BREAK_GLASS}) if may else frozenset()


def _behind_the_glass(roles: frozenset[Role], role: str | None, *, traces: bool) -> set[Right]:
    """The queue, and who it was where that was asked for; nothing once the role is taken away."""
    if role not in roles:
        return set()
    return {Right.REVIEW, Right.TRACE} if traces else {Right.REVIEW}


def roles_of(person: Person) -> frozenset[Role]:
    """A person without a role of ours leads actions, and no more."""
    return _roles(person.roles)


def _roles(given: Iterable[str]) -> frozenset[Role]:
    known = set(Role)
    return frozenset(Role(role) for role in given if role in known) or frozenset({Role.LEAD})


def may_stand_in(who: Who, person: Person) -> bool:
    """Whether they may give out what makes somebody this person: a code, a place to be reached.

    Not where that person sees what they may not; a broken glass changes nothing of it.
    """
    return rights_of(roles_of(person)) <= rights_of(who.roles)


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
