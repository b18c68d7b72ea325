"""Who was given which role by an import: the most that a row of a list can do, so it is noted."""

from sqlmodel import Session, col, select

from storage.people import Person, Role

Held = dict[int, frozenset[str]]


def roles_held(db: Session) -> Held:
    """The roles of everybody who is active."""
    rows = db.exec(
        select(Person.id, Person.roles).where(col(Person.active)).order_by(col(Person.id))
    )
    return {person_id: frozenset(roles) for person_id, roles in rows if person_id is not None}


def changed_roles(before: Held, after: Held) -> str:
    """For the audit log: "person:5 +reviewer -manager"; to lead is no more than the plan says."""
    parts = []
    for person_id, roles in after.items():
        had = before.get(person_id, frozenset())
        new = [f"+{role}" for role in sorted(roles - had) if role != Role.LEAD]
        gone = [f"-{role}" for role in sorted(had - roles) if role != Role.LEAD]
        if new or gone:
            parts.append(" ".join([f"person:{person_id}", *new, *gone]))
    return "; ".join(parts)
