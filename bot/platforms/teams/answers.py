"""What goes back in the reply to a button: a card in place of the one that was pressed, or a line.

Pure. It also says what a form is drawn with: the texts of the catalogue, and where it came from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.forms import Form
from bot.messages import FieldErrors, NextPage, Now, OpenForm, Replace
from bot.platforms.teams.cards import Card, card, lines
from bot.platforms.teams.drawing import draw
from bot.platforms.teams.form_cards import CardTooBig, Filled, draw_form
from bot.platforms.teams.packing import unpacked

Say = Callable[[str], str]
"""A text of the catalogue in the language of whoever pressed, by its name in [teams]."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was pressed: our data in the button, what was filled in, and the message it is in."""

    ours: Mapping[str, Any]
    values: Mapping[str, str]
    message_id: str

    @property
    def is_form(self) -> bool:
        return "f" in self.ours

    @property
    def opened_by(self) -> str:
        """The message whose button opened the form; a first press is in it itself."""
        if self.is_form:
            return str(self.ours.get("m", ""))
        return self.message_id if self.ours else ""

    @property
    def is_form_alone(self) -> bool:
        """Whether the form is a message of its own, which nothing else will ever change."""
        return self.is_form and bool(self.message_id) and self.opened_by != self.message_id


def card_for(now: Now | None, turn: Turn, say: Say) -> Card | None:
    """The card to show; None where a line of text will do."""
    if isinstance(now, OpenForm | NextPage):
        return form_card(now.form, Filled(opened_by=turn.opened_by, needed=say("needed")), say)
    if isinstance(now, FieldErrors):
        return _with_errors(now, turn, say)
    if isinstance(now, Replace):
        return draw(now.message)[0]
    return note(say("thanks")) if turn.is_form else None


def form_card(form: Form, filled: Filled, say: Say) -> Card:
    """The form; where it is too long for Teams, that."""
    try:
        return draw_form(form, filled)
    except CardTooBig:
        return note(say("too_long"))


def note(text: str) -> Card:
    """A card that only says something."""
    return card(lines(text), summary=text)


def _with_errors(now: FieldErrors, turn: Turn, say: Say) -> Card | None:
    """The same form with what was written; without the form itself the errors alone."""
    form = unpacked(str(turn.ours.get("p", "")))
    if form is None:
        return None
    filled = Filled(turn.values, now.errors, turn.opened_by, say("needed"), say("look"))
    return form_card(form, filled, say)


def line_for(now: Now | None, say: Say) -> str:
    """What is said where there is no card to show."""
    if isinstance(now, FieldErrors):
        return "\n".join([say("look"), *now.errors.values()])
    return say("noted")


def shown(found: Card) -> dict[str, Any]:
    """An answer with a card."""
    return _answer("application/vnd.microsoft.card.adaptive", found)


def said(text: str) -> dict[str, Any]:
    """An answer with a line."""
    return _answer("application/vnd.microsoft.activity.message", text)


def failed(text: str) -> dict[str, Any]:
    """It was not taken, and pressing again may help."""
    value = {"code": "503", "message": text}
    return {"statusCode": 503, "type": "application/vnd.microsoft.error", "value": value}


def _answer(kind: str, value: object) -> dict[str, Any]:
    return {"statusCode": 200, "type": kind, "value": value}
