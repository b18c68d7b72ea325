"""Help that a lead asked for: the manager answers, in words or by a form, and the lead hears it."""

from collections.abc import Mapping

from bot.access import Right, Who
from bot.forms import Field, FieldKind, Form
from bot.replies import Replies
from bot.staff.manager_decisions import ref_and_words
from bot.staff.manager_told import confirm, show_decided
from bot.staff.references import first_id
from bot.staff.refusing import refuse
from bot.staff.small_forms import SmallForm, id_of, open_small
from bot.tokens import read_act
from reminders import decisions
from storage.plans import Action, Update

_LONGEST = 1000


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """ "Answer" under a request for help; False if it is something else."""
    act, args = read_act(token)
    if act != "helped" or not args[:1] or not args[0].isdigit():
        return False
    _answer_pressed(replies, who, int(args[0]))
    return True


def answered(replies: Replies, who: Who, rest: str) -> None:
    """ "answer 1.2 I will ring you tomorrow": to the lead who asked for help."""
    ref, words = ref_and_words(rest)
    waiting = decisions.waiting_for(replies.db, who.person_id)
    asked = [row for row, action in waiting.helps if action.ref == ref]
    if not asked or not words.strip():
        replies.say("manager.no_help_asked" if not asked else "manager.answer_how", ref=ref)
        return
    _answer(replies, who, asked[0].id or 0, words)


def _answer_pressed(replies: Replies, who: Who, update_id: int) -> None:
    row = _wanted_help(replies, who, [str(update_id)])
    if row is not None and not open_small(FORMS, replies, who, "answer", update_id):
        action = replies.db.get_one(Action, row.action_id)
        replies.say("manager.answer_how", ref=action.ref)


def _answer(replies: Replies, who: Who, update_id: int, words: str) -> None:
    row = decisions.answer_help(
        replies.db,
        update_id=update_id,
        person_id=who.person_id,
        answer=words.strip()[:_LONGEST],
        now=replies.now,
    )
    show_decided(replies, "help_wanted", update=update_id)
    confirm(replies, "manager.help_answered")
    if row.person_id is not None and row.help_answered_by_id == who.person_id:
        replies.tell(row.person_id, "help_answered", key=f"help-answered:{row.id}", update=row.id)


def _draw_answer(replies: Replies, who: Who, args: list[str]) -> Form | None:
    row = _wanted_help(replies, who, args)
    action = replies.db.get(Action, row.action_id) if row is not None else None
    if row is None or action is None:
        return None
    answer = Field(
        "answer",
        FieldKind.TEXT,
        replies.text("manager.answer_label"),
        needed=True,
        most=_LONGEST,
    )
    return Form(
        id=id_of("answer", row.id),
        title=replies.text("manager.answer_title", ref=action.ref),
        fields=(answer,),
        send=replies.text("form.send"),
        text=row.help_wanted,
    )


def _wanted_help(replies: Replies, who: Who, args: list[str]) -> Update | None:
    row = replies.db.get(Update, first_id(args) or 0)
    if not who.may(Right.APPROVE):
        refuse(replies, Right.APPROVE)
    elif row is None or not row.help_wanted:
        replies.say("stale")
    elif row.help_answered_at is not None:
        confirm(replies, "manager.decided_already")
    else:
        return row
    return None


def _take_answer(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    words = values.get("answer", "").strip()
    if not words:
        return {"answer": replies.text("manager.answer_empty")}
    row = _wanted_help(replies, who, args)
    if row is not None:
        _answer(replies, who, row.id or 0, words)
    return {}


FORMS: dict[str, SmallForm] = {"answer": SmallForm(_draw_answer, _take_answer)}
