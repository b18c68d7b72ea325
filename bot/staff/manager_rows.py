"""Whose an action is, and whether a doubtful row was read right: what the manager settles."""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from bot.access import Right, Who
from bot.forms import Field, FieldKind, Form, Option
from bot.people import find_person
from bot.replies import Replies
from bot.staff.manager_told import confirm, show_decided
from bot.staff.references import first_id, row_id
from bot.staff.refusing import refuse
from bot.staff.small_forms import SmallForm, id_of, open_small
from bot.tokens import read_act
from reminders import updates
from reminders.handing_over import waiting_hand_overs
from reminders.recipients import not_carried
from storage.people import Person
from storage.plans import Action

_MOST_OPTIONS = 100
_ACTS = ("accept", "review", "give", "givewho", "stays")
_DOUBTS = ("accept", "review")


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """A button under a doubtful row or a hand-over; False if it is none of these."""
    act, args = read_act(token)
    if act not in _ACTS or not args or not args[0].isdigit():
        return False
    right = Right.SETTLE_IMPORT if act in _DOUBTS else Right.APPROVE
    action = replies.db.get(Action, int(args[0]))
    if not who.may(right):
        refuse(replies, right)
    elif action is None or action.retired_on is not None:
        replies.say("stale")
    elif act in _DOUBTS:
        _doubtful(replies, who, action, act, args[1:] == ["yes"])
    else:
        _hand_over(replies, who, action, act, args[1:])
    return True


def live_actions(replies: Replies, ref: str) -> Sequence[Action]:
    """The actions of this ref, one for each plan that still has it."""
    return replies.db.exec(
        select(Action)
        .where(Action.ref == ref, col(Action.retired_on).is_(None), not_carried())
        .order_by(col(Action.id))
    ).all()


# doubtful rows


def review(replies: Replies, who: Who, rest: str) -> None:  # noqa: ARG001 - called as a command
    """ "review" lists what is in doubt, "review 2.2" shows one row."""
    ref = rest.strip()
    if not ref:
        replies.queue("review_list")
        return
    found = [row for row in live_actions(replies, ref) if row.needs_review]
    if not found:
        replies.say("manager.nothing_to_review", ref=ref)
    elif len(found) > 1:
        replies.queue("review_which", actions=[row.id for row in found])
    else:
        replies.queue("review_row", action=found[0].id)


def _doubtful(replies: Replies, who: Who, action: Action, act: str, yes: bool) -> None:
    if not action.needs_review:
        if act == "review":
            replies.say("manager.nothing_to_review", ref=action.ref)
        else:
            replies.say("stale")
    elif act == "review":
        replies.queue("review_row", action=action.id)
    elif not yes:
        replies.say("manager.left_for_later", ref=action.ref)
    else:
        assert action.id is not None
        updates.confirm_review(
            replies.db,
            action_id=action.id,
            person_id=who.person_id,
            now=replies.now,
            today=replies.around.today,
        )
        replies.queue("review_settled", action=action.id)


# whose it is


def give(replies: Replies, who: Who, rest: str) -> None:
    """ "give 1.2 to name@council.example"."""
    ref, _, to = rest.strip().partition(" ")
    email = to.strip().removeprefix("to ").strip()
    person = find_person(replies.db, email)
    found = live_actions(replies, ref)
    if found and not email and open_small(FORMS, replies, who, "give", found[0].id):
        return
    if person is None or person.id is None or not found:
        replies.say("manager.give_unknown", ref=ref or "1.2")
    elif len(found) > 1:
        replies.queue("give_which", actions=[row.id for row in found], person=person.id)
    else:
        _give_to(replies, who, found[0].id or 0, person.id)


def _hand_over(replies: Replies, who: Who, action: Action, act: str, rest: list[str]) -> None:
    person_id = int(rest[0]) if rest[:1] and rest[0].isdigit() else None
    if act == "givewho":
        if not open_small(FORMS, replies, who, "give", action.id):
            replies.say("manager.give_how", ref=action.ref)
    elif act == "stays":
        _stays(replies, who, action)
    elif person_id is None or _active(replies, person_id) is None:
        replies.say("stale")
    else:
        _give_to(replies, who, action.id or 0, person_id)


def _active(replies: Replies, person_id: int) -> Person | None:
    person = replies.db.get(Person, person_id)
    return person if person is not None and person.active else None


def _give_to(replies: Replies, who: Who, action_id: int, person_id: int) -> None:
    updates.settle_hand_over(
        replies.db,
        action_id=action_id,
        to_person_id=person_id,
        person_id=who.person_id,
        now=replies.now,
    )
    show_decided(replies, "hand_over_asked", action=action_id)
    replies.renew()
    replies.queue("given", action=action_id, person=person_id)


def _stays(replies: Replies, who: Who, action: Action) -> None:
    """It stays with whoever said that it is not theirs, and they are told."""
    assert action.id is not None
    askers = {person for asked, person in waiting_hand_overs(replies.db) if asked == action.id}
    if not askers:
        confirm(replies, "manager.decided_already")
        return
    updates.settle_hand_over(
        replies.db, action_id=action.id, person_id=who.person_id, now=replies.now
    )
    show_decided(replies, "hand_over_asked", action=action.id)
    for person_id in sorted(askers):
        key = f"stays:{action.id}:{replies.now:%Y%m%d%H%M}"
        replies.tell(person_id, "stays_yours", key=key, action=action.id)
    confirm(replies, "manager.stays", ref=action.ref)


def _draw(replies: Replies, who: Who, args: list[str]) -> Form | None:
    action = replies.db.get(Action, first_id(args) or 0)
    if not who.may(Right.APPROVE):
        refuse(replies, Right.APPROVE)
        return None
    if action is None or action.retired_on is not None:
        replies.say("stale")
        return None
    return Form(
        id=id_of("give", action.id),
        title=replies.text("manager.give_title", ref=action.ref),
        fields=(_whom(replies),),
        send=replies.text("form.send"),
        text=f"{action.ref} {action.text}",
    )


def _whom(replies: Replies) -> Field:
    """A choice of people; where there are too many to choose from, their e-mail is typed."""
    people = replies.db.exec(select(Person).where(Person.active).order_by(col(Person.name))).all()
    if len(people) > _MOST_OPTIONS:
        return Field("email", FieldKind.WORDS, replies.text("manager.give_email"), needed=True)
    options = tuple(Option(str(person.id), _named(person)) for person in people)
    label = replies.text("manager.give_whom")
    return Field("person", FieldKind.ONE, label, options=options, needed=True)


def _named(person: Person) -> str:
    return f"{person.name} ({person.agency})" if person.agency else person.name


def _take(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    if _draw(replies, who, args) is None:
        return {}
    chosen = values.get("person", "")
    if chosen:
        person = _active(replies, row_id(chosen) or 0)
    else:
        person = find_person(replies.db, values.get("email", ""))
    if person is None or person.id is None:
        field = "person" if chosen or "person" in values else "email"
        return {field: replies.text("manager.give_nobody")}
    _give_to(replies, who, int(args[0]), person.id)
    return {}


FORMS: dict[str, SmallForm] = {"give": SmallForm(_draw, _take)}
