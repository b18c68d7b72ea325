"""Whether somebody may speak for an action now; where not, they are told why and who can help."""

from functools import lru_cache

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.access import Right, Who
from bot.replies import Replies
from reminders.policy import FINISHED
from reminders.recipients import not_carried, spoken_for_among
from storage.plans import Action

_LONGEST_ID = 9


def allowed(
    replies: Replies, who: Who, action_id: int, *, finished_too: bool = False
) -> Action | None:
    """The action, if it is theirs to speak for and still open; otherwise they are told."""
    action = replies.db.exec(_living(), params={"id": action_id}).first()
    if action is None:
        replies.say("stale")
    elif not (
        who.may(Right.ALL_ACTIONS) or spoken_for_among(replies.db, who.person_id, [action_id])
    ):
        replies.say("lead.not_yours", ref=action.ref)
    elif action.status in FINISHED and not finished_too:
        replies.say("refused.overdone")
    else:
        return action
    return None


@lru_cache(maxsize=1)
def _living() -> SelectOfScalar[Action]:
    """The action of an id that is not gone from its plan, nor carried into a newer one."""
    return select(Action).where(
        col(Action.id) == bindparam("id"), col(Action.retired_on).is_(None), not_carried()
    )


def action_of(replies: Replies, who: Who, args: list[str]) -> Action | None:
    """The action that a form or a button names first."""
    if not args or not args[0].isdecimal() or len(args[0]) > _LONGEST_ID:
        replies.say("stale")
        return None
    return allowed(replies, who, int(args[0]))
