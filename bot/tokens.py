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
    parts = token.split(":")
    if len(parts) != 4 or parts[0] != "s" or not (parts[2].isascii() and parts[2].isdigit()):
        return None
    return FormPress(parts[1], int(parts[2]), parts[3])


def of_act(act: str, *args: object) -> str:
    """A token for everything that is not an open form: `act` and its references."""
    return ":".join((act, *(str(arg) for arg in args)))


def read_act(token: str) -> tuple[str, list[str]]:
    act, *args = token.split(":")
    return act, args


def button(label: str, act: str, *args: object, command: str = "") -> Button:
    return Button(label, of_act(act, *args), command)
