"""Forms of one page that belong to no survey: settings, a new date, a hand-over.

Nothing is stored when one is opened. Its id is its name and what it is about ("date:12"); what
was filled in comes back with that id and is taken like any other act.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.access import Who
from bot.forms import Form
from bot.messages import FieldErrors, OpenForm
from bot.replies import Replies
from bot.tokens import read_act

Draw = Callable[[Replies, Who, list[str]], Form | None]
"""The form with what stands now; None where there is nothing to fill in (any more)."""

Take = Callable[[Replies, Who, list[str], Mapping[str, str]], Mapping[str, str]]
"""Takes what was filled in. Errors by field, in the person's language; none: it is done."""


@dataclass(frozen=True, slots=True)
class SmallForm:
    """How a form is drawn, and what becomes of it."""

    draw: Draw
    take: Take


def drawn(
    forms: Mapping[str, SmallForm], replies: Replies, who: Who, name: str, *args: object
) -> Form | None:
    """The form of this name about these things."""
    return forms[name].draw(replies, who, [str(arg) for arg in args])


def open_small(
    forms: Mapping[str, SmallForm], replies: Replies, who: Who, name: str, *args: object
) -> bool:
    """Shows the form in answer to this act; False where it has to be asked in words."""
    if not replies.can_open:
        return False
    form = drawn(forms, replies, who, name, *args)
    if form is not None:
        replies.shown = OpenForm(form)
    return form is not None


def id_of(name: str, *args: object) -> str:
    """The id of a form about these things."""
    return ":".join((name, *(str(arg) for arg in args)))


def take_small(
    forms: Mapping[str, SmallForm],
    replies: Replies,
    who: Who,
    form_id: str,
    values: Mapping[str, str],
) -> bool:
    """Takes what was filled in; False where there is no such form."""
    name, args = read_act(form_id)
    if name not in forms:
        return False
    errors = forms[name].take(replies, who, args, values)
    if errors:
        replies.shown = FieldErrors(dict(errors))
    return True
