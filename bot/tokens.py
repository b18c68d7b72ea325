"""The tokens behind buttons: short, opaque to platforms, checked again when they come back."""

from dataclasses import dataclass

from bot.messages import Button

AGAIN = "again"
"""At a form: puts the present question again, however short ago it was put: it was cleared."""


@dataclass(frozen=True, slots=True)
class FormPress:
    """A button of one asking of one session."""

    session_id: str
    step: int
    what: str


def of_form(session_id: str, step: int, what: str) -> str:
    """`what` is the place of a choice, or a word: skip, back, go, stop, contact, again."""
    return f"s:{session_id}:{step}:{what}"


def read_form(token: str) -> FormPress | None:
    """What a token of a form says; None for any other."""
    parts = token.split(":")
    if len(parts) != 4 or parts[0] != "s" or not (parts[2].isascii() and parts[2].isdigit()):
        return None
    return FormPress(parts[1], int(parts[2]), parts[3])


def of_act(act: str, *args: object) -> str:
    """A token for everything that is not an open form: `act` and its references."""
    return ":".join((act, *(str(arg) for arg in args)))


def read_act(token: str) -> tuple[str, list[str]]:
    """The act and its references; no act where one is a number that no row of ours can have.

    Whoever makes up a button of their own is told that it is stale, like any old one.
    """
    act, *args = token.split(":")
    return ("", []) if any(map(_is_nobodys_number, args)) else (act, args)


def _is_nobodys_number(arg: str) -> bool:
    return arg.isdigit() and not (arg.isascii() and len(arg) < 10)


def button(label: str, act: str, *args: object, command: str = "") -> Button:
    """A button of an act."""
    return Button(label, of_act(act, *args), command)
