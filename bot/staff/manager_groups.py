"""What a chair or a manager looks at: what waits for a decision, and the actions of a group."""

from sqlmodel import col, select

from bot.access import Right, Who
from bot.replies import Replies
from bot.staff.refusing import refuse
from storage.plans import Body


def is_chair(replies: Replies, who: Who) -> bool:
    """Whether they chair a body, whatever roles the people list gives them."""
    query = select(Body.id).where(Body.chair_person_id == who.person_id).limit(1)
    return replies.db.exec(query).first() is not None


def may_see_groups(replies: Replies, who: Who) -> bool:
    """A manager, or whoever chairs one."""
    return who.may(Right.GROUP_ACTIONS) or is_chair(replies, who)


def waiting(replies: Replies, who: Who, rest: str) -> None:
    """ "waiting", or "waiting 1.2": everything that waits for their decision."""
    replies.queue("waiting", person=who.person_id, ref=rest.strip())


def group(replies: Replies, who: Who, rest: str) -> None:
    """ "group": the open actions of the bodies they chair; a manager names any body."""
    name = rest.strip().casefold()
    query = select(Body).order_by(col(Body.name))
    if not who.may(Right.ALL_ACTIONS):
        query = query.where(Body.chair_person_id == who.person_id)
    found = [row for row in replies.db.exec(query) if name in row.name.casefold()]
    if who.may(Right.ALL_ACTIONS) and not name:
        own = [row for row in found if row.chair_person_id == who.person_id]
        found = own or found
    if found:
        replies.queue("group", bodies=[row.id for row in found])
    elif name:
        replies.say("manager.no_such_group")
    else:
        refuse(replies, Right.GROUP_ACTIONS)
