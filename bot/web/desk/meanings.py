"""What the links in e-mails mean to a page: what each is about, and which form it opens. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from bot.messages import Content, Pressed, Said
from bot.tokens import read_act


class Subject(StrEnum):
    """What the first reference of a token names."""

    ACTION = "action"
    UPDATE = "update"
    ESCALATION = "escalation"
    BATCH = "batch"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Meaning:
    """`key` names its words below `desk.does` and `desk.press`; empty where we have none.

    `form`: the name and references of the small form that its press would open. `changes`: whether
    the press does something, and not only shows it.
    """

    key: str = ""
    subject: Subject = Subject.NOTHING
    form: tuple[str, ...] = ()
    changes: bool = True


COMMANDS = ("actions", "help", "digest", "survey")
"""Links that say a command; all others press a button."""

_SHOWS = frozenset({*COMMANDS, "settings", "history", "review"})
_SUBJECTS = {
    **dict.fromkeys(
        ("status", "update", "needhelp", "notmine", "askdate", "snooze", "history", "handto"),
        Subject.ACTION,
    ),
    **dict.fromkeys(("review", "give", "givewho", "stays", "accept", "evidenced"), Subject.ACTION),
    **dict.fromkeys(("correct", "helped", "newdate"), Subject.UPDATE),
    "escalate": Subject.ESCALATION,
    "same": Subject.BATCH,
}
_ALONE = frozenset({*COMMANDS, "settings", "stop", "start", "handover"})
_OF_A_DIGEST = frozenset({"dsend", "dwords", "ddrop"})
_OF_A_TEXT = frozenset({"ack", "giveback", "reading"})
_FORMS = {
    "update": "update",
    "status": "update",
    "needhelp": "help",
    "notmine": "hand",
    "askdate": "date",
    "correct": "correct",
    "helped": "answer",
    "givewho": "give",
    "settings": "settings",
    "reading": "reading",
}
_CHOICES = {
    "newdate": {"yes": "newdate_yes", "no": "newdate_no"},
    "escalate": {"yes": "escalate_yes", "no": "escalate_no"},
    "evidenced": {"yes": "evidenced_yes", "no": "evidenced_no"},
    "accept": {"yes": "accept_yes", "no": "accept_no"},
    "right": {"yes": "right_yes", "no": "right_no"},
    "keepreading": {"yes": "right_yes", "no": "right_no"},
    "invited": {"begin": "invited_begin", "no": "invited_no", "never": "invited_never"},
}
_REASONED = frozenset({"newdate", "escalate", "evidenced"})


def meaning_of(token: str) -> Meaning:
    """What pressing this would do; no words where we cannot say."""
    act, args = read_act(token)
    if act == "do" and len(args) == 1 and args[0] in COMMANDS:
        return Meaning(args[0], changes=False)
    if act in _CHOICES:
        return _choice(act, args)
    subject = _SUBJECTS.get(act, Subject.NOTHING)
    is_about = act in _SUBJECTS or act in _OF_A_DIGEST or act in _OF_A_TEXT
    is_known = bool(args) if is_about else act in _ALONE and not args
    if not is_known:
        return Meaning()
    form = (_FORMS[act], *args) if act in _FORMS else ()
    return Meaning(act, subject, form, act not in _SHOWS)


def _choice(act: str, args: list[str]) -> Meaning:
    """Yes and no, and whatever else is one of several; a no may ask for the reason."""
    if not args or args[-1] not in _CHOICES[act]:
        return Meaning()
    chosen = args[-1]
    form = ("decide", act, args[0]) if act in _REASONED and chosen == "no" else ()
    return Meaning(_CHOICES[act][chosen], _SUBJECTS.get(act, Subject.NOTHING), form)


def content_of(token: str) -> Content:
    """What a button or a link says to the mailroom."""
    return Said(f"/{token}") if token in COMMANDS else Pressed(token)
