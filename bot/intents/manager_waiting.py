"""Everything that waits for somebody's decision, in one message; and the actions of a group."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlmodel import col, select

from bot.intents.lead_parts import part, parted
from bot.intents.manager_asked import (
    Question,
    completion_question,
    date_question,
    escalation_question,
    hand_over_question,
    help_question,
)
from bot.messages import Message, Part
from bot.tokens import button
from bot.wording import Intent, Writing
from reminders.action_views import ActionView, views
from reminders.decisions import Waiting, waiting_for
from reminders.recipients import is_manager, open_actions
from storage.editions import Edition, EditionState
from storage.plans import Action, ActionLead, Body

_MOST_PARTS = 10
_MOST_DOUBTS = 3


def _waiting(writing: Writing) -> Message:
    person_id = writing.param("person") or 0
    found = _about(waiting_for(writing.db, person_id), writing.param("ref") or "")
    parts = [_part(writing, one) for one in _questions(writing, found)]
    parts += _doubtful(writing, found.doubtful)
    total = len(parts)
    drafts = _drafts(writing) if is_manager(writing.db, person_id) else []
    shown = [*parts[:_MOST_PARTS], *drafts]
    head = writing.say("manager.waiting_head", n=total + len(drafts))
    board = writing.around.settings.links.board.rstrip("/")
    more = total - _MOST_PARTS
    foot = writing.say("manager.waiting_foot", more=more, board=board) if total else ""
    title = writing.say("manager.title_waiting", n=total + len(drafts))
    return parted(writing, head, shown, foot=foot, title=title)


def _about(found: Waiting, ref: str) -> Waiting:
    """Only what is about the actions of one ref, where one was named."""
    if not ref:
        return found
    return Waiting(
        escalations=tuple(one for one in found.escalations if one[1].ref == ref),
        dates=tuple(one for one in found.dates if one[1].ref == ref),
        completions=tuple(one for one in found.completions if one[1].ref == ref),
        helps=tuple(one for one in found.helps if one[1].ref == ref),
        hand_overs=tuple(one for one in found.hand_overs if one.action.ref == ref),
        doubtful=tuple(one for one in found.doubtful if one.ref == ref),
    )


def _questions(writing: Writing, found: Waiting) -> Iterator[Question]:
    for escalation, action in found.escalations:
        yield escalation_question(writing, escalation, action, named=True)
    for update, action in found.helps:
        yield help_question(writing, update, action, named=True)
    for update, action in found.dates:
        yield date_question(writing, update, action, named=True)
    for update, action in found.completions:
        yield completion_question(writing, update, action, named=True)
    for one in found.hand_overs:
        yield hand_over_question(writing, one.action, one.person, named=True)


def _part(writing: Writing, question: Question) -> Part:
    return part(writing, question.text, *question.buttons)


def _doubtful(writing: Writing, rows: tuple[Action, ...]) -> list[Part]:
    if not rows:
        return []
    text = writing.say("manager.waiting_doubts", refs=[row.ref for row in rows])
    buttons = [
        button(writing.say("manager.button_review", label=row.ref), "review", row.id)
        for row in rows[:_MOST_DOUBTS]
    ]
    return [part(writing, text, *buttons)]


def _drafts(writing: Writing) -> list[Part]:
    """The newest digest that no manager has sent on."""
    newest = writing.db.exec(
        select(Edition)
        .where(col(Edition.made_for_id).is_(None))
        .order_by(col(Edition.ends_on).desc(), col(Edition.id).desc())
        .limit(1)
    ).first()
    if newest is None or newest.state is not EditionState.DRAFT:
        return []
    return [part(writing, writing.say("manager.waiting_digest", ends_on=newest.ends_on))]


# groups


def _group(writing: Writing) -> Message | None:
    bodies = writing.db.exec(
        select(Body).where(col(Body.id).in_(writing.param("bodies"))).order_by(col(Body.name))
    ).all()
    if not bodies:
        return None
    parts = [_body(writing, body) for body in bodies[:_MOST_PARTS]]
    message = parted(writing, writing.say("manager.group_head"), parts)
    return replace(message, title=writing.say("manager.title_group"))


def _body(writing: Writing, body: Body) -> Part:
    shown = sorted(_of_body(writing, body.id or 0), key=lambda view: view.urgency)
    return part(
        writing,
        writing.say("manager.group", body=body, actions=shown, today=writing.around.today),
    )


def _of_body(writing: Writing, body_id: int) -> Iterable[ActionView]:
    ids = writing.db.exec(
        select(ActionLead.action_id)
        .join(Action, col(Action.id) == col(ActionLead.action_id))
        .where(ActionLead.body_id == body_id, *open_actions())
    ).all()
    return views(writing.db, ids, today=writing.around.today).values()


INTENTS: dict[str, Intent] = {"waiting": _waiting, "group": _group}
