"""Which actions and which people somebody means when they write a ref or a name."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session as Db
from sqlmodel import col, func, select

from bot.access import Right, Who
from bot.people import find_person
from bot.replies import Replies
from reminders.action_views import ActionView
from reminders.recipients import actions_of, answered_beside, not_carried
from storage.people import Person
from storage.plans import Action, Nudge

_MOST_NAMES = 6


# actions


def own_actions(replies: Replies, who: Who) -> tuple[ActionView, ...]:
    """What they lead, stand in for or chair, the most urgent first."""
    return actions_of(replies.db, who.person_id, today=replies.around.today)


def by_ref(own: Iterable[ActionView]) -> dict[str, list[int]]:
    """Actions by ref; several where several plans have it."""
    found: dict[str, list[int]] = {}
    for view in own:
        found.setdefault(view.ref, []).append(view.id)
    return found


def answerable(replies: Replies, who: Who) -> dict[str, list[int]]:
    """By ref what is theirs, and what they may answer for as a member of a body."""
    return {**answered_beside(replies.db, who.person_id), **by_ref(own_actions(replies, who))}


def of_ref(replies: Replies, who: Who, ref: str, chosen: Sequence[int]) -> list[int]:
    """The actions a ref may mean here; more than one where several plans have it."""
    own = answerable(replies, who).get(ref, [])
    if not own and who.may(Right.ALL_ACTIONS):
        own = [
            action_id
            for action_id in replies.db.exec(
                select(Action.id)
                .where(Action.ref == ref, col(Action.retired_on).is_(None), not_carried())
                .order_by(col(Action.id))
            )
            if action_id is not None
        ]
    return narrowed(own, chosen, last_batch(replies, who)) if len(own) > 1 else own


def narrowed(action_ids: list[int], *preferred: Sequence[int]) -> list[int]:
    """Those that were tapped, else those that the last message asked about, else all."""
    for some in preferred:
        if both := [action_id for action_id in action_ids if action_id in some]:
            return both
    return action_ids


def last_batch(replies: Replies, who: Who) -> list[int]:
    """What the last message of reminders asked: what "done" speaks of where no ref is said."""
    last = (
        select(Nudge.batch)
        .where(Nudge.person_id == who.person_id)
        .order_by(col(Nudge.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = replies.db.exec(
        select(Nudge.action_id).where(col(Nudge.batch) == last, Nudge.person_id == who.person_id)
    ).all()
    return list(rows)


# people


def people_called(db: Db, words: str) -> list[Person]:
    """Active people of this work e-mail or name; of the very name, where there is one."""
    wanted = " ".join(words.split()).strip(" .,;:")
    if "@" in wanted:
        person = find_person(db, wanted)
        return [person] if person is not None else []
    if len(wanted) < 2:
        return []
    name = func.lower(Person.name)
    found = db.exec(
        select(Person)
        .where(name.contains(wanted.casefold(), autoescape=True), col(Person.active))
        .order_by(col(Person.name), col(Person.id))
        .limit(_MOST_NAMES)
    ).all()
    same = [one for one in found if one.name.casefold() == wanted.casefold()]
    return same or list(found)
