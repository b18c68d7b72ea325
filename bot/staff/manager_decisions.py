"""Decisions by managers and chairs: dates, completions, what goes above a lead.

By button, by a form with the reason, or in words: "agree 1.2", "refuse 1.2 because ...".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.access import Right, Who
from bot.forms import Field, FieldKind, Form
from bot.replies import Replies
from bot.staff.manager_told import confirm, show_decided
from bot.staff.references import row_id
from bot.staff.refusing import refuse
from bot.staff.small_forms import SmallForm, id_of, open_small
from bot.tokens import read_act
from reminders import decisions, escalation, updates
from reminders.policy import Status
from reminders.recipients import may_settle
from storage.plans import Action, Escalation, Update

KINDS = ("escalate", "newdate", "evidenced")
_LONGEST_WHY = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that waits for a decision: its kind, its row, and the action it is about."""

    kind: str
    row_id: int
    action: Action


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """Yes or no under a question; no opens a form for the reason, where forms are shown."""
    act, args = read_act(token)
    if act not in KINDS or not args or not args[0].isdigit():
        return False
    row_id, yes = int(args[0]), args[1:] == ["yes"]
    asked = _open(replies, who, act, row_id)
    if asked is not None and (yes or not open_small(FORMS, replies, who, "decide", act, row_id)):
        decide(replies, who, asked, yes=yes)
    return True


def _open(replies: Replies, who: Who, kind: str, row_id: int) -> Asked | None:
    """What is to be decided, if it still is and they may; says so where not."""
    if kind == "escalate" and not who.may(Right.APPROVE):
        refuse(replies, Right.APPROVE)
        return None
    asked = _asked(replies, kind, row_id)
    if asked is None:
        replies.say("stale")
        return None
    if not may_settle(replies.db, who.person_id, asked.action.id or 0):
        refuse(replies, Right.APPROVE)
        return None
    if _is_decided(replies, asked):
        confirm(replies, "manager.decided_already")
        return None
    return asked


def _asked(replies: Replies, kind: str, row_id: int) -> Asked | None:
    db, action_id = replies.db, None
    if kind == "evidenced":
        action_id = row_id
    elif kind == "escalate" and (rung := db.get(Escalation, row_id)) is not None:
        action_id = rung.action_id
    elif kind == "newdate" and (said := db.get(Update, row_id)) is not None:
        action_id = said.action_id if said.proposed_due_on is not None else None
    action = db.get(Action, action_id) if action_id is not None else None
    return Asked(kind, row_id, action) if action is not None else None


def _is_decided(replies: Replies, asked: Asked) -> bool:
    if asked.kind == "escalate":
        return replies.db.get_one(Escalation, asked.row_id).decided_at is not None
    if asked.kind == "newdate":
        said = replies.db.get_one(Update, asked.row_id)
        return said.date_agreed_at is not None or said.date_refused
    return asked.action.status != Status.COMPLETE_AWAITING_EVIDENCE


def decide(replies: Replies, who: Who, asked: Asked, *, yes: bool, why: str = "") -> None:
    """Takes the decision, tells whom it concerns, and shows it in the messages that asked."""
    why = why.strip()[:_LONGEST_WHY]
    if asked.kind == "escalate":
        _escalation(replies, who, asked.row_id, yes, why)
    elif asked.kind == "newdate":
        _date(replies, who, asked.row_id, yes, why)
    else:
        _completion(replies, who, asked.row_id, yes, why)


def _escalation(replies: Replies, who: Who, row_id: int, yes: bool, why: str) -> None:
    escalation.decide(
        replies.db,
        escalation_id=row_id,
        person_id=who.person_id,
        approved=yes,
        now=replies.now,
        today=replies.around.today,
        why=why,
    )
    show_decided(replies, "escalation_proposed", escalation=row_id)
    confirm(replies, "manager.escalated" if yes else "manager.not_escalated")


