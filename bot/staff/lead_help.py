"""Need help: one line, which goes to the business manager."""

from collections.abc import Mapping

from bot.access import Who
from bot.forms import Field, FieldKind, Form
from bot.replies import Replies
from bot.staff.lead_allowed import action_of
from bot.staff.recording import thank
from bot.staff.small_forms import SmallForm, id_of, open_small
from reminders import updates
from storage.plans import Action

NAME = "help"


def by_words(replies: Replies, who: Who, action: Action, words: str = "") -> None:
    """ "help-with 1.2 a room for the training"; without words they are asked for."""
    if words.strip():
        ask_for_help(replies, who, action, words.strip())
    elif not open_small(FORMS, replies, who, NAME, action.id):
        replies.wait_for({"help": action.id})
        replies.say("lead.what_help", ref=action.ref)


def ask_for_help(replies: Replies, who: Who, action: Action, wanted: str) -> None:
    """It is an answer too; how the action stands does not change."""
    assert action.id is not None
    update = updates.record(
        replies.db,
        action_id=action.id,
        person_id=who.person_id,
        status=action.status,
        help_wanted=wanted,
        now=replies.now,
        today=replies.around.today,
    )
    replies.wait_for(None)
    thank(replies, update)
    replies.renew()


def _draw(replies: Replies, who: Who, args: list[str]) -> Form | None:
    action, say = action_of(replies, who, args), replies.text
    if action is None:
        return None
    what = Field("what", FieldKind.TEXT, say("lead.help_what"), needed=True)
    return Form(
        id_of(NAME, action.id),
        say("lead.help_title", ref=action.ref),
        (what,),
        say("form.send"),
        text=say("lead.help_about"),
    )


def _take(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    action, wanted = action_of(replies, who, args), values.get("what", "").strip()
    if action is not None and not wanted:
        return {"what": replies.text("lead.needed")}
    if action is not None:
        ask_for_help(replies, who, action, wanted)
    return {}


FORMS = {NAME: SmallForm(_draw, _take)}
