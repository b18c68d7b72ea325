"""The side of managers and chairs: every command with the right it needs, every button."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.access import Right, Who
from bot.replies import Replies
from bot.staff import (
    digests,
    manager_decisions,
    manager_groups,
    manager_help,
    manager_people,
    manager_phone,
    manager_rows,
    readings,
    strangers,
)
from bot.staff.refusing import refuse
from bot.staff.small_forms import SmallForm

Work = Callable[[Replies, Who, str], None]

FORMS: dict[str, SmallForm] = {
    **digests.FORMS,
    **manager_decisions.FORMS,
    **manager_help.FORMS,
    **manager_people.FORMS,
    **manager_phone.FORMS,
    **manager_rows.FORMS,
    **readings.FORMS,
}


@dataclass(frozen=True, slots=True)
class Command:
    """A word of managers and chairs. Without a slash it counts only where `is_meant`.

    `is_shared`: others use the word too, so that it always has to be meant. `is_loose`: without a
    slash it counts only from those who may; anybody else began a sentence with it.
    """

    right: Right
    work: Work
    is_meant: Callable[[list[str]], bool]
    is_shared: bool = False
    is_loose: bool = False


def _alone(rest: list[str]) -> bool:
    return not rest


def _alone_or_of_the_digest(rest: list[str]) -> bool:
    return not rest or rest[0].casefold() in digests.WORDS_BEHIND


def _alone_or_with_ref(rest: list[str]) -> bool:
    return not rest or (len(rest) == 1 and _is_ref(rest[0]))


def _with_ref(rest: list[str]) -> bool:
    return bool(rest) and _is_ref(rest[0])


def _to_somebody(rest: list[str]) -> bool:
    return len(rest) == 3 and rest[1].casefold() == "to"


def _with_email(rest: list[str]) -> bool:
    return bool(rest) and "@" in rest[0]


def _short(rest: list[str]) -> bool:
    return len(rest) <= 3


def _is_ref(word: str) -> bool:
    return any(letter.isdigit() for letter in word) and len(word) <= 32


_AGREE = Command(Right.GROUP_ACTIONS, manager_decisions.agreed, _with_ref)
_REFUSE = Command(Right.GROUP_ACTIONS, manager_decisions.declined, _with_ref)

COMMANDS: dict[str, Command] = {
    "digest": Command(Right.DIGEST, digests.asked, _alone_or_of_the_digest),
    "review": Command(Right.SETTLE_IMPORT, manager_rows.review, _alone_or_with_ref),
    "waiting": Command(Right.GROUP_ACTIONS, manager_groups.waiting, _alone_or_with_ref),
    "group": Command(Right.GROUP_ACTIONS, manager_groups.group, _alone),
    "agree": _AGREE,
    "approve": _AGREE,
    "accept": _AGREE,
    "refuse": _REFUSE,
    "decline": _REFUSE,
    "answer": Command(Right.APPROVE, manager_help.answered, _with_ref),
    "phone": Command(Right.APPROVE, manager_phone.by_phone, _with_ref),
    "give": Command(Right.APPROVE, manager_rows.give, _to_somebody),
    "people": Command(Right.PEOPLE, manager_people.people, _short, is_loose=True),
    "unreached": Command(Right.PEOPLE, manager_people.unreached, _alone),
    "code": Command(Right.PEOPLE, manager_people.code, _with_email),
    "away": Command(Right.PEOPLE, manager_people.away, _with_email, is_shared=True),
}


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """A decision by button; False if it is none of these."""
    return (
        digests.pressed(replies, who, token)
        or manager_decisions.pressed(replies, who, token)
        or manager_help.pressed(replies, who, token)
        or manager_rows.pressed(replies, who, token)
        or manager_phone.pressed(replies, who, token)
        or manager_people.pressed(replies, who, token)
        or readings.pressed(replies, who, token)
    )


def said(replies: Replies, who: Who, text: str) -> bool:
    """A command of theirs; False if it is none, or something else that begins with its word."""
    if digests.said(replies, who, text) or readings.said(replies, who, text):
        return True
    words = text.strip().split()
    name = words[0].casefold() if words else ""
    command = COMMANDS.get(name.removeprefix("/"))
    if command is None:
        return strangers.code_said(replies, who, text)
    has_slash, may = name.startswith("/"), _may(replies, who, command.right)
    if not ((has_slash and not command.is_shared) or command.is_meant(words[1:])):
        return False
    if not may and command.is_loose and not has_slash:
        return False
    if may:
        command.work(replies, who, text.strip()[len(words[0]) :].strip())
    else:
        refuse(replies, command.right)
    return True


def _may(replies: Replies, who: Who, right: Right) -> bool:
    if right is Right.GROUP_ACTIONS:
        return manager_groups.may_see_groups(replies, who)
    return who.may(right)