def _date(replies: Replies, who: Who, update_id: int, yes: bool, why: str) -> None:
    updates.agree_date(
        replies.db,
        update_id=update_id,
        person_id=who.person_id,
        now=replies.now,
        today=replies.around.today,
        agreed=yes,
        why=why,
    )
    show_decided(replies, "date_proposed", update=update_id)
    confirm(replies, "manager.date_agreed" if yes else "manager.date_refused")
    _tell_author(replies, who, update_id, "date_decided")


def _completion(replies: Replies, who: Who, action_id: int, yes: bool, why: str) -> None:
    proposal = decisions.decide_complete(
        replies.db,
        action_id=action_id,
        person_id=who.person_id,
        accepted=yes,
        now=replies.now,
        today=replies.around.today,
        why=why,
    )
    if proposal is not None and proposal.id is not None:
        show_decided(replies, "complete_proposed", update=proposal.id)
        _tell_author(replies, who, proposal.id, "complete_decided")
    confirm(replies, "manager.complete_accepted" if yes else "manager.left_as_is")


def _tell_author(replies: Replies, who: Who, update_id: int, intent: str) -> None:
    """The lead who asked hears what was decided, and why."""
    author = replies.db.get_one(Update, update_id).person_id
    if author is not None and author != who.person_id:
        key = f"{intent.replace('_', '-')}:{update_id}"
        replies.tell(author, intent, key=key, update=update_id)


# in words


_BECAUSE = re.compile(r"^(?:because|since|as|:|-|,)\s*", re.IGNORECASE)


def ref_and_words(rest: str) -> tuple[str, str]:
    """The ref of an action and what is said of it: "1.2 because ..."."""
    ref, _, words = rest.strip().partition(" ")
    return ref.rstrip(",:;"), words.strip()


def agreed(replies: Replies, who: Who, rest: str) -> None:
    """ "agree 1.2"."""
    _in_words(replies, who, rest, yes=True)


def declined(replies: Replies, who: Who, rest: str) -> None:
    """ "refuse 1.2 because ..."."""
    _in_words(replies, who, rest, yes=False)


def _in_words(replies: Replies, who: Who, rest: str, *, yes: bool) -> None:
    ref, why = ref_and_words(rest)
    open_now = [one for one in _waiting_now(replies, who) if one.action.ref == ref]
    if not open_now:
        replies.say("manager.nothing_waits", ref=ref)
    elif len(open_now) > 1:
        replies.queue("waiting", person=who.person_id, ref=ref)
    else:
        decide(replies, who, open_now[0], yes=yes, why=_BECAUSE.sub("", why))


def _waiting_now(replies: Replies, who: Who) -> list[Asked]:
    waiting = decisions.waiting_for(replies.db, who.person_id)
    return [
        *(Asked("escalate", row.id or 0, action) for row, action in waiting.escalations),
        *(Asked("newdate", row.id or 0, action) for row, action in waiting.dates),
        *(Asked("evidenced", action.id or 0, action) for _, action in waiting.completions),
    ]


# forms


def _draw_decision(replies: Replies, who: Who, args: list[str]) -> Form | None:
    asked = _named(replies, who, args)
    if asked is None:
        return None
    why = Field(
        "why",
        FieldKind.TEXT,
        replies.text("manager.why"),
        hint=replies.text("manager.why_hint"),
        most=_LONGEST_WHY,
    )
    return Form(
        id=id_of("decide", asked.kind, asked.row_id),
        title=replies.text(f"manager.no_{asked.kind}", ref=asked.action.ref),
        fields=(why,),
        send=replies.text("form.send"),
        text=f"{asked.action.ref} {asked.action.text}",
    )


def _named(replies: Replies, who: Who, args: list[str]) -> Asked | None:
    found = row_id(args[1]) if len(args) == 2 and args[0] in KINDS else None
    if found is None:
        replies.say("stale")
        return None
    return _open(replies, who, args[0], found)


def _take_decision(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    asked = _named(replies, who, args)
    if asked is not None:
        decide(replies, who, asked, yes=False, why=values.get("why", ""))
    return {}


FORMS: dict[str, SmallForm] = {"decide": SmallForm(_draw_decision, _take_decision)}
